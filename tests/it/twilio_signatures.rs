//! `X-Twilio-Signature`: which requests count as Twilio's. The table's signatures were made by another
//! implementation (Python's `hmac`, one of them also by `openssl dgst -sha1 -hmac`), over invented data;
//! the vectors of Twilio's own libraries are read where they are at hand.

use std::fs;
use std::path::Path;

use secrecy::SecretString;
use serde_json::Value;
use vapi_gateway::twilio::signature::{
    BadSignature, Content, Params, names_body, read_form, sign, verify,
};

const TOKEN: &str = "token-of-the-synthetic-clinic";
const SECONDARY: &str = "secondary-token-of-the-clinic";

const STATUS: &str = "https://gateway.example/twilio/maple-dental/status/7";
const DELIVERED: &str = "ErrorCode=&SmsSid=SM00000000000000000000000000000001&SmsStatus=delivered\
    &MessageStatus=delivered&To=%2B12125550142&MessageSid=SM00000000000000000000000000000001\
    &From=%2B12125550100";
const UNICODE: &str = "Body=%C2%BFA+las+4%3F+S%C3%AD%2C+se%C3%B1or+%F0%9F%98%80+%2B+%26+%3D+%2541";
const JSON: &[u8] = br#"{"a": 1}"#;
const JSON_URL: &str = "https://gateway.example/events\
    ?bodySHA256=f9d86028c6e0d64e225186f96acb69338b2c59764df79162107f5c4bb34d1310";

/// URL as signed, form as posted, signature.
const SIGNED: [(&str, &str, &str); 12] = [
    (STATUS, DELIVERED, "T2qoScympgFxU627acgyPKIF3BA="),
    (STATUS, "", "KjF4AMq6zM8p7Z5R7q+4f3kQS8w="),
    (STATUS, "BodyType=a&Body=z&body=1&BODY=2", "2lrs0DRUkKVpq4lZR7/Wh7iVOaI="),
    (STATUS, "Choice=b&Choice=a&Choice=b&Choice=", "Hb9d3DpHOTGWG8BdyyxwITbIcC0="),
    (
        "https://gateway.example/twilio/maple-dental/status/7?clinic=a%20b",
        UNICODE,
        "d9yDAsxIlF4Wb7WRVUqak+CD9vo=",
    ),
    (
        "https://gateway.example:443/twilio/maple-dental/status/7",
        DELIVERED,
        "TiuY2k1rljaaOU/UTcY+32WyJgg=",
    ),
    (
        "http://gateway.example:80/twilio/maple-dental/status/7",
        DELIVERED,
        "tKYrtC+EKS17l4qZLcpzrIrWKAo=",
    ),
    (
        "http://127.0.0.1:8080/twilio/maple-dental/status/7",
        DELIVERED,
        "Msbu6sbbbIYV9aciW0XtJTXI5iw=",
    ),
    ("https://clinic:word@gateway.example/inbound", "Body=C", "GkH2hbmbsNQGrcQwRyWqnsl8heg="),
    ("https://gateway.example/inbound", "Body=C", "KGPVbuwtHyrGKf42rCsCRnn0OgA="),
    ("https://gateway.example/inbound?of=o%27clock", "Body=C", "VXjmrtLVw1nZchjNCJ3ikp8rPyc="),
    ("http://[::1]:80/inbound", "Body=C", "92nWpWOtdC1NCtNJfTyhYK7u1wY="),
];

/// URL as Twilio was given it, URL as it was signed: by [`SIGNED`].
const OTHER_FORMS: [(&str, &str); 7] = [
    (STATUS, "https://gateway.example:443/twilio/maple-dental/status/7"),
    ("https://gateway.example:443/twilio/maple-dental/status/7", STATUS),
    ("https://gateway.example:8443/twilio/maple-dental/status/7", STATUS),
    (
        "http://gateway.example/twilio/maple-dental/status/7",
        "http://gateway.example:80/twilio/maple-dental/status/7",
    ),
    ("https://clinic:word@gateway.example/inbound", "https://gateway.example/inbound"),
    ("https://gateway.example/inbound?of=o'clock", "https://gateway.example/inbound?of=o%27clock"),
    ("http://[::1]/inbound", "http://[::1]:80/inbound"),
];

