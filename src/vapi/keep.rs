//! Reads the named parts of a JSON document and skips the rest unseen. A tool call arrives with the
//! whole assistant, the transcript and sometimes a credential around it; none of that is kept, and no
//! sender can make us build a value much larger than what a tool can use. Whatever is skipped may be
//! nested as deep as it likes and hold numbers and escapes that would not fit into a value.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::vapi::mend;

/// Items kept of one array. A model asks for a handful of tools at once.
pub(super) const MAX_ITEMS: usize = 1024;

/// Members kept of an object whose keys are not known beforehand: the arguments of a tool.
const MAX_MEMBERS: usize = 64;

/// Which parts to keep. A scalar is kept wherever it stands; an array or object that was not asked for
/// leaves an empty one behind, so that its kind can still be told.
#[derive(Clone, Copy)]
pub(super) enum Keep {
    /// Scalars only.
    Scalar,
    /// Of an object, the members of these names.
    Fields(&'static [(&'static str, Keep)]),
    /// Of an object, all scalar members.
    Flat,
    /// Of an array, all items; an object that stands alone counts as one item.
    Items(&'static Keep),
}

/// The kept parts of `json`, or `None` where it is not JSON even after mending.
pub(super) fn read(json: &[u8], keep: Keep) -> Option<Value> {
    read_exact(json, keep).or_else(|| read_exact(&mend::mend(json)?, keep))
}

fn read_exact(json: &[u8], keep: Keep) -> Option<Value> {
    let mut deserializer = serde_json::Deserializer::from_slice(json);
    let value = keep.deserialize(&mut deserializer).ok()?;
    deserializer.end().ok()?;
    Some(value)
}

impl<'de> DeserializeSeed<'de> for Keep {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Keep {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut kept = Vec::new();
        if let Self::Items(item) = self {
            while kept.len() < MAX_ITEMS {
                match items.next_element_seed(*item)? {
                    Some(value) => kept.push(value),
                    None => return Ok(Value::Array(kept)),
                }
            }
        }
        while items.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::Array(kept))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        if let Self::Items(item) = self {
            return item.visit_map(members);
        }
        let mut kept = Map::new();
        while let Some(key) = members.next_key::<String>()? {
            match self.member(&key, kept.len()) {
                Some(keep) => {
                    kept.insert(key, members.next_value_seed(keep)?);
                }
                None => {
                    members.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(Value::Object(kept))
    }
}

impl Keep {
    fn member(self, key: &str, kept: usize) -> Option<Self> {
        match self {
            Self::Fields(fields) => fields.iter().find(|(name, _)| *name == key).map(|(_, k)| *k),
            Self::Flat => (kept < MAX_MEMBERS).then_some(Self::Scalar),
            Self::Scalar | Self::Items(_) => None,
        }
    }
}
