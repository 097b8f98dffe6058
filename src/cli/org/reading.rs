//! TOML read key by key, so that every fault of a file is told at once, each with its line. What is at
//! fault gets a placeholder, which never leaves: with a fault there is no [`super::OrgFile`].

use std::cell::RefCell;
use std::ops::RangeInclusive;

use time::macros::format_description;
use time::{Date, Month};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::faults::FileFaults;

type Node<'t> = Spanned<DeValue<'t>>;

/// The file, and what was found wrong with it so far.
pub(super) struct Sheet<'t> {
    text: &'t str,
    faults: RefCell<Vec<(usize, String)>>,
}

/// A table of the file.
pub(super) struct Section<'s, 't> {
    pub(super) sheet: &'s Sheet<'t>,
    /// As faults call it: `organization`, `service 2`; empty for the whole file.
    name: String,
    /// Where it begins, in bytes.
    pub(super) at: usize,
    table: &'s DeTable<'t>,
    known: Vec<&'static str>,
}

/// A string of the file, with the key and the place where it stands.
#[derive(Clone, Copy)]
pub(super) struct Text<'s> {
    pub(super) key: &'s str,
    pub(super) text: &'s str,
    pub(super) at: usize,
}

impl<'t> Sheet<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        Self { text, faults: RefCell::default() }
    }

    /// The file as a table. What is not TOML is a fault; its own message quotes nothing of the file.
    pub(super) fn parse(&self) -> Spanned<DeTable<'t>> {
        let (document, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            self.fault(
                error.span().map_or(0, |s| s.start),
                format!("not TOML: {}", error.message()),
            );
        }
        document
    }

    pub(super) fn fault(&self, at: usize, what: impl Into<String>) {
        let before = self.text.get(..at).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        self.faults.borrow_mut().push((line, what.into()));
    }

    /// Whether nothing was wrong so far.
    pub(super) fn check(&self) -> Result<(), FileFaults> {
        let faults = self.faults.borrow();
        if faults.is_empty() { Ok(()) } else { Err(FileFaults::new(faults.clone())) }
    }
}

impl<'s, 't> Section<'s, 't> {
    pub(super) fn root(sheet: &'s Sheet<'t>, document: &'s Spanned<DeTable<'t>>) -> Self {
        let table = document.get_ref();
        Self { sheet, name: String::new(), at: 0, table, known: Vec::new() }
    }

    /// Something wrong with a key of this section, at `at`.
    pub(super) fn fault(&self, at: usize, key: &str, what: &str) {
        let place = if self.name.is_empty() { String::new() } else { format!("{}: ", self.name) };
        self.sheet.fault(at, format!("{place}{key} {what}"));
    }

    /// Something wrong with a string of this section.
    pub(super) fn fault_of(&self, text: Text<'_>, what: &str) {
        self.fault(text.at, text.key, what);
    }

    pub(super) fn has(&mut self, key: &'static str) -> bool {
        self.find(key).is_some()
    }

