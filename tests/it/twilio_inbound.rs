//! A text from a phone, as Twilio handles it before and after its webhook: the block list, Twilio's own
//! answers, and the texts that TwiML asks for.

use vapi_gateway::twilio::DeliveryStatus;
use vapi_gateway::twilio::signature::sign;
use vapi_gateway::twilio::stand_in::{Direction, Inbound};

use crate::harness::receiver::{Receiver, Then};
use crate::twilio_client::{ACCOUNT, CLINIC, PATIENT, TOKEN, stand_in};
use crate::twilio_stand_in::post;

const XML: &str = "text/xml; charset=utf-8";

const INDENTED: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<Response>
  <Message>
    <Body>A &amp; B &lt;c&gt; &#233;
2</Body>
  </Message>
</Response>"#;

const SEVERAL: &str = r#"<Response><Message to="x"> one </Message><Message><Body><![CDATA[<two>]]></Body>
    </Message><Redirect>http://x</Redirect><Message/></Response>"#;

#[tokio::test(flavor = "multi_thread")]
async fn a_text_from_a_phone_is_posted_signed_with_all_its_blanks() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    let url = format!("{}/twilio/maple/inbound", receiver.url);
    let inbound = twilio.inbound(PATIENT, CLINIC, " ¿Sí? & = +😀", None, &url).await;
    assert_eq!((inbound.http_status, inbound.texts.len()), (Some(200), 0));
    let again = twilio.inbound_again(&inbound.sid, &url).await;
    assert_eq!(again.as_ref(), Some(&inbound));
    let hits = receiver.take();
    assert!(hits.len() == 2 && hits[0] == hits[1], "the same message, the same token");
    let hit = &hits[0];
    assert_eq!(hit.verify(TOKEN), Ok(()));
    assert_eq!(hit.signature, sign(&TOKEN.into(), &url, &hit.params));
    for name in ["MessageSid", "SmsSid", "SmsMessageSid"] {
        assert_eq!(hit.param(name), Some(&*inbound.sid));
    }
    assert_eq!((hit.param("From"), hit.param("To")), (Some(PATIENT), Some(CLINIC)));
    assert_eq!(hit.param("Body"), Some(" ¿Sí? & = +😀"));
    assert_eq!(hit.param("AccountSid"), Some(ACCOUNT));
    assert_eq!(hit.param("FromCity"), Some(""), "blank, and there");
    assert_eq!(hit.param("OptOutType"), None);
    let conversation = twilio.conversation(PATIENT);
    assert_eq!(conversation.len(), 1);
    assert_eq!(conversation[0].direction, Direction::Inbound);
    assert_eq!(twilio.messages(), [], "nobody created one by a request");
    assert_eq!(twilio.phones(), [PATIENT]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answers_texts_are_texts_to_the_phone() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    for (status, content_type, body, texts) in [
        (200, XML, "<Response/>".to_owned(), vec![]),
        (200, XML, "<Response><Message>Hi</Message></Response>".to_owned(), vec!["Hi"]),
        (200, "application/xml", INDENTED.to_owned(), vec!["A & B <c> é\n2"]),
        (200, XML, SEVERAL.to_owned(), vec!["one", "<two>"]),
        (200, XML, "<Response><Message>half".to_owned(), vec![]),
        (200, XML, "OK".to_owned(), vec![]),
        (200, XML, "<Elsewhere><Message>no</Message></Elsewhere>".to_owned(), vec![]),
        (200, "text/plain; charset=utf-8", "OK".to_owned(), vec!["OK"]),
        (200, "text/plain", String::new(), vec![]),
        (200, "application/json", "{\"ok\":true}".to_owned(), vec![]),
        (200, "text/html", "<p>OK</p>".to_owned(), vec![]),
        (403, XML, "<Response><Message>no</Message></Response>".to_owned(), vec![]),
    ] {
        let told = body.clone();
        receiver.then(Then::Answer(status, content_type, body));
        let before = twilio.conversation(PATIENT).len();
        let inbound = twilio.inbound(PATIENT, CLINIC, "C", None, &receiver.url).await;
        assert_eq!(inbound.http_status, Some(status), "{told}");
        assert_eq!(inbound.texts, texts, "{told}");
        let new = twilio.conversation(PATIENT).split_off(before + 1);
        assert!(
            new.iter().all(|m| m.direction == Direction::OutboundReply && m.sender() == CLINIC)
        );
        let arrived = new.iter().filter(|m| m.status == DeliveryStatus::Delivered);
        assert_eq!(arrived.map(|m| m.body.as_str()).collect::<Vec<_>>(), texts, "{told}");
    }
}

