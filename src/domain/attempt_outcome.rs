//! How a try to send a text ended.

/// Stored as its snake-case name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptOutcome {
    /// Twilio has it, under a sid. Not that it arrived.
    Accepted,
    /// Twilio refused it, and would again.
    Rejected,
    /// Twilio never processed it, so that it may be tried again.
    NotSent,
    /// It may have been created or not: to be looked for, and not blindly sent again.
    Unknown,
}

impl AttemptOutcome {
    const ALL: [Self; 4] = [Self::Accepted, Self::Rejected, Self::NotSent, Self::Unknown];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::NotSent => "not_sent",
            Self::Unknown => "unknown",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.as_str() == word)
    }
}