fn token(text: &str) -> SecretString {
    text.into()
}

fn judge(tokens: &[&str], url: &str, form: &str, header: &str) -> Result<(), BadSignature> {
    let tokens: Vec<SecretString> = tokens.iter().map(|text| token(text)).collect();
    verify(&tokens, url, Content::Form(&read_form(form.as_bytes())), header)
}

#[test]
fn signatures_made_elsewhere_count_and_are_made_here_too() {
    for (url, form, signature) in SIGNED {
        assert_eq!(judge(&[TOKEN], url, form, signature), Ok(()), "{url} {form}");
        let params = read_form(form.as_bytes());
        assert_eq!(sign(&token(TOKEN), url, &params), signature, "{url} {form}");
        let with_fragment = format!("{url}#rc=2&rp=ct,rt,5xx");
        assert_eq!(sign(&token(TOKEN), &with_fragment, &params), signature);
        assert_eq!(judge(&[TOKEN], &with_fragment, form, signature), Ok(()));
    }
}

#[test]
fn a_url_counts_in_the_forms_that_twilio_may_sign() {
    for (given, signed) in OTHER_FORMS {
        let of_that = SIGNED.iter().filter(|(url, ..)| *url == signed);
        let mut seen = 0;
        for (_, form, signature) in of_that {
            assert_eq!(judge(&[TOKEN], given, form, signature), Ok(()), "{given} {form}");
            seen += 1;
        }
        assert!(seen > 0, "{signed}");
    }
}

/// Every other host, path, query or form is another request.
#[test]
fn nothing_else_counts() {
    let (_, _, signature) = SIGNED[0];
    for url in [
        "http://gateway.example/twilio/maple-dental/status/7",
        "https://gateway.example.evil.example/twilio/maple-dental/status/7",
        "https://gateway.example/twilio/maple-dental/status/8",
        "https://gateway.example/twilio/maple-dental/status/7/",
        "https://gateway.example//twilio/maple-dental/status/7",
        "https://gateway.example/twilio/maple-dental/status/7?",
        "https://gateway.example/twilio/maple-dental/status/7?a=b",
        "https://gateway.example/twilio/maple%2Ddental/status/7",
        "/twilio/maple-dental/status/7",
        "",
    ] {
        assert_eq!(
            judge(&[TOKEN], url, DELIVERED, signature),
            Err(BadSignature::Mismatch),
            "{url}"
        );
    }
    for form in [
        DELIVERED.replace("delivered", "failed"),
        DELIVERED.replace("ErrorCode=&", ""),
        DELIVERED.replace("ErrorCode=", "errorCode="),
        format!("{DELIVERED}&More="),
        format!("{DELIVERED}&From=%2B12125550101"),
        String::new(),
    ] {
        assert_eq!(
            judge(&[TOKEN], STATUS, &form, signature),
            Err(BadSignature::Mismatch),
            "{form}"
        );
    }
    // A name's same value twice is signed once.
    assert_eq!(judge(&[TOKEN], STATUS, &format!("{DELIVERED}&ErrorCode="), signature), Ok(()));
}

#[test]
fn only_a_whole_signature_counts() {
    let (url, form, signature) = SIGNED[0];
    let table = [
        (String::new(), BadSignature::Mismatch),
        ("WRONG".to_owned(), BadSignature::Malformed),
        (format!(" {signature}"), BadSignature::Malformed),
        (signature.replace('=', ""), BadSignature::Malformed),
        (format!("{signature},{signature}"), BadSignature::Malformed),
        ("é".to_owned(), BadSignature::Malformed),
        (signature.replacen("T2q", "t2Q", 1), BadSignature::Mismatch),
        ("T2qoScympgFxU627acgyPKIF".to_owned(), BadSignature::Mismatch),
        ("AAAAAAAAAAAAAAAAAAAAAAAAAAA=".to_owned(), BadSignature::Mismatch),
    ];
    for (header, expected) in table {
        assert_eq!(judge(&[TOKEN], url, form, &header), Err(expected), "{header}");
    }
}

