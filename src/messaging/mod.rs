//! Texts: owing one, reminding, sending it, and finding out what became of one whose outcome is unknown. A row is
//! written in the booking's transaction; everything after it happens outside any transaction, by whoever
//! holds the row's lease.

pub mod answering;
mod beginning;
mod breaker;
pub mod confirmation;
pub mod credentials;
mod deciding;
pub mod delivery;
mod failures;
pub mod inbound;
pub mod links;
mod permission;
mod reconciling;
mod recording;
pub mod reminders;
mod replying;
mod senders;
pub mod sending;
pub mod trial;
pub mod wording;

use crate::domain::sms::SmsStatus;
use crate::telemetry::SMS_TOTAL;

/// Counts texts of which everything is known that will be. To be called after the commit that says so.
pub fn count_settled(statuses: impl IntoIterator<Item = SmsStatus>) {
    for status in statuses {
        metrics::counter!(SMS_TOTAL, "status" => status.as_str()).increment(1);
    }
}
