//! The country of a phone number, and whether a clinic texts it.

/// ISO 3166 code of the country that a number in E.164 belongs to. `None`: no country's own.
pub fn of_number(e164: &str) -> Option<String> {
    let number = phonenumber::parse(None, e164).ok()?;
    number.country().id().map(|id| id.as_ref().to_owned())
}

/// Whether a clinic of this region that texts these countries (none: its own alone) texts the number.
pub fn is_texted(e164: &str, countries: &[String], region: &str) -> bool {
    of_number(e164).is_some_and(|country| match countries {
        [] => country == region,
        some => some.contains(&country),
    })
}
