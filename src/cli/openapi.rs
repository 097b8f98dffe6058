//! Checks a JSON value against a schema of an OpenAPI document: the keywords that Vapi's document uses
//! for a tool, no more. `pattern` and `format` are left out. A member that no schema knows is a fault
//! too, because a misspelled setting is otherwise ignored in silence.
//!
//! Two habits of that document are allowed for. It prints `"type": "object"` for whatever its generator
//! could not name (its own examples hold numbers there), so an object without members says nothing
//! about the value, and for the same reason `oneOf` cannot be read as "exactly one".

use serde_json::{Map, Value};

/// How deep references are followed; a document that refers to itself ends here.
const MAX_DEPTH: usize = 32;

/// The faults of `value` under the schema `components.schemas.{name}` of `document`.
pub(super) fn check(document: &Value, name: &str, value: &Value) -> Vec<String> {
    let Some(schema) = document.pointer(&format!("/components/schemas/{name}")) else {
        return vec![format!("the OpenAPI document has no schema {name}")];
    };
    let mut faults = Vec::new();
    Checker { document }.value(value, schema, "", MAX_DEPTH, &mut faults);
    faults
}

struct Checker<'a> {
    document: &'a Value,
}

impl<'a> Checker<'a> {
    fn value(
        &self,
        value: &Value,
        schema: &'a Value,
        at: &str,
        depth: usize,
        faults: &mut Vec<String>,
    ) {
        let mut parts = Vec::new();
        if !self.flatten(schema, depth, &mut parts) {
            faults.push(format!("{at}: a reference of the schema leads nowhere"));
            return;
        }
        for part in &parts {
            check_scalar(value, part, at, faults);
            self.alternatives(value, part, at, depth, faults);
            if let (Some(items), Value::Array(values)) = (part.get("items"), value) {
                for (i, item) in values.iter().enumerate() {
                    self.value(item, items, &format!("{at}/{i}"), depth - 1, faults);
                }
            }
        }
        if let Value::Object(members) = value {
            self.members(members, &parts, at, depth, faults);
        }
    }

    /// The schema and all that it includes by `$ref` and `allOf`.
    fn flatten(&self, schema: &'a Value, depth: usize, parts: &mut Vec<&'a Value>) -> bool {
        if depth == 0 {
            return false;
        }
        parts.push(schema);
        let referred = match schema.get("$ref").and_then(Value::as_str) {
            Some(reference) => {
                let target = reference.strip_prefix('#').and_then(|p| self.document.pointer(p));
                target.is_some_and(|target| self.flatten(target, depth - 1, parts))
            }
            None => true,
        };
        let included = schema.get("allOf").and_then(Value::as_array);
        referred && included.is_none_or(|all| all.iter().all(|s| self.flatten(s, depth - 1, parts)))
    }

    /// `oneOf` and `anyOf`: where no alternative fits, the faults of the closest are told.
    fn alternatives(
        &self,
        value: &Value,
        part: &'a Value,
        at: &str,
        depth: usize,
        faults: &mut Vec<String>,
    ) {
        for keyword in ["oneOf", "anyOf"] {
            let Some(schemas) = part.get(keyword).and_then(Value::as_array) else { continue };
            let closest = schemas
                .iter()
                .map(|schema| {
                    let mut found = Vec::new();
                    self.value(value, schema, at, depth - 1, &mut found);
                    found
                })
                .min_by_key(Vec::len);
            faults.extend(closest.unwrap_or_default());
        }
    }

    fn members(
        &self,
        members: &Map<String, Value>,
        parts: &[&'a Value],
        at: &str,
        depth: usize,
        faults: &mut Vec<String>,
    ) {
        for part in parts {
            let required = part.get("required").and_then(Value::as_array).into_iter().flatten();
            for name in required.filter_map(Value::as_str).filter(|n| !members.contains_key(*n)) {
                faults.push(format!("{at}/{name}: required, and missing"));
            }
        }
        for (name, value) in members {
            let at = format!("{at}/{name}");
            let known: Vec<&Value> =
                parts.iter().filter_map(|p| p.get("properties")?.get(name)).collect();
            let others = || parts.iter().filter_map(|p| p.get("additionalProperties"));
            let described = parts.iter().any(|p| p.get("properties").is_some());
            let has_alternatives =
                parts.iter().any(|p| p.get("oneOf").or_else(|| p.get("anyOf")).is_some());
            for schema in &known {
                self.value(value, schema, &at, depth - 1, faults);
            }
            if !known.is_empty() {
                continue;
            }
            for schema in others().filter(|s| s.is_object()) {
                self.value(value, schema, &at, depth - 1, faults);
            }
            let refused = others().any(|s| *s == Value::Bool(false));
            if refused || (described && others().next().is_none() && !has_alternatives) {
                faults.push(format!("{at}: not known to the schema"));
            }
        }
    }
}

fn check_scalar(value: &Value, part: &Value, at: &str, faults: &mut Vec<String>) {
    // Where the values are listed, the type beside them may be the generator's "object".
    if let Some(allowed) = part.get("enum").and_then(Value::as_array) {
        if !allowed.contains(value) {
            faults.push(format!("{at}: {value} is none of the allowed values"));
        }
    } else if !has_type(value, part) {
        let wanted = part.get("type").and_then(Value::as_str).unwrap_or("?");
        faults.push(format!("{at}: not of type {wanted}"));
    }
    let limit = |keyword: &str| part.get(keyword).and_then(Value::as_f64);
    let (size, low, high) = match value {
        Value::String(text) => {
            let length = u32::try_from(text.chars().count()).unwrap_or(u32::MAX);
            (f64::from(length), limit("minLength"), limit("maxLength"))
        }
        Value::Number(number) => {
            (number.as_f64().unwrap_or_default(), limit("minimum"), limit("maximum"))
        }
        _ => return,
    };
    if let Some(low) = low.filter(|low| size < *low) {
        faults.push(format!("{at}: {size} is below {low}"));
    }
    if let Some(high) = high.filter(|high| size > *high) {
        faults.push(format!("{at}: {size} is above {high}"));
    }
}

fn has_type(value: &Value, part: &Value) -> bool {
    match part.get("type").and_then(Value::as_str) {
        Some("string") => value.is_string(),
        Some("number") => value.is_number(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.is_array(),
        Some("object") => {
            let described =
                part.get("properties").or_else(|| part.get("additionalProperties")).is_some();
            value.is_object() || !described
        }
        _ => true,
    }
}
