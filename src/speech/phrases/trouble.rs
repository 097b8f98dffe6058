//! What is said when a tool call cannot be carried out as it came.

/// The deadline struck, or somebody else is just changing the same day.
pub fn pending() -> String {
    "I am still waiting for the calendar, so nothing is confirmed yet. Shall I try once more in a moment?"
        .to_owned()
}

/// The database is away, or something is broken.
pub fn unavailable() -> String {
    "I cannot reach the calendar right now, so I cannot confirm anything. Please try again in a minute, or \
     call us again later."
        .to_owned()
}

/// A tool we do not have.
pub fn unknown_tool() -> String {
    "I cannot do that here. I can look for free times, or book an appointment. Which would you like?".to_owned()
}

/// Arguments that are not an object.
pub fn unreadable_arguments() -> String {
    "I did not get the details of that. Could you tell me again what you would like, and for which day and time?"
        .to_owned()
}

/// More calls in one message than a conversation can mean.
pub fn too_many() -> String {
    "That was too much at once. Which one thing shall I do first?".to_owned()
}
