//! Defaults, file and environment laid over each other. The defaults name every key there is, so a key
//! that they do not know is a slip of the pen and is reported, with the name it resembles.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use config::{Environment, File, FileFormat, Source, Value, ValueKind};

use super::{ConfigFaults, DEFAULTS};

const PREFIX: &str = "GATEWAY__";
const SEPARATOR: &str = "__";
const FILE_VARIABLE: &str = "GATEWAY_CONFIG";
const DATABASE_VARIABLE: &str = "DATABASE_URL";
const DATABASE_KEY: &str = "database.url";

/// Slips that a suggestion may mend: letters added, dropped or changed.
const NEAR: usize = 3;

/// `section.key` → its value and where that came from.
pub(super) type Values = BTreeMap<String, Value>;

/// The values of all known keys and what was wrong on the way to them.
pub(super) fn collect(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
) -> (Values, ConfigFaults) {
    let mut faults = ConfigFaults::default();
    let mut known = layer(&File::from_str(DEFAULTS, FileFormat::Toml), &mut faults);
    let variables = environment.filter(|(_, value)| !value.is_empty()).collect();
    let file = file.map(Path::to_owned).or_else(|| named_file(&variables));

    let mut over = Vec::new();
    if let Some(path) = file
        && let Some(text) = readable(&path, &mut faults)
    {
        let origin = path.display().to_string();
        let values = layer(&File::from_str(&text, FileFormat::Toml), &mut faults).into_iter();
        over.extend(values.map(|(key, value)| (key, Value::new(Some(&origin), value.kind))));
    }
    if let Some(url) = variables.get(DATABASE_VARIABLE) {
        let origin = DATABASE_VARIABLE.to_owned();
        over.push((DATABASE_KEY.to_owned(), Value::new(Some(&origin), url.as_str())));
    }
    over.extend(layer(&known_variables(variables, &known, &mut faults), &mut faults));

    for (key, value) in over {
        match known.get_mut(&key) {
            Some(place) => *place = value,
            None => faults.add(&key, unknown("is not a key", &key, known.keys())),
        }
    }
    (known, faults)
}

fn named_file(variables: &HashMap<String, String>) -> Option<PathBuf> {
    variables.get(FILE_VARIABLE).map(PathBuf::from)
}

/// The file's text, if it is TOML. The parser's own message quotes the line, which may hold a secret.
fn readable(path: &Path, faults: &mut ConfigFaults) -> Option<String> {
    let name = path.display().to_string();
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) => {
            faults.add(&name, format!("cannot be read: {}", error.kind()));
            return None;
        }
    };
    match text.parse::<toml::Table>() {
        Ok(_) => Some(text),
        Err(error) => {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            faults.add(&name, format!("is not TOML: look at line {line}"));
            None
        }
    }
}

/// Our variables that name a key; those that do not are faults, the environment's other ones are not ours.
fn known_variables(
    variables: HashMap<String, String>,
    known: &Values,
    faults: &mut ConfigFaults,
) -> Environment {
    let names: BTreeMap<String, &str> =
        known.keys().map(|key| (variable(key), key.as_str())).collect();
    let mut ours: Vec<_> = variables.into_iter().filter(|(n, _)| n.starts_with(PREFIX)).collect();
    ours.sort();
    ours.retain(|(name, _)| {
        let is_known = names.contains_key(name);
        if !is_known {
            faults.add(name, unknown("names no key", name, names.keys()));
        }
        is_known
    });
    Environment::with_prefix("GATEWAY")
        .prefix_separator(SEPARATOR)
        .separator(SEPARATOR)
        .source(Some(ours.into_iter().collect()))
}

/// `server.bind` → `GATEWAY__SERVER__BIND`.
fn variable(key: &str) -> String {
    format!("{PREFIX}{}", key.replace('.', SEPARATOR).to_uppercase())
}

/// A source's values by their dotted keys. Lists are values; only tables are opened.
fn layer(source: &dyn Source, faults: &mut ConfigFaults) -> Values {
    let mut values = Values::new();
    match source.collect() {
        Ok(top) => {
            for (key, value) in top {
                flatten(key, value, &mut values);
            }
        }
        // The crate's text may quote a value.
        Err(_) => faults.add("the configuration", "cannot be read"),
    }
    values
}

fn flatten(key: String, value: Value, into: &mut Values) {
    match value.kind {
        ValueKind::Table(table) => {
            for (name, value) in table {
                flatten(format!("{key}.{name}"), value, into);
            }
        }
        _ => {
            into.insert(key, value);
        }
    }
}

fn unknown<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a String>) -> String {
    let nearest = known
        .map(|other| (distance(&name.to_lowercase(), &other.to_lowercase()), other))
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| *distance <= NEAR);
    match nearest {
        Some((_, other)) => format!("{what} of the configuration; did you mean {other}?"),
        None => format!("{what} of the configuration"),
    }
}

/// Levenshtein's: the letters to add, drop or change to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut next = vec![i + 1];
        for ((y, change), drop) in b.iter().zip(&row).zip(row.iter().skip(1)) {
            let add = next.last().copied().unwrap_or_default();
            next.push((change + usize::from(x != *y)).min(drop + 1).min(add + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
