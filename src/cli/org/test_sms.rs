//! `org test-sms`: one real text over the clinic's own account, followed until it has arrived, with each
//! step told as it happens: an operator's "Save & Test".

use std::error::Error;
use std::io::Write;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::app::App;
use crate::db::organizations;
use crate::domain::org_id::OrgId;
use crate::domain::{delivery, sms_failure};
use crate::messaging::trial::{self, Trial};
use crate::twilio::{Credentials, RetryKind, SendOutcome, is_e164};

use super::OrgError;

/// How often Twilio is asked how far it has come.
const BETWEEN_LOOKS: Duration = Duration::from_secs(1);

/// Sends it and follows it for at most `wait`; whether it arrived, as far as anybody can tell.
pub async fn test_sms(
    app: &App,
    slug: &str,
    to: &str,
    wait: Duration,
    out: &mut impl Write,
) -> Result<bool, Box<dyn Error>> {
    if !is_e164(to) {
        return Err("--to takes a number with its country's code, such as +12125550142".into());
    }
    let found = organizations::find(&*app.db.connection().await?, slug).await?;
    let row = found.ok_or(OrgError::NotFound)?;
    writeln!(out, "Sending a text of {} to {to} …", row.name)?;
    let outcome = match trial::send(app, OrgId(row.id), to).await? {
        Trial::Posted { credentials, outcome: SendOutcome::Accepted { sid, .. } } => {
            writeln!(out, "Twilio took it as {sid}.")?;
            return follow(app, &credentials, &sid, wait, out).await;
        }
        Trial::Posted { outcome, .. } => not_taken(&outcome),
        Trial::NoAccount => {
            "There is no Twilio account for it, or this vault does not open it.".to_owned()
        }
        Trial::OptedOut => {
            "This number has stopped the clinic's texts: text START from it first.".to_owned()
        }
    };
    writeln!(out, "{outcome}")?;
    Ok(false)
}

fn not_taken(outcome: &SendOutcome) -> String {
    match outcome {
        SendOutcome::Rejected { http_status, code } => {
            let code = code.unwrap_or_else(|| u32::from(*http_status));
            format!("Twilio refused it ({code}). {}", sms_failure::of_code(code).1)
        }
        SendOutcome::RetryLater { kind: RetryKind::RateLimited, .. } => {
            "Twilio has too much to do for this account: try again soon.".to_owned()
        }
        SendOutcome::RetryLater { kind: RetryKind::NotConnected | RetryKind::NotTried, .. } => {
            "Twilio cannot be reached: nothing was sent.".to_owned()
        }
        SendOutcome::Accepted { .. } => "Twilio took it.".to_owned(),
        SendOutcome::Unknown { kind } => {
            format!("Twilio did not say whether it took it ({kind}): look at the phone first.")
        }
    }
}

/// Asks until it has come to an end, and tells each step once.
async fn follow(
    app: &App,
    credentials: &Credentials,
    sid: &str,
    wait: Duration,
    out: &mut impl Write,
) -> Result<bool, Box<dyn Error>> {
    let end = Instant::now() + wait;
    let mut told = String::new();
    loop {
        let message = app.twilio.fetch(credentials, sid).await.ok();
        let status = message.as_ref().and_then(|message| message.status.as_ref());
        if let Some(status) = status.filter(|status| status.as_str() != told) {
            status.as_str().clone_into(&mut told);
            writeln!(out, "It is {told}.")?;
            out.flush()?;
        }
        if delivery::is_arrival(&told) {
            return Ok(true);
        }
        if delivery::is_failure(&told) {
            let code = message.and_then(|message| message.error_code).unwrap_or_default();
            writeln!(out, "It did not arrive ({code}). {}", sms_failure::of_code(code).1)?;
            return Ok(false);
        }
        if Instant::now() >= end {
            break;
        }
        sleep(BETWEEN_LOOKS).await;
    }
    let is_with_carrier = told == "sent";
    writeln!(
        out,
        "{}",
        if is_with_carrier {
            "The carrier has it and says no more; some never do. Look at the phone."
        } else {
            "Nothing more is known so far: look at the phone, and at the account's log at Twilio."
        }
    )?;
    Ok(is_with_carrier)
}
