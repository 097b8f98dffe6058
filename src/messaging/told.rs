//! Tells the log, once each, of texts that Twilio did not accept: which row, and why in one word or
//! number. Nothing of the person, and nothing of Twilio's own text, which quotes numbers.

use crate::messaging::sending::Leased;
use crate::twilio::SendOutcome;

pub(super) fn tell(leased: Leased, outcome: &SendOutcome) {
    let Leased { org, message_id, .. } = leased;
    match outcome {
        SendOutcome::Accepted { .. } => {}
        SendOutcome::Rejected { http_status, code } => {
            tracing::warn!(org = %org, message_id = %message_id, http_status, code, "Twilio refused a text");
        }
        SendOutcome::RetryLater { kind, .. } => {
            let kind = kind.as_str();
            tracing::warn!(org = %org, message_id = %message_id, kind, "A text was not sent");
        }
        SendOutcome::Unknown { kind } => {
            tracing::warn!(org = %org, message_id = %message_id, %kind, "What became of a text is not known");
        }
    }
}
