//! The people of this test, who exist nowhere else: synthetic names whose every word is unlike any that
//! the program uses, and the traces by which somebody would find them in a log.

pub(super) struct Person {
    pub(super) name: &'static str,
    /// E.164.
    pub(super) phone: &'static str,
    pub(super) email: &'static str,
    pub(super) notes: &'static str,
}

pub(super) const PEOPLE: [Person; 3] = [
    Person {
        name: "Quuxina Placeholder",
        phone: "+13025550137",
        email: "quuxina.placeholder@example.org",
        notes: "Allergic to foobarcillin",
    },
    Person {
        name: "Fooberta Synthetica",
        phone: "+14155550176",
        email: "fsynth@example.net",
        notes: "Comes with a wheelbarrow",
    },
    Person {
        name: "Bazlina O'Testington",
        phone: "+16175550158",
        email: "bazlina+calls@example.com",
        notes: "Prefers the xyzzy chair",
    },
];

/// Whatever of a person must not be in a log: each word of the name and of the note, the number as a
/// whole, without its country, its last seven digits, and as it is grouped, the address and its parts.
pub(super) fn traces_of(person: &Person) -> Vec<String> {
    let long = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() >= 6);
        words.map(str::to_owned).collect()
    };
    let national = person.phone.trim_start_matches("+1");
    let (area, rest) = national.split_at(3);
    let (exchange, line) = rest.split_at(3);
    let mut traces = vec![
        person.phone.to_owned(),
        national.to_owned(),
        rest.to_owned(),
        format!("{exchange}-{line}"),
        format!("{area}-{exchange}"),
        format!("%2b1{national}"),
        person.email.to_owned(),
        person.email.split('@').next().unwrap_or_default().to_owned(),
    ];
    traces.extend(long(person.name));
    traces.extend(long(person.notes));
    traces
}
