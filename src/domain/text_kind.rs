//! What a text is for.

/// Stored as its snake-case name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextKind {
    /// Owed with the booking.
    Confirmation,
    /// Owed some time before the appointment.
    Reminder,
    /// The appointment is at another time.
    Change,
    /// The appointment is off.
    Cancellation,
}

impl TextKind {
    pub const ALL: [Self; 4] =
        [Self::Confirmation, Self::Reminder, Self::Change, Self::Cancellation];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmation => "confirmation",
            Self::Reminder => "reminder",
            Self::Change => "change",
            Self::Cancellation => "cancellation",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}
