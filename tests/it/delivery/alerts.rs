//! What a failure means beyond its own text: the clinic is told until one is delivered, and who has opted
//! out is not texted again.

use serde_json::json;
use vapi_gateway::twilio::stand_in::{Course, Fault};

use super::{CLINIC, attempt_of, book, number, patient, wish};
use crate::harness::clinics::TWILIO_NUMBER;

fn refused(code: u32) -> Option<Fault> {
    Some(Fault::Reject { code, http_status: 400 })
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_reaches_nobody_is_told_until_a_text_is_delivered() {
    let gateway = patient().start().await;
    book(&gateway, 0, None).await;
    gateway.told(0, "undelivered", 30034).await;
    book(&gateway, 1, refused(21608)).await;
    book(&gateway, 2, refused(30034)).await;
    book(&gateway, 3, None).await;
    gateway.told(3, "failed", 21608).await;
    let raised = "SELECT jsonb_agg(twilio_code ORDER BY twilio_code) FROM sms_alerts";
    assert_eq!(gateway.value(raised).await, json!([21608, 30034]), "each once");
    // Taken is not delivered, and another clinic's delivery is not this one's.
    book(&gateway, 4, None).await;
    gateway.told(4, "sent", 0).await;
    gateway
        .execute(
            "INSERT INTO sms_messages (org_id, id, appointment_id, kind, to_phone, sms_status, sms_reason, due_at) \
             SELECT org_id, gen_random_uuid(), appointment_id, 'change', to_phone, 'skipped', 'no_phone', now() \
             FROM sms_messages LIMIT 1",
        )
        .await;
    assert_eq!(gateway.count("sms_alerts").await, 2);
    gateway.told(4, "delivered", 0).await;
    assert_eq!(gateway.count("sms_alerts").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn other_failures_raise_none() {
    let gateway = patient().start().await;
    for (n, code) in [30003, 30005, 30007, 21610].into_iter().enumerate() {
        book(&gateway, n, None).await;
        gateway.told(n, "undelivered", code).await;
    }
    book(&gateway, 9, refused(21614)).await;
    assert_eq!(gateway.count("sms_alerts").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_opted_out_is_not_texted_again() {
    let gateway = patient().start().await;
    // Told at once, and told later.
    assert_eq!(book(&gateway, 0, refused(21610)).await.sms().0, "opted_out");
    book(&gateway, 1, None).await;
    gateway.told(1, "failed", 21610).await;
    let rows = gateway.rows("SELECT phone, sender, source FROM sms_opt_outs ORDER BY phone").await;
    let row = |n| json!({ "phone": number(n), "sender": "+15005550006", "source": "twilio" });
    assert_eq!(rows, [row(0), row(1)]);
    let before = gateway.stand_in.messages().len();
    for n in [0, 1] {
        let mut again = wish(n + 10);
        again.caller = Some(number(n));
        let reply = gateway.call(CLINIC, &again).await;
        assert_eq!((reply.outcome(), reply.sms().0), ("booked", "opted_out"), "{reply:?}");
        assert!(reply.spoken().contains("texting START to us"), "{}", reply.spoken());
    }
    assert_eq!(gateway.stand_in.messages().len(), before, "Twilio is not even asked");
    assert_eq!(gateway.count("sms_attempts").await, 2);
    // By this sender: another clinic's texts are another matter, and so is another sender of the clinic.
    let mut elsewhere = wish(20);
    elsewhere.caller = Some(number(0));
    elsewhere.arguments["time"] = json!("10 AM");
    assert_eq!(gateway.call("demo", &elsewhere).await.sms(), ("sent", None));
    gateway.execute("UPDATE sms_opt_outs SET sender = '+15005550001'").await;
    let mut other = wish(30);
    other.caller = Some(number(0));
    assert_eq!(gateway.call(CLINIC, &other).await.sms(), ("sent", None));
    // Said on the phone, it holds for every sender.
    gateway.execute("UPDATE sms_opt_outs SET sender = '*', source = 'assistant'").await;
    let mut none = wish(32);
    none.caller = Some(number(0));
    assert_eq!(gateway.call(CLINIC, &none).await.sms().0, "opted_out");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_twilios_list_tells_has_the_same_consequences() {
    // Neither an answer nor a callback reaches us.
    let gateway = patient().without_public_url().start().await;
    for (n, code) in [(0, 30034), (1, 30003), (2, 21610)] {
        book(&gateway, n, Some(Fault::ResetAfter)).await;
        let (_, sid) = attempt_of(&gateway, n).await;
        gateway.stand_in.deliver_as(&number(n), Course::Undelivered(code));
        gateway.stand_in.deliver(&sid).await;
    }
    assert_eq!(gateway.later().await, 3);
    assert_eq!(gateway.fate(0).await, json!(["sent", "undelivered"]));
    assert_eq!(
        gateway.value("SELECT jsonb_agg(twilio_code) FROM sms_alerts").await,
        json!([30034])
    );
    assert_eq!(gateway.fate(1).await, json!(["sending", null]), "one more try, later");
    let opted_out = "SELECT jsonb_agg(jsonb_build_array(phone, sender)) FROM sms_opt_outs";
    assert_eq!(gateway.value(opted_out).await, json!([[number(2), TWILIO_NUMBER]]));
    let told = json!([
        ["accepted", "undelivered", 30034],
        ["accepted", "undelivered", 30003],
        ["accepted", "undelivered", 21610]
    ]);
    assert_eq!(gateway.tries().await, told);
    assert_eq!(gateway.later().await, 1);
    assert_eq!(gateway.fate(1).await, json!(["sent", "queued"]));
}
