//! What a patient last answered about an appointment.

/// By link or by text. Stored as its word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PatientResponse {
    None,
    Confirmed,
    Declined,
}

impl PatientResponse {
    pub const ALL: [Self; 3] = [Self::None, Self::Confirmed, Self::Declined];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Confirmed => "confirmed",
            Self::Declined => "declined",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == word)
    }
}
