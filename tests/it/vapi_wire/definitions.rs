//! The tools' definitions: they say what the code does, and Vapi's own document accepts them.

use std::collections::BTreeSet;
use std::io::Write as _;

use serde_json::{Value, json};
use vapi_gateway::cli::tools::{DEFINITIONS, Door, ToolSpec, check, check_definition, print};

use super::{fixture_files, root};

const SPECS: [ToolSpec; 3] = [
    ToolSpec {
        name: "check_availability",
        arguments: &["date", "time", "part_of_day", "service", "provider"],
    },
    ToolSpec {
        name: "book_appointment",
        arguments: &[
            "patient_name",
            "patient_phone",
            "patient_email",
            "date",
            "time",
            "slot_id",
            "service",
            "provider",
            "notes",
            "for_another_person",
            "may_text",
        ],
    },
    ToolSpec { name: "opt_out_of_texts", arguments: &["phone"] },
];

/// Vapi's document is not part of the repository; it lies beside it where it was fetched.
fn openapi() -> Option<Value> {
    let path = root().join("../shared/reference/vapi-openapi.json");
    std::fs::read(path).ok().map(|text| serde_json::from_slice(&text).unwrap())
}

fn booking() -> Value {
    serde_json::from_str(DEFINITIONS[1].1).unwrap()
}