/// Only texts created by a request can be refused; what Twilio says itself arrives.
#[tokio::test(flavor = "multi_thread")]
async fn stop_blocks_one_phone_for_one_sender_until_start() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    let say = async |body: &str| {
        receiver.then(Then::Answer(
            200,
            XML,
            "<Response><Message>ours</Message></Response>".into(),
        ));
        let before = twilio.conversation(PATIENT).len();
        let inbound = twilio.inbound(PATIENT, CLINIC, body, None, &receiver.url).await;
        assert_eq!(receiver.take().len(), 1, "{body} is passed on all the same");
        let answers = twilio.conversation(PATIENT).split_off(before + 1);
        let arrived = answers.iter().filter(|m| m.status == DeliveryStatus::Delivered).count();
        (inbound, arrived)
    };
    let send = async |to: &str, from: &str| {
        post(&twilio, &[("To", to), ("From", from), ("Body", "x")]).await
    };
    for word in ["STOP", "unsubscribe", "End", "quit", "STOPALL", "revoke", "optout", " Cancel\n"] {
        let (inbound, arrived) = say(word).await;
        assert_eq!(inbound.texts, ["ours"]);
        assert_eq!(arrived, 1, "Twilio's own words alone");
        assert!(twilio.is_blocked(CLINIC, PATIENT), "{word}");
        let (status, refused) = send(PATIENT, CLINIC).await;
        assert_eq!((status, &refused["code"]), (400, &21610.into()), "{word}");
        assert_eq!(send(PATIENT, "+12125550101").await.0, 201, "another sender");
        assert_eq!(send("+12125550143", CLINIC).await.0, 201, "another phone");
        assert_eq!(say("STOP").await.1, 0, "said once");
        assert_eq!(say("hello").await.1, 0, "our answers do not arrive");
        let back = if word == "STOP" { "yes" } else { "UnStop" };
        assert_eq!(say(back).await.1, 2, "Twilio's and ours");
        assert_eq!(send(PATIENT, CLINIC).await.0, 201, "{word} is lifted");
    }
    for word in ["STOP PLEASE", "stops", "C", "START", "YES", ""] {
        assert_eq!(say(word).await.1, 1, "{word:?}: ours");
        assert!(!twilio.is_blocked(CLINIC, PATIENT), "{word:?}");
    }
    assert_eq!(say("Help").await.1, 2, "Twilio's and ours");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_with_advanced_opt_out_says_what_a_text_meant() {
    let (twilio, receiver) = (stand_in(), Receiver::start());
    let url = format!("{}/inbound", receiver.url);
    let said = twilio.inbound(PATIENT, CLINIC, "ARRET", Some("STOP"), &url).await;
    let Inbound { sid, http_status: Some(200), .. } = said else { panic!("{said:?}") };
    assert!(twilio.is_blocked(CLINIC, PATIENT));
    twilio.inbound_again(&sid, &url).await;
    for hit in receiver.take() {
        assert_eq!(hit.param("OptOutType"), Some("STOP"));
        assert_eq!(hit.verify(TOKEN), Ok(()));
    }
    twilio.inbound(PATIENT, CLINIC, "ENCORE", Some("START"), &url).await;
    assert!(!twilio.is_blocked(CLINIC, PATIENT));
}
