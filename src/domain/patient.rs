//! Who an appointment is for, and when two names are one person.

/// What a caller said about the patient, already heard.
#[derive(Clone, PartialEq, Eq)]
pub struct PatientDetails {
    /// As spoken, tidied: "Ada Lovelace".
    pub name: String,
    /// E.164; `None` when the caller wants no text or has no number.
    pub phone: Option<String>,
    pub email: Option<String>,
}

impl PatientDetails {
    /// The name as it is compared: lower case, letters and digits only, words in order.
    /// One phone may serve a family, so a patient is a phone *and* a folded name.
    pub fn folded_name(&self) -> String {
        fold_name(&self.name)
    }
}

/// See [`PatientDetails::folded_name`].
pub fn fold_name(name: &str) -> String {
    let kept: String = name
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Nothing of a person is ever printed, not even by accident.
impl std::fmt::Debug for PatientDetails {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PatientDetails(***)")
    }
}
