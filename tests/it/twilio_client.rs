//! The Twilio client against the stand-in: what it sends, what it reads back, what it refuses to be
//! made of, and what of it can be read by somebody who prints it.

use std::net::SocketAddr;
use std::time::Duration;

use secrecy::SecretString;
use vapi_gateway::twilio::stand_in::StandIn;
use vapi_gateway::twilio::{
    ApiKey, ClientError, Credentials, CredentialsError, DeliveryStatus, ListError, SendOutcome,
    Sender, TwilioClient, TwilioSettings,
};

pub(crate) const ACCOUNT: &str = "ACd0c70b1e55d0c70b1e55d0c70b1e55d0";
pub(crate) const TOKEN: &str = "token-of-the-synthetic-clinic";
pub(crate) const KEY: &str = "SKd0c70b1e55d0c70b1e55d0c70b1e55d0";
pub(crate) const KEY_SECRET: &str = "secret-of-the-synthetic-key";
pub(crate) const SERVICE: &str = "MGd0c70b1e55d0c70b1e55d0c70b1e55d0";
pub(crate) const CLINIC: &str = "+12125550100";
pub(crate) const PATIENT: &str = "+12125550142";
pub(crate) const TEXT: &str = "Appointment Confirmation: A & B = 100% +\nTime: 4:30 PM";
pub(crate) const LOOPBACK: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 0);

pub(crate) fn from_number() -> Credentials {
    credentials(None, Sender::PhoneNumber(CLINIC.to_owned())).unwrap()
}

pub(crate) fn credentials(
    api_key: Option<ApiKey>,
    sender: Sender,
) -> Result<Credentials, CredentialsError> {
    Credentials::new(ACCOUNT.to_owned(), SecretString::from(TOKEN), api_key, sender)
}

fn api_key() -> ApiKey {
    ApiKey { sid: KEY.to_owned(), secret: SecretString::from(KEY_SECRET) }
}

pub(crate) fn stand_in() -> StandIn {
    StandIn::start(LOOPBACK, vec![from_number()]).unwrap()
}

/// A client that gives up fast enough for a test.
pub(crate) fn client(base_url: &str) -> TwilioClient {
    TwilioClient::new(&settings(base_url)).unwrap()
}

