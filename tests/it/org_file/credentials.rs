//! Credentials stand in a file by reference only, and no fault shows one.

use vapi_gateway::cli::org::{OrgFile, Secrets};

use super::{
    CLINIC, OTHER_SECRET, PROVIDER, SECRET, assert_fault, faults_with, read_with, variable,
};

#[test]
fn a_credential_is_a_reference_to_a_whole_secret() {
    let cases = [
        ("secret = \"hunter2-hunter2-hunter2\"", "secret must not be the credential itself: refer"),
        ("secret = \"env:NOWHERE\"", "secret refers to a variable that is not set or empty"),
        ("secret = \"env:EMPTY\"", "secret refers to a variable that is not set or empty"),
        ("secret = \"env:SHORT\"", "secret refers to a secret of less than 16 characters"),
        ("hmac_key = \"env:SPACED\"", "hmac_key must be letters, digits and signs, without spaces"),
        ("secret = [\"env:SECRET\", \"env:DEMO_VAPI_SECRET\"]", "secret refers to the same secret"),
        ("secret = \"stdin\"", "secret refers to a line that standard input does not have"),
        ("secret = 1", "secret must be text in quotation marks"),
        ("secrets = \"env:SECRET\"", "secrets is not a key here; those are secret, hmac_key"),
    ];
    for (line, expected) in cases {
        assert_fault(
            &faults_with(&format!("[vapi]\n{line}\n")),
            &format!("line 14: vapi: {expected}"),
        );
    }
    let both =
        "[vapi]\nsecret = [\"env:SECRET\", \"env:OTHER_SECRET\"]\nhmac_key = \"env:SECRET\"\n";
    assert_eq!(faults_with(both), Vec::<String>::new());
}

#[test]
fn a_twilio_account_is_whole() {
    let account = "account_sid = \"env:SID\"\nauth_token = \"env:SECRET\"\n";
    let number = "phone_number = \"+12125550100\"\n";
    let whole = format!("[twilio]\n{account}{number}");
    assert_eq!(faults_with(&whole), Vec::<String>::new());
    assert_eq!(faults_with("[twilio]\nnone = true\n"), Vec::<String>::new());
    let cases = [
        (format!("{number}account_sid = \"env:SID\"\n"), "line 13: twilio: auth_token is missing"),
        (
            account.to_owned(),
            "line 13: twilio: phone_number or messaging_service_sid must be there",
        ),
        (
            format!(
                "{account}{number}messaging_service_sid = \"MG0123456789abcdef0123456789abcdef\"\n"
            ),
            "line 13: twilio: phone_number or messaging_service_sid must be there, not both",
        ),
        (
            format!("{account}phone_number = \"2125550100\"\n"),
            "line 16: twilio: phone_number must be in",
        ),
        (
            format!("{account}messaging_service_sid = \"env:SID\"\n"),
            "line 16: twilio: messaging_service_sid must be MG and 32 hexadecimal digits",
        ),
        (
            format!("{account}{number}api_key_sid = \"env:KEY_SID\"\n"),
            "line 13: twilio: api_key_sid and api_key_secret go together",
        ),
        (
            format!("{number}auth_token = \"env:SECRET\"\naccount_sid = \"env:KEY_SID\"\n"),
            "line 16: twilio: account_sid must be AC and 32 hexadecimal digits",
        ),
        (
            format!(
                "{number}auth_token = \"env:SECRET\"\naccount_sid = \"AC0123456789abcdef0123456789abcdef\"\n"
            ),
            "line 16: twilio: account_sid must not be the credential itself",
        ),
        (format!("none = true\n{account}"), "line 13: twilio: none must stand alone"),
    ];
    for (lines, expected) in cases {
        assert_fault(&faults_with(&format!("[twilio]\n{lines}")), expected);
    }
}

#[test]
fn lines_of_standard_input_are_taken_in_a_fixed_order() {
    // `hmac_key` stands first in the file, and yet the first line is the secret's.
    let text = format!(
        "{CLINIC}{PROVIDER}[vapi]\nhmac_key = \"stdin\"\nsecret = [\"stdin\", \"stdin\"]\n"
    );
    let lines = |third: &str| format!("{SECRET}\r\n{OTHER_SECRET}\n{third}");
    assert!(read_with(&text, lines("a-synthetic-key-of-hmac").as_bytes()).is_ok());
    let found = read_with(&text, lines("short").as_bytes()).unwrap_err().to_string();
    assert_eq!(found, "line 14: vapi: hmac_key refers to a secret of less than 16 characters");

    // A file that is at fault already does not ask for secrets.
    let mut input: &[u8] = b"a line\n";
    let faulty = text.replace("minutes = 30", "minutes = 0");
    OrgFile::read(&faulty, &mut Secrets::new(&variable, &mut input)).unwrap_err();
    assert_eq!(input, b"a line\n");
}

#[test]
fn no_fault_quotes_a_value() {
    // A secret in every place where one could slip.
    let slipped = "slip-of-a-synthetic-secret";
    let mut text =
        format!("{CLINIC}{PROVIDER}[[closure]]\ndate = \"D\"\nprovider = \"D\"\nkind = \"D\"\n");
    text.push_str("hours = \"D\"\n[vapi]\nsecret = \"D\"\nhmac_key = \"env:D\"\n[twilio]\naccount_sid = \"D\"\n");
    text.push_str("auth_token = \"D\"\napi_key_sid = \"D\"\nphone_number = \"D\"\n");
    for value in ["\"demo\"", "\"Europe/Berlin\"", "\"DE\"", "\"09:00-12:00\"", "\"D\""] {
        text = text.replace(value, &format!("\"{slipped}\""));
    }
    let found = read_with(&text, b"").unwrap_err();
    assert!(found.lines().count() >= 10, "{found}");
    assert!(!format!("{found} {found:?}").contains(slipped), "{found}");
    let broken = format!("[vapi]\nsecret = {slipped}\n");
    assert!(!read_with(&broken, b"").unwrap_err().to_string().contains(slipped));
    let whole = read_with(&format!("{CLINIC}{PROVIDER}[vapi]\nsecret = \"env:SECRET\"\n"), b"");
    assert_eq!(format!("{:?}", whole.unwrap()), "OrgFile(..)");
}
