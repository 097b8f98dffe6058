//! What a clinic wants done about a text that Twilio may or may not have taken, and does not list.

/// Stored as its snake-case name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OnUnknown {
    /// Sent again, once ever: the patient may get it twice.
    ResendOnce,
    /// Held back for staff: the patient may get none.
    Hold,
}

impl OnUnknown {
    const ALL: [Self; 2] = [Self::ResendOnce, Self::Hold];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ResendOnce => "resend_once",
            Self::Hold => "hold",
        }
    }

    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.as_str() == word)
    }
}