fn settings(base_url: &str) -> TwilioSettings {
    TwilioSettings {
        base_url: base_url.to_owned(),
        connect_timeout: Duration::from_millis(500),
        timeout: Duration::from_millis(1500),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_accepted_with_its_sid_and_arrives_as_it_was_written() {
    let twilio = stand_in();
    let outcome = client(twilio.base_url()).send(&from_number(), PATIENT, TEXT, None).await;
    let created = twilio.messages();
    assert_eq!(created.len(), 1);
    let status = Some(DeliveryStatus::Queued);
    assert_eq!(outcome, SendOutcome::Accepted { sid: created[0].sid.clone(), status });
    assert_eq!(created[0].to, PATIENT);
    assert_eq!(created[0].from.as_deref(), Some(CLINIC));
    assert_eq!(created[0].messaging_service_sid, None);
    assert_eq!(created[0].account_sid, ACCOUNT);
    assert_eq!(created[0].body, TEXT);
    twilio.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_messaging_service_sends_without_a_number_of_its_own() {
    let twilio = stand_in();
    let service = credentials(None, Sender::MessagingService(SERVICE.to_owned())).unwrap();
    let twilio_client = client(twilio.base_url());
    let outcome = twilio_client.send(&service, PATIENT, TEXT, None).await;
    let created = twilio.messages();
    let status = Some(DeliveryStatus::Accepted);
    assert_eq!(outcome, SendOutcome::Accepted { sid: created[0].sid.clone(), status });
    assert_eq!(created[0].from, None);
    assert_eq!(created[0].messaging_service_sid.as_deref(), Some(SERVICE));

    let listed = twilio_client.list(&service, PATIENT).await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!(listed[0].from, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_api_key_is_used_in_place_of_the_token() {
    let sender = Sender::PhoneNumber(CLINIC.to_owned());
    let known = credentials(Some(api_key()), sender.clone()).unwrap();
    let twilio = StandIn::start(LOOPBACK, vec![known.clone()]).unwrap();
    let wrong_token = |key| {
        Credentials::new(ACCOUNT.to_owned(), SecretString::from("wrong"), key, sender.clone())
            .unwrap()
    };
    let twilio_client = client(twilio.base_url());
    let by_key = twilio_client.send(&wrong_token(Some(api_key())), PATIENT, TEXT, None).await;
    assert!(matches!(by_key, SendOutcome::Accepted { .. }), "{by_key:?}");
    let by_token = twilio_client.send(&wrong_token(None), PATIENT, TEXT, None).await;
    assert_eq!(by_token, SendOutcome::Rejected { http_status: 401, code: Some(20003) });
    assert_eq!(
        twilio_client.list(&wrong_token(None), PATIENT).await,
        Err(ListError::Refused { http_status: 401, code: Some(20003) }),
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_holds_the_texts_to_one_number_newest_first() {
    let twilio = stand_in();
    let twilio_client = client(twilio.base_url());
    for (to, body) in [(PATIENT, "first"), ("+12125550143", "another's"), (PATIENT, "second")] {
        twilio_client.send(&from_number(), to, body, None).await;
    }
    let listed = twilio_client.list(&from_number(), PATIENT).await.unwrap();
    let bodies: Vec<_> = listed.iter().map(|m| m.body.as_deref()).collect();
    assert_eq!(bodies, [Some("second"), Some("first")]);
    let created = twilio.messages_to(PATIENT);
    assert_eq!(listed[0].sid, created[1].sid);
    assert_eq!(listed[0].to.as_deref(), Some(PATIENT));
    assert_eq!(listed[0].from.as_deref(), Some(CLINIC));
    assert_eq!(listed[0].status, Some(DeliveryStatus::Queued));
    assert_eq!(listed[0].created_at, created[1].created_at.replace_nanosecond(0).ok());
    assert_eq!(listed[0].error_code, None);

    let other = credentials(None, Sender::PhoneNumber("+12125550199".to_owned())).unwrap();
    assert_eq!(twilio_client.list(&other, PATIENT).await.unwrap(), []);
    twilio.hide_from_list(true);
    assert_eq!(twilio_client.list(&from_number(), PATIENT).await.unwrap(), []);
}

#[test]
fn a_base_url_is_scheme_and_host() {
    for good in [
        "https://api.twilio.com",
        "https://api.twilio.com/",
        "http://127.0.0.1:4010",
        "http://[::1]:1",
    ] {
        assert!(TwilioClient::new(&settings(good)).is_ok(), "{good}");
    }
    for bad in [
        "https://api.twilio.com/2010-04-01",
        "https://api.twilio.com//",
        "https://api.twilio.com?x=1",
        "https://api.twilio.com#x",
        "https://someone:hush@api.twilio.com",
        "http://api.twilio.com",
        "http://twilio.com",
        "ftp://127.0.0.1",
        "unix:/tmp/socket",
        "api.twilio.com",
        "https://",
        "",
    ] {
        let error = TwilioClient::new(&settings(bad)).unwrap_err();
        assert!(matches!(error, ClientError::BaseUrl(_)), "{bad}: {error}");
        assert!(!error.to_string().contains("hush"), "{error}");
    }
}

#[test]
fn time_outs_tell_an_unreachable_server_from_a_silent_one() {
    for (connect, whole) in [(0, 1000), (1000, 1000), (2000, 1000)] {
        let settings = TwilioSettings {
            connect_timeout: Duration::from_millis(connect),
            timeout: Duration::from_millis(whole),
            ..settings("http://127.0.0.1:1")
        };
        assert_eq!(TwilioClient::new(&settings).unwrap_err(), ClientError::Timeouts);
    }
    assert_eq!(client("http://127.0.0.1:1").timeout(), Duration::from_millis(1500));
}

#[test]
fn credentials_are_what_twilio_calls_by_these_names() {
    let number = || Sender::PhoneNumber(CLINIC.to_owned());
    let account = |sid: &str, token: &str| {
        Credentials::new(sid.to_owned(), SecretString::from(token), None, number()).err()
    };
    assert_eq!(account(ACCOUNT, TOKEN), None);
    assert_eq!(account(&ACCOUNT.to_lowercase(), TOKEN), Some(CredentialsError::AccountSid));
    assert_eq!(account(ACCOUNT.trim_end_matches("0"), TOKEN), Some(CredentialsError::AccountSid));
    assert_eq!(
        account("AC/../d0c70b1e55d0c70b1e55d0c70b1e", TOKEN),
        Some(CredentialsError::AccountSid)
    );
    assert_eq!(account(ACCOUNT, ""), Some(CredentialsError::AuthToken));

    let key = |sid: &str, secret: &str| {
        let key = ApiKey { sid: sid.to_owned(), secret: SecretString::from(secret) };
        credentials(Some(key), number()).err()
    };
    assert_eq!(key(ACCOUNT, KEY_SECRET), Some(CredentialsError::ApiKeySid));
    assert_eq!(key(KEY, ""), Some(CredentialsError::ApiKeySecret));

    for bad in ["2125550100", "+", "+0125550100", "+1212555010x", "+1234567890123456", ""] {
        let sender = Sender::PhoneNumber(bad.to_owned());
        assert_eq!(credentials(None, sender).err(), Some(CredentialsError::PhoneNumber), "{bad}");
    }
    let service = Sender::MessagingService(ACCOUNT.to_owned());
    assert_eq!(credentials(None, service).err(), Some(CredentialsError::MessagingServiceSid));
}

#[test]
fn a_status_word_survives_the_way_there_and_back() {
    for word in ["queued", "delivered", "partially_delivered", "canceled", "teleported"] {
        assert_eq!(DeliveryStatus::parse(word).as_str(), word);
    }
    assert_eq!(DeliveryStatus::parse("queued"), DeliveryStatus::Queued);
    let odd = DeliveryStatus::parse("so\0rt of \u{1F600}");
    assert_eq!(odd, DeliveryStatus::Other("sortof".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_a_person_and_no_secret_is_in_any_debug() {
    let known = credentials(Some(api_key()), Sender::MessagingService(SERVICE.to_owned())).unwrap();
    let twilio = StandIn::start(LOOPBACK, vec![]).unwrap();
    let twilio_client = client(twilio.base_url());
    let outcome = twilio_client.send(&from_number(), PATIENT, TEXT, None).await;
    let listed = twilio_client.list(&from_number(), PATIENT).await;
    let refused = client("http://127.0.0.1:1").list(&from_number(), PATIENT).await.unwrap_err();
    let number = from_number();
    let shown = format!(
        "{known:?} {:?} {:?} {:?} {twilio_client:?} {outcome:?} {listed:#?} {refused:?} {refused} {:?}",
        known.sender(),
        known.api_key(),
        number.sender(),
        twilio.messages(),
    );
    for hidden in
        [TOKEN, KEY, KEY_SECRET, SERVICE, ACCOUNT, "2125550142", "2125550100", "Appointment"]
    {
        assert!(!shown.contains(hidden), "{hidden} in {shown}");
    }
}
