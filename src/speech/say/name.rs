//! Names of providers.

/// Short titles as they are said: "Doctor Amara Lee" for "Dr. Amara Lee". The rest stays as it is.
pub fn title(name: &str) -> String {
    let said = name.split_whitespace().enumerate().map(|(i, word)| match word {
        "Dr." | "Dr" if i == 0 => "Doctor",
        "Prof." | "Prof" if i == 0 => "Professor",
        "Mr." | "Mr" if i == 0 => "Mister",
        "Mrs." | "Mrs" if i == 0 => "Missus",
        "Ms." if i == 0 => "Ms",
        word => word,
    });
    said.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles() {
        assert_eq!(title("Dr. Amara Lee"), "Doctor Amara Lee");
        assert_eq!(title("Dr Jonas  Weber"), "Doctor Jonas Weber");
        assert_eq!(title("Chair Two"), "Chair Two");
        assert_eq!(title("Mountain Dr."), "Mountain Dr.");
    }
}
