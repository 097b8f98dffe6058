//! What was made of a patient's text.

/// Stored as its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Meaning {
    Stop,
    Start,
    Help,
    Confirm,
    Decline,
    /// The number of an appointment that we had asked about.
    Choice,
    #[default]
    Other,
}

impl Meaning {
    const ALL: [Self; 7] = [
        Self::Stop,
        Self::Start,
        Self::Help,
        Self::Confirm,
        Self::Decline,
        Self::Choice,
        Self::Other,
    ];

    /// The words of what staff are to read: what is no answer, and who stopped our texts.
    pub const FOR_STAFF: [&str; 2] = [Self::Other.as_str(), Self::Stop.as_str()];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Help => "help",
            Self::Confirm => "confirm",
            Self::Decline => "decline",
            Self::Choice => "choice",
            Self::Other => "other",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|meaning| meaning.as_str() == word)
    }
}
