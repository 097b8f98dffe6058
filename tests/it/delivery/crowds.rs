//! A thousand callbacks in random order over two nodes: the final state is the one that an orderly
//! Twilio would have told.

use futures_util::stream::{self, StreamExt};
use serde_json::json;

use super::{CLINIC, attempt_of, callback, patient, wish};

const TEXTS: usize = 40;
const CALLBACKS: usize = 1_000;
const AT_ONCE: usize = 24;

/// How a text ends: the last word, its code, and what the row says then.
const ENDS: [(&str, u32, [Option<&str>; 2]); 5] = [
    ("delivered", 0, [Some("sent"), Some("delivered")]),
    ("read", 0, [Some("sent"), Some("read")]),
    ("undelivered", 30005, [Some("sent"), Some("undelivered")]),
    ("failed", 30007, [Some("sent"), Some("failed")]),
    ("undelivered", 30003, [Some("sending"), None]),
];

/// The same order in every run: a failure can be seen again.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % n
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_in_any_order_come_to_the_right_end() {
    let gateway = patient().start().await;
    let other = patient().join(&gateway);
    let mut dice = Dice(20_261_126);
    let mut told = Vec::new();
    for n in 0..TEXTS {
        assert_eq!(gateway.call(CLINIC, &wish(n)).await.sms(), ("sent", None));
        let (attempt, sid) = attempt_of(&gateway, n).await;
        let (end, code, _) = ENDS[n % ENDS.len()];
        let way = [("queued", 0), ("sending", 0), ("sent", 0), ("from_the_future", 0), (end, code)];
        // Each at least once, the rest again.
        for place in 0..CALLBACKS / TEXTS {
            let place = if place < way.len() { place } else { dice.below(way.len()) };
            let (status, code) = way[place];
            told.push((attempt.clone(), sid.clone(), status, code));
        }
    }
    assert_eq!(told.len(), CALLBACKS);
    for place in (1..told.len()).rev() {
        told.swap(place, dice.below(place + 1));
    }
    let urls = [gateway.url.as_str(), other.url.as_str()];
    let posted = told.iter().enumerate().map(|(n, (attempt, sid, status, code))| {
        let webhook = callback(attempt, sid, status, *code);
        async move { webhook.post(urls[n % 2]).await.0 }
    });
    let answers: Vec<u16> = stream::iter(posted).buffer_unordered(AT_ONCE).collect().await;
    assert!(answers.iter().all(|status| *status == 204), "{answers:?}");
    for n in 0..TEXTS {
        let (_, _, fate) = ENDS[n % ENDS.len()];
        assert_eq!(gateway.fate(n).await, json!(fate), "text {n}");
    }
    assert_eq!(gateway.count("sms_delivery_events").await, 200, "each of five, once");
    assert_eq!(gateway.count("sms_attempts WHERE outcome = 'accepted'").await, 40);
    assert_eq!(gateway.count("audit_log WHERE action = 'text_owed_again'").await, 8);
    assert_eq!(gateway.later().await, 8, "one more try each");
    assert_eq!(gateway.later().await, 0);
    assert_eq!(gateway.stand_in.messages().len(), TEXTS + 8);
}
