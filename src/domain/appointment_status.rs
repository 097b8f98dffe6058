//! What has become of an appointment.

/// Stored as its snake-case name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AppointmentStatus {
    Booked,
    /// The patient, or staff for them, has said that they come.
    Confirmed,
    /// The visit took place.
    Completed,
    NoShow,
    Cancelled,
}

impl AppointmentStatus {
    const ALL: [Self; 5] =
        [Self::Booked, Self::Confirmed, Self::Completed, Self::NoShow, Self::Cancelled];

    /// The words of those that are still expected to take place.
    pub const EXPECTED: [&str; 2] = [Self::Booked.as_str(), Self::Confirmed.as_str()];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Booked => "booked",
            Self::Confirmed => "confirmed",
            Self::Completed => "completed",
            Self::NoShow => "no_show",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether it is still expected to take place, as far as anybody has said.
    pub fn is_expected(self) -> bool {
        Self::EXPECTED.contains(&self.as_str())
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == word)
    }
}
