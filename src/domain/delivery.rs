//! How far a text has come, by Twilio's words for it. Callbacks arrive twice and in any order, so a text
//! only ever moves forward.

/// The words of a text that is with the patient.
const ARRIVALS: [&str; 2] = ["delivered", "read"];

/// The words of a text that will not get there.
pub const FAILURES: [&str; 3] = ["undelivered", "failed", "canceled"];

/// What a word of Twilio's says about the way of a text; a higher rank is further on. `None`: the word says
/// nothing about it, or is newer than this code, and moves nothing.
pub fn rank(status: &str) -> Option<u8> {
    Some(match status {
        "accepted" | "scheduled" => 0,
        "queued" => 1,
        "sending" => 2,
        "sent" => 3,
        "delivered" | "undelivered" | "failed" | "canceled" => 4,
        "read" => 5,
        _ => return None,
    })
}

/// Whether a text of which `from` is known moves to `to`. Of the four ends the first one told counts.
pub fn moves(from: Option<&str>, to: &str) -> bool {
    match (from.and_then(rank), rank(to)) {
        (_, None) => false,
        (None, Some(_)) => true,
        (Some(from), Some(to)) => to > from,
    }
}

/// Whether it is with the patient.
pub fn is_arrival(status: &str) -> bool {
    ARRIVALS.contains(&status)
}

/// Whether it will not get there.
pub fn is_failure(status: &str) -> bool {
    FAILURES.contains(&status)
}

/// The word, if it says how a text ended.
pub fn end_of(status: &str) -> Option<&'static str> {
    ARRIVALS.into_iter().chain(FAILURES).find(|word| *word == status)
}
