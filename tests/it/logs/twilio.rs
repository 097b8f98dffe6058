//! Every way in which a text can fail, and the worker after it; Twilio's errors quote numbers and texts.

use std::time::Duration;

use serde_json::json;
use vapi_gateway::twilio::stand_in::Fault;

use crate::logs::people::PEOPLE;
use crate::logs::{Traffic, webhooks};

pub(super) async fn fail_in_every_way(traffic: &mut Traffic) {
    let faults = [
        Fault::RateLimited(None),
        Fault::RateLimited(Some(Duration::from_secs(1))),
        Fault::Status(500),
        Fault::Status(302),
        Fault::CreatedThen(503),
        Fault::Slow(Duration::from_millis(100)),
        Fault::Slow(Duration::from_secs(5)),
        Fault::CreatedThenHang,
        Fault::Hang,
        Fault::ResetBefore,
        Fault::ResetAfter,
        Fault::Garbage,
        Fault::Html(502),
        Fault::Html(200),
        Fault::Reject { code: 21610, http_status: 400 },
        Fault::Reject { code: 21211, http_status: 400 },
        Fault::Reject { code: 20003, http_status: 401 },
    ];
    for (n, fault) in faults.into_iter().enumerate() {
        let wish = traffic.wish(&PEOPLE[n % PEOPLE.len()]);
        traffic.gateway.stand_in.script(fault);
        let reply = traffic.ask(&wish).await;
        assert_eq!(reply.outcome(), "booked", "{fault:?}: {reply:?}");
        // Or the worker's resend would meet what is meant for the next one.
        traffic.until_settled().await;
        // The next one is for the same people and from the same account.
        let forgotten = "DELETE FROM sms_opt_outs; DELETE FROM sms_breakers";
        traffic.gateway.execute(forgotten).await;
    }
    lose_the_list(traffic).await;
    webhooks::call_back(traffic).await;
    lose_the_keys(traffic).await;
}

async fn lose_the_list(traffic: &mut Traffic) {
    for http_status in [503, 401] {
        traffic.gateway.stand_in.fail_list(Some(http_status));
        traffic.gateway.stand_in.script(Fault::ResetAfter);
        let wish = traffic.wish(&PEOPLE[0]);
        assert_eq!(traffic.ask(&wish).await.outcome(), "booked");
        // A list that is refused settles nothing: the text waits until it can be read.
        traffic.gateway.stand_in.clear_faults();
    }
    traffic.until_settled().await;
    // Forgotten, resent, and forgotten again.
    traffic.gateway.stand_in.hide_from_list(true);
    traffic.gateway.stand_in.script(Fault::ResetAfter);
    traffic.gateway.stand_in.script(Fault::ResetAfter);
    let wish = traffic.wish(&PEOPLE[1]);
    assert_eq!(traffic.ask(&wish).await.outcome(), "booked");
    traffic.until_settled().await;
    traffic.gateway.stand_in.clear_faults();
}

async fn lose_the_keys(traffic: &mut Traffic) {
    traffic.gateway.execute("UPDATE customer_twilio_keys SET auth_token = account_sid").await;
    let wish = traffic.wish(&PEOPLE[2]);
    let reply = traffic.ask(&wish).await;
    assert_eq!(reply.sms(), ("sending", None), "{}", json!(reply.0));
}
