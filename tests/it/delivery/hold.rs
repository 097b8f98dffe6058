//! A clinic that would rather miss a text than send one twice.

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use super::{book, patient};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_unknown_is_never_sent_again() {
    let gateway = patient().start().await;
    gateway.execute("UPDATE organizations SET on_unknown = 'hold'").await;
    book(&gateway, 0, Some(Fault::ResetBefore)).await;
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.fate(0).await, json!(["sending", null]), "one look is not enough");
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.fate(0).await, json!(["failed_but_booked", null]));
    assert_eq!(gateway.value("SELECT sms_reason FROM sms_messages").await, "unreachable");
    assert_eq!(gateway.later().await, 0);
    assert_eq!(gateway.stand_in.messages().len(), 0);
    assert_eq!(gateway.count("audit_log WHERE action = 'text_resent'").await, 0);
    // One that is found is found.
    book(&gateway, 1, Some(Fault::ResetAfter)).await;
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.fate(1).await, json!(["sent", "queued"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_may_be_decided_after_the_looks() {
    let gateway = patient().start().await;
    book(&gateway, 0, Some(Fault::ResetBefore)).await;
    assert_eq!((gateway.later().await, gateway.later().await), (1, 1));
    gateway.execute("UPDATE organizations SET on_unknown = 'hold'").await;
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.fate(0).await, json!(["failed_but_booked", null]));
    assert_eq!(gateway.stand_in.messages().len(), 0);
}
