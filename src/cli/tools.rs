//! `tools check` and `tools print`: the definitions that go to Vapi's `POST /tool`, compiled in, and
//! whether they say what the code does. A definition that drifts from the code is a model that hands
//! over arguments nobody reads.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::cli::openapi;

/// Every definition by its tool's name: the files of `vapi-tools`.
pub const DEFINITIONS: [(&str, &str); 3] = [
    ("check_availability", include_str!("../../vapi-tools/check_availability.json")),
    ("book_appointment", include_str!("../../vapi-tools/book_appointment.json")),
    ("opt_out_of_texts", include_str!("../../vapi-tools/opt_out_of_texts.json")),
];

/// A tool as the code knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ToolSpec {
    pub name: &'static str,
    /// What the model may pass; the static parameter is not among them.
    pub arguments: &'static [&'static str],
}

/// Filled in by Vapi over whatever the model says.
pub const CALLER_NUMBER: &str = "caller_number";

/// Stands in every definition for the URL of the clinic's door.
const PLACEHOLDER: &str = "https://YOUR-PUBLIC-URL/vapi/YOUR-CLINIC";

/// Vapi's schema of a tool's body.
const SCHEMA: &str = "CreateFunctionToolDTO";

/// From here on a tool misfires in silence.
const DESCRIPTION_LIMIT: usize = 1000;
const NAME_LIMIT: usize = 64;
const TIMEOUT_SECONDS: u32 = 20;

/// The faults of the compiled-in definitions against the code, both ways, and against Vapi's OpenAPI
/// document where one is given. None: all is well.
pub fn check(specs: &[ToolSpec], schema: Option<&Value>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut defined = Vec::new();
    for (name, text) in DEFINITIONS {
        match serde_json::from_str(text) {
            Ok(definition) => defined.push((name, definition)),
            Err(error) => faults.push(format!("{name}: not JSON: {error}")),
        }
    }
    for spec in specs.iter().filter(|s| !DEFINITIONS.iter().any(|(name, _)| *name == s.name)) {
        faults.push(format!("{}: in the code, but without a definition", spec.name));
    }
    for (name, definition) in &defined {
        let Some(spec) = specs.iter().find(|s| s.name == *name) else {
            faults.push(format!("{name}: defined, but not in the code"));
            continue;
        };
        let found = check_definition(spec, definition, schema);
        faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
    }
    faults
}

/// The faults of one definition.
pub fn check_definition(
    spec: &ToolSpec,
    definition: &Value,
    schema: Option<&Value>,
) -> Vec<String> {
    let mut faults = check_function(spec, definition);
    faults.extend(check_arguments(spec, definition));
    faults.extend(check_delivery(definition));
    faults.extend(check_messages(definition));
    if let Some(document) = schema {
        faults.extend(openapi::check(document, SCHEMA, definition));
    }
    faults
}

/// Where Vapi finds the gateway: what a definition says instead of its placeholder.
#[derive(Debug, Default)]
pub struct Door {
    /// `https://host/vapi/clinic`.
    pub url: Option<String>,
    /// The id of the credential that Vapi keeps for it.
    pub credential_id: Option<String>,
}

impl Door {
    /// The definition with this door in its `server`, otherwise as it stands.
    fn written_into(&self, definition: &str) -> String {
        let placeholder = json!(PLACEHOLDER).to_string();
        let url =
            self.url.as_ref().map_or_else(|| placeholder.clone(), |url| json!(url).to_string());
        let credential = self
            .credential_id
            .as_ref()
            .map_or_else(String::new, |id| format!(",\n    \"credentialId\": {}", json!(id)));
        definition.replace(&placeholder, &(url + &credential))
    }
}

/// Writes the definition called `name`, or all of them as one JSON array. `Ok(false)`: no such tool.
pub fn print(name: Option<&str>, door: &Door, out: &mut impl Write) -> io::Result<bool> {
    match name {
        Some(name) => match DEFINITIONS.iter().find(|(n, _)| *n == name) {
            Some((_, text)) => out.write_all(door.written_into(text).as_bytes()).map(|()| true),
            None => Ok(false),
        },
        None => {
            let texts = DEFINITIONS.map(|(_, text)| door.written_into(text.trim_end()));
            writeln!(out, "[\n{}\n]", texts.join(",\n")).map(|()| true)
        }
    }
}

fn check_function(spec: &ToolSpec, definition: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let mut expect = |pointer: &str, wanted: Value| {
        if definition.pointer(pointer) != Some(&wanted) {
            faults.push(format!("{pointer} is not {wanted}"));
        }
    };
    expect("/type", json!("function"));
    // An asynchronous tool's reply is never spoken.
    expect("/async", json!(false));
    expect("/function/name", json!(spec.name));
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    if spec.name.is_empty() || spec.name.len() > NAME_LIMIT || !spec.name.chars().all(is_allowed) {
        faults.push(format!("{} is no name for a tool", spec.name));
    }
    match text(definition, "/function/description").chars().count() {
        0 => faults.push("/function/description is missing".to_owned()),
        n if n >= DESCRIPTION_LIMIT => {
            faults.push(format!("/function/description has {n} characters"))
        }
        _ => {}
    }
    faults
}

fn check_arguments(spec: &ToolSpec, definition: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let properties = definition.pointer("/function/parameters/properties");
    let none = serde_json::Map::new();
    let properties = properties.and_then(Value::as_object).unwrap_or(&none);
    for argument in spec.arguments.iter().filter(|a| !properties.contains_key(**a)) {
        faults.push(format!("the code reads {argument}, which is not defined"));
    }
    for (name, property) in properties {
        if !spec.arguments.contains(&name.as_str()) {
            faults.push(format!("{name} is defined, but the code does not read it"));
        }
        if text(property, "/description").is_empty() {
            faults.push(format!("{name} has no description"));
        }
    }
    let required = definition.pointer("/function/parameters/required").and_then(Value::as_array);
    for name in required.into_iter().flatten() {
        if !name.as_str().is_some_and(|name| properties.contains_key(name)) {
            faults.push(format!("{name} is required, but not defined"));
        }
    }
    faults
}

fn check_delivery(definition: &Value) -> Vec<String> {
    let expected = [
        ("/server/timeoutSeconds", json!(TIMEOUT_SECONDS)),
        ("/server/backoffPlan/type", json!("exponential")),
        ("/server/backoffPlan/maxRetries", json!(3)),
        ("/server/backoffPlan/baseDelaySeconds", json!(1)),
        // What asking again cannot change.
        ("/server/backoffPlan/excludedStatusCodes", json!([400, 401, 403, 404, 413, 422])),
        ("/parameters", json!([{ "key": CALLER_NUMBER, "value": "{{customer.number}}" }])),
    ];
    let wrong = expected.iter().filter(|(at, wanted)| definition.pointer(at) != Some(wanted));
    let mut faults: Vec<String> =
        wrong.map(|(at, wanted)| format!("{at} is not {wanted}")).collect();
    if !text(definition, "/server/url").starts_with("https://") {
        faults.push("/server/url is no https address".to_owned());
    }
    faults
}

fn check_messages(definition: &Value) -> Vec<String> {
    let messages = definition.get("messages").and_then(Value::as_array);
    let spoken = |kind: &str| {
        let mut of_kind = messages.into_iter().flatten().filter(|m| text(m, "/type") == kind);
        of_kind.any(|m| !text(m, "/content").is_empty())
    };
    ["request-start", "request-response-delayed", "request-failed"]
        .into_iter()
        .filter(|kind| !spoken(kind))
        .map(|kind| format!("/messages has no {kind}"))
        .collect()
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}
