//! The rules of the house that a compiler does not know: floors, sizes, headers, and one name in six
//! places.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use vapi_gateway::tools::Tool;

/// No file is longer: what does not fit on a few screens is two things.
const MOST_LINES: usize = 300;

/// The modules by floor, lowest first; imports point to a lower floor, never to the same or a higher
/// one. The ground plan is under every floor from the first on.
const FLOORS: [&[&str]; 6] = [
    &["domain", "speech"],
    &["db", "vapi", "twilio", "vault"],
    &["scheduling", "messaging"],
    &["tools"],
    &["http", "worker"],
    &["cli", "main"],
];
const GROUND: [&str; 4] = ["app", "clock", "config", "telemetry"];
/// Pure: they may not even use the ground plan.
const PURE: &[&str] = FLOORS[0];
/// What the ground plan may use of the house.
const UNDER_GROUND: [(&str, &[&str]); 4] = [
    ("app", &["clock", "config", "db", "twilio", "vault"]),
    ("clock", &[]),
    ("config", &[]),
    ("telemetry", &["config"]),
];
/// Of one floor, but one builds on the other.
const NEIGHBORS: [(&str, &str); 2] = [("speech", "domain"), ("http", "worker")];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files_under(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files_under(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).expect("a path of ours").display().to_string()
}

/// The top-level module that a file belongs to.
fn module_of(path: &Path) -> String {
    let inside = path.strip_prefix(root().join("src")).expect("a source file");
    let first =
        inside.components().next().expect("a name").as_os_str().to_string_lossy().into_owned();
    first.trim_end_matches(".rs").to_owned()
}

/// The top-level modules that a file imports, by `crate::` anywhere in its code.
fn imports_of(text: &str) -> BTreeSet<String> {
    let code = text
        .lines()
        .filter(|line| !line.trim_start().starts_with("//"))
        .collect::<Vec<_>>()
        .join("\n");
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code.as_bytes()[at + "crate::".len()..];
        let word = |bytes: &[u8]| {
            let end = bytes
                .iter()
                .position(|b| !(b.is_ascii_alphanumeric() || *b == b'_'))
                .unwrap_or(bytes.len());
            String::from_utf8(bytes[..end].to_vec()).expect("ASCII")
        };
        if rest.first() == Some(&b'{') {
            // A group: the first word of each of its top-level members.
            let (mut depth, mut start) = (0, true);
            for (i, byte) in rest.iter().enumerate() {
                match byte {
                    b'{' => {
                        depth += 1;
                        start = depth == 1;
                    }
                    b'}' => {
                        depth -= 1;
                        if depth == 0 {
                            break;
                        }
                    }
                    b',' if depth == 1 => start = true,
                    b if start && depth == 1 && b.is_ascii_alphabetic() => {
                        found.insert(word(&rest[i..]));
                        start = false;
                    }
                    _ => {}
                }
            }
        } else {
            found.insert(word(rest));
        }
    }
    found
}

fn floor_of(module: &str) -> Option<usize> {
    FLOORS.iter().position(|floor| floor.contains(&module))
}

fn may_import(from: &str, to: &str) -> bool {
    if from == to || NEIGHBORS.contains(&(from, to)) {
        return true;
    }
    if let Some((_, allowed)) = UNDER_GROUND.iter().find(|(name, _)| *name == from) {
        return allowed.contains(&to);
    }
    match (floor_of(from), floor_of(to)) {
        (Some(from_floor), Some(to_floor)) => to_floor < from_floor,
        // The ground plan: for every floor but the pure one.
        (Some(_), None) => {
            GROUND.contains(&to)
                && !PURE.contains(&from)
                && (to != "app" || floor_of(from) > Some(1))
        }
        _ => false,
    }
}