#[test]
fn the_definitions_are_those_of_the_code() {
    assert_eq!(check(&SPECS, None), Vec::<String>::new());
    let files: BTreeSet<String> = std::fs::read_dir(root().join("vapi-tools"))
        .unwrap()
        .map(|file| file.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    let compiled_in: BTreeSet<String> = DEFINITIONS.iter().map(|(n, _)| (*n).to_owned()).collect();
    assert_eq!(files, compiled_in);
}

#[test]
fn a_tool_on_one_side_only_is_found() {
    assert_eq!(check(&SPECS[..2], None), ["opt_out_of_texts: defined, but not in the code"]);
    let cancel = ToolSpec { name: "cancel_appointment", arguments: &[] };
    let more = [SPECS[0], SPECS[1], SPECS[2], cancel];
    assert_eq!(check(&more, None), ["cancel_appointment: in the code, but without a definition"]);
    let reads_more = ToolSpec { name: "check_availability", arguments: &["mood"] };
    let faults = check(&[reads_more, SPECS[1]], None);
    assert!(
        faults.contains(&"check_availability: the code reads mood, which is not defined".into())
    );
    assert!(
        faults
            .contains(&"check_availability: date is defined, but the code does not read it".into())
    );
}

#[test]
fn every_change_for_the_worse_is_found() {
    let table: [(&str, Value, &str); 16] = [
        ("/type", json!("apiRequest"), "/type"),
        ("/async", json!(true), "/async"),
        ("/async", Value::Null, "/async"),
        ("/function/name", json!("book_apointment"), "/function/name"),
        ("/function/description", json!("x".repeat(1000)), "1000 characters"),
        ("/function/description", json!(""), "is missing"),
        ("/function/parameters/required", json!(["patient_nmae"]), "patient_nmae"),
        ("/function/parameters/properties/date/description", json!(""), "date has no description"),
        ("/server/url", json!("http://gateway.example/vapi/demo"), "https"),
        ("/server/timeoutSeconds", json!(5), "timeoutSeconds"),
        ("/server/backoffPlan", Value::Null, "backoffPlan"),
        ("/server/backoffPlan/excludedStatusCodes", json!([401]), "excludedStatusCodes"),
        ("/parameters", json!([]), "/parameters"),
        ("/parameters/0/value", json!("{{customer.name}}"), "/parameters"),
        ("/messages/0/type", json!("request-complete"), "request-start"),
        ("/messages/2/content", json!(""), "request-failed"),
    ];
    for (pointer, value, said) in table {
        let mut definition = booking();
        *definition.pointer_mut(pointer).unwrap() = value.clone();
        let faults = check_definition(&SPECS[1], &definition, None);
        assert!(faults.iter().any(|fault| fault.contains(said)), "{pointer} {value}: {faults:?}");
    }
}

#[test]
fn vapis_own_document_accepts_the_definitions() {
    let Some(document) = openapi() else {
        // Past the harness, which swallows what a passing test prints.
        let skipped = b"skipped: Vapi's OpenAPI document is not beside the repository\n";
        return std::io::stderr().write_all(skipped).unwrap();
    };
    assert_eq!(check(&SPECS, Some(&document)), Vec::<String>::new());
    let table: [(&str, Value, &str); 12] = [
        ("", json!({ "asynchronous": false }), "/asynchronous: not known"),
        ("/function", json!({ "desciption": "" }), "/function/desciption: not known"),
        ("/function", json!({ "strict": "no" }), "/function/strict: not of type boolean"),
        ("/function", json!({ "name": "x".repeat(65) }), "/function/name: 65 is above 64"),
        ("/function/parameters", json!({ "type": "array" }), "none of the allowed values"),
        ("/function/parameters/properties/date", json!({ "type": "date" }), "allowed values"),
        ("/function/parameters/properties/date", json!({ "minLength": 1 }), "not known"),
        ("/server", json!({ "timeoutSeconds": 301 }), "301 is above 300"),
        ("/server/backoffPlan", json!({ "type": "linear" }), "allowed values"),
        ("/server/backoffPlan", json!({ "maxRetries": 11 }), "11 is above 10"),
        ("/messages/1", json!({ "timingMilliseconds": 99 }), "99 is below 100"),
        ("/messages/0", json!({ "contents": "Hello" }), "not of type array"),
    ];
    for (pointer, members, said) in table {
        let mut definition = booking();
        let target = definition.pointer_mut(pointer).unwrap().as_object_mut().unwrap();
        target.extend(members.as_object().unwrap().clone());
        let faults = check_definition(&SPECS[1], &definition, Some(&document));
        assert!(faults.iter().any(|f| f.contains(said)), "{pointer} {members}: {faults:?}");
    }
    let mut definition = booking();
    definition["server"]["backoffPlan"].as_object_mut().unwrap().remove("maxRetries");
    let faults = check_definition(&SPECS[1], &definition, Some(&document));
    assert!(faults.iter().any(|f| f.contains("/server/backoffPlan/maxRetries: required")));
}

#[test]
fn a_document_without_the_schema_is_a_fault() {
    let faults = check_definition(&SPECS[1], &booking(), Some(&json!({})));
    assert_eq!(faults, ["the OpenAPI document has no schema CreateFunctionToolDTO"]);
}

#[test]
fn definitions_are_printed_as_they_are_pasted() {
    let mut one = Vec::new();
    assert!(print(Some("book_appointment"), &Door::default(), &mut one).unwrap());
    assert_eq!(serde_json::from_slice::<Value>(&one).unwrap(), booking());
    let mut all = Vec::new();
    assert!(print(None, &Door::default(), &mut all).unwrap());
    assert_eq!(serde_json::from_slice::<Vec<Value>>(&all).unwrap().len(), DEFINITIONS.len());
    assert!(!print(Some("order_pizza"), &Door::default(), &mut Vec::new()).unwrap());
}

/// What a recorded body hands over is what a definition asks for.
#[test]
fn the_fixtures_use_defined_arguments() {
    for spec in SPECS {
        let files = fixture_files(&format!("vapi/{}", spec.name));
        for file in files.iter().filter(|f| !f.ends_with("keys_in_camel_case.json")) {
            let body: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
            let arguments = body.pointer("/message/toolCallList/0/function/arguments");
            for key in arguments.and_then(Value::as_object).into_iter().flat_map(|a| a.keys()) {
                let known = key == "caller_number" || spec.arguments.contains(&key.as_str());
                assert!(known, "{}: {key}", file.display());
            }
        }
    }
}
