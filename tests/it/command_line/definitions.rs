//! `--help`, `tools check`, `tools print`, `vault generate-key`: what needs no database.

use std::path::Path;

use serde_json::Value;
use vapi_gateway::cli::tools::{DEFINITIONS, ToolSpec, check_definition};
use vapi_gateway::tools::Tool;

use crate::harness::run::{Ran, Run};

/// Runs a command that succeeds and has nothing to complain about; returns what it printed.
async fn printed(arguments: &[&str]) -> String {
    let Ran { code, out, err } = Run::new(arguments).output().await;
    assert_eq!((code, err.as_str()), (Some(0), ""), "{arguments:?}");
    out
}

#[tokio::test]
async fn help_names_every_command() {
    let help = printed(&["--help"]).await;
    let commands = ["serve", "migrate", "replay", "demo", "org", "tools", "vault", "healthcheck"];
    for command in commands {
        assert!(help.contains(&format!("\n  {command} ")), "{command}: {help}");
        // Each has one of its own, with more than its name.
        assert!(printed(&[command, "--help"]).await.lines().count() > 4, "{command}");
    }
    for command in ["apply", "show", "list", "rotate-secret"] {
        printed(&["org", command, "--help"]).await;
    }
    for option in ["--bind", "--data-dir", "--clock", "--database-url", "--once"] {
        assert!(printed(&["demo", "--help"]).await.contains(option), "{option}");
        // A clock that can be frozen and a database of one's own are the demo's alone.
        assert!(!printed(&["serve", "--help"]).await.contains(option), "{option}");
    }
    assert!(printed(&["--version"]).await.starts_with("vapi-gateway "));
}

#[tokio::test]
async fn the_definitions_say_what_the_code_does() {
    let told = printed(&["tools", "check"]).await;
    assert_eq!(told, "The 3 definitions say what the code does.\n");
    let vapis = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/vapi-openapi.json");
    if vapis.exists() {
        let schema = vapis.to_str().expect("a path");
        assert_eq!(printed(&["tools", "check", "--schema", schema]).await, told);
    }
}

/// Against a document that asks for something else, the command fails and says what.
#[tokio::test]
async fn a_definition_that_is_not_the_schemas_is_a_fault() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("openapi.json");
    let document = serde_json::json!({ "components": { "schemas": { "CreateFunctionToolDTO": {
        "type": "object", "required": ["license"], "properties": { "license": { "type": "string" } },
    } } } });
    std::fs::write(&path, document.to_string()).expect("a file");
    let schema = path.to_str().expect("a path");
    let ran = Run::new(&["tools", "check", "--schema", schema]).output().await;
    assert_eq!(ran.code, Some(1));
    for (tool, _) in DEFINITIONS {
        assert!(ran.out.lines().any(|l| l.starts_with(tool) && l.contains("license")), "{ran:?}");
    }
}

#[tokio::test]
async fn a_definition_is_printed_as_it_is_posted() {
    for (tool, text) in DEFINITIONS {
        assert_eq!(printed(&["tools", "print", tool]).await, text);
    }
    let all: Vec<Value> = serde_json::from_str(&printed(&["tools", "print"]).await).expect("JSON");
    let names: Vec<_> = all.iter().map(|tool| tool["function"]["name"].as_str().unwrap()).collect();
    assert_eq!(names, DEFINITIONS.map(|(name, _)| name));
}

#[tokio::test]
async fn a_new_key_is_new_and_can_be_configured() {
    let (one, other) =
        (printed(&["vault", "generate-key"]).await, printed(&["vault", "generate-key"]).await);
    assert_ne!(one, other);
    assert!(one.starts_with("1:") && one.ends_with('\n'), "{}", one.len());
    let both =
        format!("{},{}", printed(&["vault", "generate-key", "--id", "2"]).await.trim(), one.trim());
    let settings = [("GATEWAY__VAULT__KEYS".to_owned(), both)];
    let config = vapi_gateway::config::Config::load(None, settings.into_iter()).expect("two keys");
    assert_eq!(config.vault.keys.iter().map(|key| key.id()).collect::<Vec<_>>(), [2, 1]);
}

/// With the clinic's door in it, a definition is the same but for its `server`, and still right.
#[tokio::test]
async fn a_definition_is_printed_with_the_clinics_door() {
    let url = "https://gateway.example/vapi/demo";
    let door = ["--url", url, "--credential-id", "00000000-0000-4000-8000-00000000000c"];
    for (tool, text) in DEFINITIONS {
        let mut expected: Value = serde_json::from_str(text).expect("JSON");
        expected["server"]["url"] = url.into();
        let with_url = printed(&["tools", "print", tool, "--url", url]).await;
        assert_eq!(serde_json::from_str::<Value>(&with_url).expect("JSON"), expected);
        expected["server"]["credentialId"] = door[3].into();
        let whole = printed(&[&["tools", "print", tool][..], &door].concat()).await;
        assert_eq!(serde_json::from_str::<Value>(&whole).expect("JSON"), expected);
        let spec = Tool::find(tool).expect("a tool");
        let spec = ToolSpec { name: spec.name(), arguments: spec.arguments() };
        assert_eq!(check_definition(&spec, &expected, None), Vec::<String>::new());
    }
    let all = printed(&[&["tools", "print"][..], &door].concat()).await;
    let all: Vec<Value> = serde_json::from_str(&all).expect("JSON");
    assert!(all.iter().all(|tool| tool["server"]["url"] == url));
}