#[test]
fn imports_point_downwards_only() {
    let mut faults = Vec::new();
    let mut seen = 0;
    for path in files_under(&root().join("src"), "rs") {
        let module = module_of(&path);
        if module == "lib" {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source");
        for import in imports_of(&text) {
            seen += 1;
            if !may_import(&module, &import) {
                faults.push(format!("{} imports crate::{import}", shown(&path)));
            }
        }
    }
    assert!(seen > 100, "the sources were not read");
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn an_upward_import_is_found() {
    let imports =
        imports_of("use crate::{db::Error, tools};\nuse crate::http::Server;\n// crate::cli\n");
    assert_eq!(imports.into_iter().collect::<Vec<_>>(), ["db", "http", "tools"]);
    assert!(!may_import("db", "tools"));
    assert!(!may_import("domain", "db"));
    assert!(!may_import("scheduling", "messaging"));
    assert!(!may_import("vapi", "twilio"));
    assert!(!may_import("speech", "clock"));
    assert!(may_import("tools", "scheduling"));
}

#[test]
fn every_file_is_short_and_says_what_it_is_for() {
    let mut faults = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for path in files_under(&root().join(folder), "rs") {
            let text = fs::read_to_string(&path).expect("a source");
            if shown(&path) == "src/db/schema.rs" {
                continue;
            }
            if !text.starts_with("//! ") {
                faults.push(format!("{} has no header", shown(&path)));
            }
            let lines = text.lines().count();
            if lines > MOST_LINES {
                faults.push(format!("{} has {lines} lines", shown(&path)));
            }
        }
    }
    assert_eq!(faults, Vec::<String>::new());
}

#[test]
fn a_tool_has_one_name_in_six_places() {
    let mut missing = Vec::new();
    for tool in Tool::ALL {
        let name = tool.name();
        let places = [
            format!("vapi-tools/{name}.json"),
            format!("src/tools/{name}.rs"),
            format!("fixtures/vapi/{name}"),
            format!("tests/it/{name}/mod.rs"),
        ];
        missing.extend(places.into_iter().filter(|place| !root().join(place).exists()));
        let definition = fs::read_to_string(root().join(format!("vapi-tools/{name}.json")))
            .expect("a definition");
        let definition: serde_json::Value = serde_json::from_str(&definition).expect("JSON");
        assert_eq!(definition["function"]["name"], name);
        assert_eq!(Tool::find(name), Some(tool));
    }
    assert_eq!(missing, Vec::<String>::new());
    let defined = fs::read_dir(root().join("vapi-tools")).expect("definitions").count();
    assert_eq!(defined, Tool::ALL.len(), "a definition without a tool");
}

#[test]
fn db_files_are_named_as_their_tables() {
    let schema = fs::read_to_string(root().join("src/db/schema.rs")).expect("the schema");
    let tables: BTreeSet<&str> = schema
        .lines()
        .filter_map(|line| line.strip_prefix("    ")?.split_once(" ("))
        .map(|(name, _)| name)
        .filter(|name| name.chars().all(|c| c.is_ascii_lowercase() || c == '_'))
        .collect();
    assert!(tables.contains("appointments"));
    let not_tables =
        ["mod", "cached", "clinics", "clock", "connect", "error", "migrations", "schema"];
    for path in files_under(&root().join("src/db"), "rs") {
        let inside = path.strip_prefix(root().join("src/db")).expect("a file of db");
        let first = inside.components().next().expect("a name").as_os_str().to_string_lossy();
        let name = first.trim_end_matches(".rs").to_owned();
        assert!(
            not_tables.contains(&name.as_str()) || tables.contains(name.as_str()),
            "{name} is no table"
        );
    }
}

#[test]
fn the_dependencies_are_few() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).expect("a manifest");
    let direct = manifest
        .lines()
        .skip_while(|line| *line != "[dependencies]")
        .take_while(|line| !line.starts_with("[profile"))
        .filter(|line| line.contains(" = ") && !line.starts_with('#'))
        .count();
    assert!((20..=40).contains(&direct), "{direct} direct dependencies");
    let locked = fs::read_to_string(root().join("Cargo.lock"))
        .expect("a lock")
        .matches("[[package]]")
        .count();
    assert!(locked <= 450, "{locked} locked packages");
}
