//! Which service or provider of the clinic is meant: by exact name, else by words of the name, titles
//! and small words aside. Two that fit are a question, and so is a word that fits none.

use crate::domain::clinic::{Provider, Service};
use crate::domain::patient::fold_name;
use crate::speech::hear::tokens::fold;
use crate::speech::hear::{Ear, Question};

/// No word about the service.
const ANY_SERVICE: [&str; 12] = [
    "",
    "any",
    "any service",
    "anything",
    "default",
    "none",
    "null",
    "undefined",
    "unspecified",
    "not specified",
    "unknown",
    "no preference",
];

const ANY_PROVIDER: [&str; 37] = [
    "",
    "any",
    "any provider",
    "any doctor",
    "any dentist",
    "any one",
    "any of them",
    "anyone",
    "anyone available",
    "anybody",
    "anything",
    "whoever",
    "whoever is free",
    "whoever is available",
    "whoevers free",
    "whoevers available",
    "either",
    "either one",
    "either is fine",
    "no preference",
    "no preferences",
    "no particular preference",
    "no one in particular",
    "nobody in particular",
    "doesnt matter",
    "it doesnt matter",
    "does not matter",
    "dont care",
    "first available",
    "next available",
    "no",
    "none",
    "null",
    "undefined",
    "unspecified",
    "not specified",
    "unknown",
];

/// Around the name of a service.
const SMALL_WORDS: [&str; 30] = [
    "a",
    "an",
    "the",
    "my",
    "please",
    "for",
    "appointment",
    "appt",
    "visit",
    "slot",
    "session",
    "service",
    "i",
    "id",
    "would",
    "like",
    "need",
    "want",
    "to",
    "book",
    "get",
    "have",
    "teeth",
    "tooth",
    "dental",
    "regular",
    "routine",
    "standard",
    "normal",
    "with",
];

/// Around the name of a provider.
const TITLES: [&str; 16] = [
    "dr",
    "doctor",
    "doc",
    "prof",
    "professor",
    "mr",
    "mister",
    "mrs",
    "ms",
    "miss",
    "dentist",
    "hygienist",
    "nurse",
    "please",
    "with",
    "the",
];

impl<'a> Ear<'a> {
    /// The service meant; the clinic's default where none was said.
    pub fn service(&self, text: Option<&str>) -> Result<&'a Service, Question> {
        let services = &self.clinic.services;
        let names = |services: Vec<&Service>| services.iter().map(|s| s.name.clone()).collect();
        let said = folded(text).unwrap_or_else(|| "?".to_owned());
        let words = without(&said, &SMALL_WORDS);
        let is_named = services.iter().any(|service| folded_name(&service.name) == said);
        if !is_named && (ANY_SERVICE.contains(&said.as_str()) || words.is_empty()) {
            let default = self.clinic.default_service();
            let all = || Question::WhichService { names: names(services.iter().collect()) };
            return default.ok_or_else(all);
        }
        let fitting = fitting(services.iter(), |s| &s.name, &said, &SMALL_WORDS, but_for_a_plural);
        match fitting.as_slice() {
            [only] => Ok(only),
            [] => Err(Question::UnknownService { names: names(services.iter().collect()) }),
            _ => Err(Question::WhichService { names: names(fitting) }),
        }
    }

    /// The provider meant, who gives `service`; `None` where any will do.
    pub fn provider(
        &self,
        text: Option<&str>,
        service: &Service,
    ) -> Result<Option<&'a Provider>, Question> {
        let givers = || {
            let gives = |p: &&'a Provider| service.provider_ids.contains(&p.id);
            self.clinic.providers.iter().filter(gives)
        };
        let names =
            |providers: &[&Provider]| providers.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
        let all = names(&givers().collect::<Vec<_>>());
        let Some(said) = folded(text) else {
            return Err(Question::UnknownProvider { names: all });
        };
        if ANY_PROVIDER.contains(&said.as_str()) {
            return Ok(None);
        }
        let givers = fitting(givers(), |p| &p.name, &said, &TITLES, str::eq);
        match givers.as_slice() {
            [only] => return Ok(Some(only)),
            [] => {}
            _ => return Err(Question::WhichProvider { names: names(&givers) }),
        }
        let others = fitting(self.clinic.providers.iter(), |p| &p.name, &said, &TITLES, str::eq);
        match others.first() {
            Some(provider) => Err(Question::NotTheirService {
                provider: provider.name.clone(),
                service: service.name.clone(),
                names: all,
            }),
            None => Err(Question::UnknownProvider { names: all }),
        }
    }
}

/// Those whose name was said exactly; else those of that name, titles and small words aside; else
/// those whose name has all the words that were said.
fn fitting<'n, T>(
    all: impl Iterator<Item = &'n T> + Clone,
    name: impl Fn(&T) -> &String,
    said: &str,
    aside: &[&str],
    same: fn(&str, &str) -> bool,
) -> Vec<&'n T> {
    let words = without(said, aside);
    if words.is_empty() {
        return all.filter(|candidate| folded_name(name(candidate)) == said).collect();
    }
    let is_named = |candidate: &&T| titled(&folded_name(name(candidate))) == titled(said);
    let is_named_briefly =
        |candidate: &&T| without(&folded_name(name(candidate)), aside).concat() == words.concat();
    let has_words = |candidate: &&T| {
        let full = folded_name(name(candidate));
        words.iter().all(|word| full.split(' ').any(|of| same(word, of)))
    };
    let tiers: [&dyn Fn(&&T) -> bool; 3] = [&is_named, &is_named_briefly, &has_words];
    tiers
        .into_iter()
        .map(|fits| all.clone().filter(fits).collect::<Vec<_>>())
        .find(|found| !found.is_empty())
        .unwrap_or_default()
}

/// Titles in their short form.
fn titled(name: &str) -> String {
    let short = |word| match word {
        "doctor" | "doc" => "dr",
        "professor" => "prof",
        "mister" => "mr",
        word => word,
    };
    name.split(' ').map(short).collect::<Vec<_>>().join(" ")
}

fn but_for_a_plural(one: &str, other: &str) -> bool {
    let is_plural = |long: &str, short: &str| long.strip_suffix('s') == Some(short);
    one == other || is_plural(one, other) || is_plural(other, one)
}

fn without<'t>(text: &'t str, aside: &[&str]) -> Vec<&'t str> {
    text.split_whitespace().filter(|word| !aside.contains(word)).collect()
}

/// Lower-case words apart by single spaces; `None` when it is too long.
fn folded(text: Option<&str>) -> Option<String> {
    fold(text.unwrap_or_default()).map(|text| fold_name(&text))
}

/// A name as [`folded`] would hear it.
fn folded_name(name: &str) -> String {
    folded(Some(name)).unwrap_or_else(|| fold_name(name))
}
