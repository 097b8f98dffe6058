//! The recorded phone call: played through the demo's own front door, with fresh ids, and printed as a
//! person would read it.

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use reqwest::{RequestBuilder, StatusCode};
use serde_json::Value;

use crate::cli::conversation::{self, Conversation, Speaker};
use crate::cli::demo::description::Demo;

/// The call as it was recorded, in order.
const BODIES: [&str; 5] = [
    include_str!("../../../fixtures/demo-call/1-assistant-started.json"),
    include_str!("../../../fixtures/demo-call/2-check-availability.json"),
    include_str!("../../../fixtures/demo-call/3-book-appointment.json"),
    include_str!("../../../fixtures/demo-call/4-status-update.json"),
    include_str!("../../../fixtures/demo-call/5-end-of-call-report.json"),
];

/// Who calls in the recording.
const RECORDED_CALLER: &str = "Robin Sample";
/// Who calls instead, in turn: whoever called last may have an appointment at the very time that is
/// offered next, with the other provider, and would only be told so.
const CALLERS: [&str; 12] = [
    "Robin Sample",
    "Alex Example",
    "Kim Specimen",
    "Sam Pattern",
    "Jo Template",
    "Chris Model",
    "Pat Instance",
    "Lee Mockup",
    "Max Trial",
    "Toni Draft",
    "Kai Preview",
    "Lou Showcase",
];

const TIMEOUT: Duration = Duration::from_secs(20);

/// The outcomes whose sentence asks to try again, as on a machine that still has a build to do.
const TRY_AGAIN: [&str; 2] = ["pending", "unavailable"];
const TRIES: usize = 10;
const A_MOMENT: Duration = Duration::from_secs(1);

/// Plays the call against `url` and prints it. `earlier` calls ended with an appointment.
pub(super) async fn play(
    url: &str,
    demo: &Demo,
    earlier: usize,
    out: &mut impl Write,
) -> Result<(), Box<dyn Error>> {
    let clinic = demo.called().ok_or("the demo has no clinic to call")?;
    // Fails where a provider is installed already, which is as good.
    rustls::crypto::ring::default_provider().install_default().ok();
    let http = reqwest::Client::builder().timeout(TIMEOUT).no_proxy().build()?;
    let mut conversation = Conversation::new(true);
    let mut printed = 0;
    let caller = CALLERS.get(earlier % CALLERS.len()).copied().unwrap_or(RECORDED_CALLER);
    writeln!(out, "\nA patient calls Maple Dental. The voice agent asks the gateway.\n")?;
    for recorded in BODIES {
        let body = conversation.rewrite(recorded.replace(RECORDED_CALLER, caller).into_bytes());
        let sent: Value = serde_json::from_slice(&body)?;
        print_turns(&sent, &mut printed, out)?;
        let post = || {
            http.post(format!("{url}/vapi/{}", clinic.org))
                .header("x-vapi-secret", &clinic.vapi_secret)
                .header("content-type", "application/json")
                .body(body.clone())
        };
        let answer = ask(post).await?;
        for item in answer.get("results").and_then(Value::as_array).into_iter().flatten() {
            print_reply(item, out)?;
        }
        conversation.remember(&answer);
    }
    out.flush()?;
    Ok(())
}

/// Posts a body and returns the answer. One that asks to try again in a moment is taken at its word.
async fn ask(post: impl Fn() -> RequestBuilder) -> Result<Value, Box<dyn Error>> {
    for _ in 0..TRIES {
        let answer = post().send().await?;
        let status = answer.status();
        if status.is_success() {
            let answer: Value = serde_json::from_slice(&answer.bytes().await?)?;
            if !asks_to_try_again(&answer) {
                return Ok(answer);
            }
        } else if status != StatusCode::SERVICE_UNAVAILABLE {
            return Err(format!("the recorded call was answered with {status}").into());
        }
        tokio::time::sleep(A_MOMENT).await;
    }
    Err("the recorded call heard of nothing but trouble: is the machine very busy?".into())
}

fn asks_to_try_again(answer: &Value) -> bool {
    let results = answer.get("results").and_then(Value::as_array).into_iter().flatten();
    let mut outcomes = results.filter_map(|item| item.pointer("/metadata/outcome")?.as_str());
    outcomes.any(|outcome| TRY_AGAIN.contains(&outcome))
}

/// The turns that were not there yet.
fn print_turns(body: &Value, printed: &mut usize, out: &mut impl Write) -> std::io::Result<()> {
    let turns = conversation::turns(body);
    for (speaker, words) in turns.iter().skip(*printed) {
        let who = match speaker {
            Speaker::Caller => "Caller",
            Speaker::Assistant => "Agent",
        };
        writeln!(out, "  {who:<9}  {}", shorten_numbers(words))?;
    }
    *printed = turns.len().max(*printed);
    Ok(())
}

/// What the gateway made of a tool call. Its words follow as the agent's next turn.
fn print_reply(item: &Value, out: &mut impl Write) -> std::io::Result<()> {
    let tool = item.get("name").and_then(Value::as_str).unwrap_or("unknown tool");
    let outcome = item.pointer("/metadata/outcome").and_then(Value::as_str).unwrap_or("unknown");
    let sms = item.pointer("/metadata/sms_status").and_then(Value::as_str);
    let sms = sms.map(|sms| format!(", text {sms}")).unwrap_or_default();
    writeln!(out, "  gateway    {tool} -> {outcome}{sms}")
}

/// Phone numbers by their last four: "+12125550142" becomes "…0142".
fn shorten_numbers(text: &str) -> String {
    let words = text.split(' ').map(|word| {
        let digits: Vec<char> = word.chars().filter(char::is_ascii_digit).collect();
        match digits.len().checked_sub(4) {
            Some(start) if digits.len() >= 7 => {
                format!("…{}", digits.iter().skip(start).collect::<String>())
            }
            _ => word.to_owned(),
        }
    });
    words.collect::<Vec<_>>().join(" ")
}