#[test]
fn either_token_counts_while_a_clinic_changes_it() {
    let (url, form, by_primary) = SIGNED[0];
    let by_secondary = "Hjy2FLc+XGLma7DUl2GnA09rups=";
    for signature in [by_primary, by_secondary] {
        assert_eq!(judge(&[TOKEN, SECONDARY], url, form, signature), Ok(()));
        assert_eq!(judge(&[SECONDARY, TOKEN], url, form, signature), Ok(()));
        assert_eq!(judge(&["somebody else's"], url, form, signature), Err(BadSignature::Mismatch));
        assert_eq!(judge(&[], url, form, signature), Err(BadSignature::Mismatch));
    }
    assert_eq!(judge(&[TOKEN], url, form, by_secondary), Err(BadSignature::Mismatch));
}

#[test]
fn a_body_that_is_no_form_is_signed_by_its_digest_in_the_url() {
    let raw = |url: &str, body: &[u8], header: &str| {
        verify(&[token(TOKEN)], url, Content::Raw(body), header)
    };
    assert_eq!(raw(JSON_URL, JSON, "11tMm5a1tIO9v8SbQFh179kY2lM="), Ok(()));
    assert_eq!(raw(JSON_URL, JSON, "s068dHbIHOLu3J8TcxKNsm8DllQ="), Ok(()), "over :443");
    let other_body = raw(JSON_URL, br#"{"a": 2}"#, "11tMm5a1tIO9v8SbQFh179kY2lM=");
    assert_eq!(other_body, Err(BadSignature::Body));
    let unsigned = raw(&JSON_URL.replace("events", "other"), JSON, "11tMm5a1tIO9v8SbQFh179kY2lM=");
    assert_eq!(unsigned, Err(BadSignature::Mismatch));
    let unnamed = raw("https://gateway.example/events", JSON, "2Qy2ySRlpypsUFPapBlKhnQn0BQ=");
    assert_eq!(unnamed, Err(BadSignature::Body));
}

/// Reads what Twilio's libraries test themselves with. It is no part of the project, so that it is
/// absent in a checkout of its own.
#[test]
fn the_vectors_of_twilios_own_libraries() {
    let beside = "../shared/reference/twilio-signature-vectors.json";
    let Ok(text) = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(beside)) else {
        return;
    };
    let file: Value = serde_json::from_str(&text).expect("JSON");
    let vectors = file["vectors"].as_array().expect("vectors");
    assert_eq!(vectors.len(), 36);
    for vector in vectors {
        let name = vector["name"].as_str().expect("a name");
        let url = vector["url"].as_str().expect("a URL");
        let body = vector["raw_body"].as_str().map(str::as_bytes);
        let Some(by) = vector["token"].as_str() else {
            // The page that it is from names no token: the body's digest is all there is to check.
            assert!(names_body(url, body.expect("a body")), "{name}");
            continue;
        };
        let params = params_of(&vector["params"]);
        let content = match vector["content_type"].as_str() {
            Some("application/json") => Content::Raw(body.expect("a body")),
            _ => Content::Form(&params),
        };
        let header = vector["signature"].as_str().expect("a signature");
        let counts = verify(&[token(by)], url, content, header).is_ok();
        assert_eq!(Some(counts), vector["should_validate"].as_bool(), "{name}");
        if counts {
            let signed_url = vector["signed_url"].as_str().expect("what was signed");
            assert_eq!(sign(&token(by), signed_url, &params), header, "{name}");
        }
        if let (Content::Form(params), Some(body)) = (content, body) {
            assert_eq!(sorted(&read_form(body)), sorted(params), "{name}");
        }
    }
}

fn params_of(object: &Value) -> Params {
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let mut params = Params::new();
    for (name, value) in object.as_object().into_iter().flatten() {
        match value.as_array() {
            Some(values) => params.extend(values.iter().map(|v| (name.clone(), text(v)))),
            None => params.push((name.clone(), text(value))),
        }
    }
    params
}

fn sorted(params: &Params) -> Params {
    let mut params = params.clone();
    params.sort();
    params
}