    pub(super) fn text(&mut self, key: &'static str) -> Option<Text<'s>> {
        let node = self.find(key)?;
        self.texts_of(key, std::slice::from_ref(node)).pop()
    }

    pub(super) fn required_text(&mut self, key: &'static str) -> Option<Text<'s>> {
        self.require(key);
        self.text(key)
    }

    /// One string or a list of them; `None` where the key is missing.
    pub(super) fn texts(&mut self, key: &'static str) -> Option<Vec<Text<'s>>> {
        let node = self.find(key)?;
        Some(self.texts_of(key, items(node)))
    }

    /// `default` where the key is missing; without one, it must be there.
    pub(super) fn number<T: TryFrom<i64> + Default>(
        &mut self,
        key: &'static str,
        range: RangeInclusive<i64>,
        default: Option<T>,
    ) -> T {
        if default.is_none() {
            self.require(key);
        }
        let Some(node) = self.find(key) else { return default.unwrap_or_default() };
        self.number_of(key, node, &range)
    }

    /// One number or a list of them; `None` where the key is missing.
    pub(super) fn numbers<T: TryFrom<i64> + Default>(
        &mut self,
        key: &'static str,
        range: RangeInclusive<i64>,
    ) -> Option<Vec<T>> {
        let node = self.find(key)?;
        Some(items(node).iter().map(|node| self.number_of(key, node, &range)).collect())
    }

    pub(super) fn flag(&mut self, key: &'static str, default: bool) -> bool {
        let Some(node) = self.find(key) else { return default };
        if let DeValue::Boolean(flag) = node.get_ref() {
            return *flag;
        }
        self.fault(node.span().start, key, "must be true or false");
        default
    }

    /// A date, with or without quotation marks.
    pub(super) fn date(&mut self, key: &'static str) -> Option<Date> {
        let node = self.find(key)?;
        let date = match node.get_ref() {
            DeValue::Datetime(d) if d.time.is_none() => d.date.and_then(|d| {
                let month = Month::try_from(d.month).ok()?;
                Date::from_calendar_date(d.year.into(), month, d.day).ok()
            }),
            DeValue::String(s) => Date::parse(s, format_description!("[year]-[month]-[day]")).ok(),
            _ => None,
        };
        if date.is_none() {
            self.fault(node.span().start, key, "must be a date such as 2026-11-26");
        }
        date
    }

    pub(super) fn section(&mut self, key: &'static str) -> Option<Self> {
        let node = self.find(key)?;
        self.inner(key.to_owned(), key, node)
    }

    /// The tables of a list (`[[key]]`).
    pub(super) fn sections(&mut self, key: &'static str) -> Vec<Self> {
        let Some(node) = self.find(key) else { return Vec::new() };
        let DeValue::Array(list) = node.get_ref() else {
            let rule = format!("must be written as [[{key}]], once for each");
            self.fault(node.span().start, key, &rule);
            return Vec::new();
        };
        let numbered = list.iter().enumerate();
        numbered.filter_map(|(i, node)| self.inner(format!("{key} {}", i + 1), key, node)).collect()
    }

    /// Every key of a section whose keys are not fixed, with the strings it holds, in the file's order.
    pub(super) fn lists(&self) -> Vec<(Text<'s>, Vec<Text<'s>>)> {
        let mut entries: Vec<_> = self.table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let read = |(key, node): (&'s Spanned<_>, &'s Node<'t>)| {
            let text: &'s str = AsRef::<std::borrow::Cow<'t, str>>::as_ref(key).as_ref();
            let key = Text { key: text, text, at: key.span().start };
            (key, self.texts_of(text, items(node)))
        };
        entries.into_iter().map(read).collect()
    }

    /// Nothing more is read here: keys that nobody asked for are slips of the pen.
    pub(super) fn end(self) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !self.known.contains(&name) {
                let shown: String = name.escape_debug().take(40).collect();
                let what = format!("is not a key here; those are {}", self.known.join(", "));
                self.fault(key.span().start, &shown, &what);
            }
        }
    }

    fn find(&mut self, key: &'static str) -> Option<&'s Node<'t>> {
        if !self.known.contains(&key) {
            self.known.push(key);
        }
        self.table.get(key)
    }

    fn require(&mut self, key: &'static str) {
        if !self.has(key) {
            self.fault(self.at, key, "is missing");
        }
    }

    fn number_of<T: TryFrom<i64> + Default>(
        &self,
        key: &str,
        node: &Node<'t>,
        range: &RangeInclusive<i64>,
    ) -> T {
        let number = match node.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok(),
            _ => None,
        };
        let number = number.filter(|n| range.contains(n)).and_then(|n| T::try_from(n).ok());
        number.unwrap_or_else(|| {
            let rule = format!("must be a whole number from {} to {}", range.start(), range.end());
            self.fault(node.span().start, key, &rule);
            T::default()
        })
    }

    fn texts_of(&self, key: &'s str, nodes: &'s [Node<'t>]) -> Vec<Text<'s>> {
        let read = |node: &'s Node<'t>| {
            let at = node.span().start;
            let text = node.get_ref().as_str().map(|text| Text { key, text, at });
            if text.is_none() {
                self.fault(at, key, "must be text in quotation marks");
            }
            text
        };
        nodes.iter().filter_map(read).collect()
    }

    fn inner(&self, name: String, key: &str, node: &'s Node<'t>) -> Option<Self> {
        let at = node.span().start;
        let Some(table) = node.get_ref().as_table() else {
            self.fault(at, key, "must be a table");
            return None;
        };
        let name = if self.name.is_empty() { name } else { format!("{}: {name}", self.name) };
        Some(Self { sheet: self.sheet, name, at, table, known: Vec::new() })
    }
}

/// What a list holds; anything else holds itself.
fn items<'s, 't>(node: &'s Node<'t>) -> &'s [Node<'t>] {
    match node.get_ref() {
        DeValue::Array(list) => list,
        _ => std::slice::from_ref(node),
    }
}
