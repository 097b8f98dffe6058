//! What became of a tool call, in one word for machines.

use serde::{Deserialize, Serialize};

/// The `metadata.outcome` of a tool reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Booked,
    AlreadyBooked,
    SlotTaken,
    Offered,
    Closed,
    NoneFree,
    OptedOut,
    Question,
    Pending,
    UnknownTool,
    Unavailable,
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::AlreadyBooked => "already_booked",
            Self::SlotTaken => "slot_taken",
            Self::Offered => "offered",
            Self::Closed => "closed",
            Self::NoneFree => "none_free",
            Self::OptedOut => "opted_out",
            Self::Question => "question",
            Self::Pending => "pending",
            Self::UnknownTool => "unknown_tool",
            Self::Unavailable => "unavailable",
        }
    }
}
