//! `opt_out_of_texts` through the front door: whose texts stop, and whose do not.

use serde_json::{Value, json};

use crate::harness::fixtures::{fixtures, told};
use crate::harness::gateway::Gateway;
use crate::harness::vapi::{CALLER, opt_out_of_texts};

async fn stopped(gateway: &Gateway) -> Vec<Value> {
    gateway.rows("SELECT slug, s.phone, sender, source FROM sms_opt_outs s JOIN organizations o ON o.id = s.org_id").await
}

fn of(phone: &str) -> Value {
    json!({ "slug": "demo", "phone": phone, "sender": "*", "source": "assistant" })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calling_number_is_stopped_once_and_the_call_is_named() {
    let gateway = Gateway::unhurried().await;
    let call = opt_out_of_texts(json!({}));
    let reply = gateway.call("demo", &call).await;
    assert_eq!(reply.outcome(), "opted_out");
    insta::assert_snapshot!(reply.spoken(), @"We will send no more texts to the number ending in zero one four two; appointments stand. Texting START to us turns them on again. Is there anything else?");
    assert_eq!(stopped(&gateway).await, [of(CALLER)]);
    let entry = "SELECT actor, action, details FROM audit_log WHERE action = 'texts_stopped'";
    let details = json!({ "call": format!("call:{}", call.call_id.clone().unwrap()),
                          "tool_call": call.tool_call_id });
    let entries = [json!({ "actor": "assistant", "action": "texts_stopped", "details": details })];
    assert_eq!(gateway.rows(entry).await, entries);
    for again in [&call, &opt_out_of_texts(json!({}))] {
        assert_eq!(gateway.call("demo", again).await.spoken(), reply.spoken());
    }
    assert_eq!(stopped(&gateway).await.len(), 1);
    assert_eq!(gateway.rows(entry).await, entries, "said again is no news");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_stops_anothers_texts() {
    let gateway = Gateway::unhurried().await;
    let reply = gateway.call("demo", &opt_out_of_texts(json!({ "phone": "302 555 0177" }))).await;
    assert_eq!(reply.outcome(), "question");
    insta::assert_snapshot!(reply.spoken(), @"I can stop texts only for the number you are calling from. For another one, please text STOP to us from that phone. Shall I stop them for this one?");
    // A parameter of the tool's definition is the model's word, not the network's.
    let claimed = opt_out_of_texts(json!({ "caller_number": "+13025550177" })).over_the_web();
    assert_eq!(gateway.call("demo", &claimed).await.outcome(), "question");
    assert_eq!(stopped(&gateway).await, Vec::<Value>::new());
    assert_eq!(gateway.count("audit_log WHERE action = 'texts_stopped'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_recorded_call_is_answered_as_expected() {
    let gateway = Gateway::unhurried().await;
    let expected = [
        ("another_number", "question", None),
        ("half_a_number", "question", None),
        ("own_number", "opted_out", Some(CALLER)),
        ("own_number_said", "opted_out", Some(CALLER)),
        ("web_call", "question", None),
        ("web_call_with_phone", "opted_out", Some(CALLER)),
    ];
    let bodies = fixtures("opt_out_of_texts");
    assert_eq!(bodies.len(), expected.len());
    for (body, (name, outcome, phone)) in bodies.iter().zip(expected) {
        assert_eq!(body.name, name);
        let answer = gateway.replay("demo", body).await;
        let item = &answer["results"][0];
        assert_eq!(item["metadata"]["outcome"], outcome, "{name}: {}", told(item));
        let rows: Vec<Value> = phone.into_iter().map(of).collect();
        assert_eq!(stopped(&gateway).await, rows, "{name}");
        gateway.execute("TRUNCATE sms_opt_outs").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_by_text_turns_them_on_again() {
    let gateway = Gateway::unhurried().await;
    gateway.call("demo", &opt_out_of_texts(json!({}))).await;
    let form = [("MessageSid", "SM1"), ("From", CALLER), ("To", "+15005550006"), ("Body", "Start")];
    assert_eq!(gateway.webhook("/twilio/demo/inbound", &form).await.0, 200);
    assert_eq!(stopped(&gateway).await, Vec::<Value>::new());
}
