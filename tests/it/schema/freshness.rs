//! `src/db/schema.rs` is what diesel prints of the migrated database, byte for byte. The tables are
//! printed here once more, by diesel's rules; where the `diesel` program is installed, it is asked too.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::Command;

use serde_json::Value;

use crate::harness::gateway::migrated_database;
use crate::harness::rows::rows;

const SCHEMA: &str = include_str!("../../../src/db/schema.rs");

const COLUMNS: &str = "
SELECT relname, attname, format_type(atttypid, -1) AS type, attnotnull,
       array_position(indkey::smallint[], attnum) AS place_in_key
FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped
LEFT JOIN pg_index ON indrelid = pg_class.oid AND indisprimary
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
  AND relname <> '__diesel_schema_migrations'
ORDER BY relname, attnum";

/// Diesel joins by itself along foreign keys of one column, where there is one such between two tables.
const JOINABLE: &str = "
SELECT conrelid::regclass::text AS child, min(confrelid::regclass::text) AS parent, min(attname) AS via
FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
WHERE contype = 'f' AND cardinality(conkey) = 1
GROUP BY conrelid, confrelid HAVING count(*) = 1 ORDER BY 1";

/// Diesel's name for a type of Postgres's.
fn diesel_type(of: &str) -> &'static str {
    match of {
        "uuid" => "Uuid",
        "text" => "Text",
        "smallint" => "Int2",
        "integer" => "Int4",
        "bigint" => "Int8",
        "boolean" => "Bool",
        "bytea" => "Bytea",
        "date" => "Date",
        "timestamp without time zone" => "Timestamp",
        "timestamp with time zone" => "Timestamptz",
        "jsonb" => "Jsonb",
        "integer[]" => "Array<Nullable<Int4>>",
        "text[]" => "Array<Nullable<Text>>",
        "uuid[]" => "Array<Nullable<Uuid>>",
        other => panic!("what does diesel call {other}?"),
    }
}

fn text<'v>(row: &'v Value, key: &str) -> &'v str {
    row[key].as_str().expect("a text")
}

/// What `diesel print-schema` prints of these rows.
fn print(columns: &[Value], joinable: &[Value]) -> String {
    let mut tables: BTreeMap<&str, Vec<&Value>> = BTreeMap::new();
    for column in columns {
        tables.entry(text(column, "relname")).or_default().push(column);
    }
    let mut printed = "// @generated automatically by Diesel CLI.\n".to_owned();
    for (table, columns) in &tables {
        let mut key: Vec<_> =
            columns.iter().filter(|column| !column["place_in_key"].is_null()).collect();
        key.sort_by_key(|column| column["place_in_key"].as_i64());
        let key: Vec<&str> = key.into_iter().map(|column| text(column, "attname")).collect();
        write!(printed, "\ndiesel::table! {{\n    {table} ({}) {{\n", key.join(", ")).unwrap();
        for column in columns {
            let is = diesel_type(text(column, "type"));
            let is =
                if column["attnotnull"] == true { is.into() } else { format!("Nullable<{is}>") };
            writeln!(printed, "        {} -> {is},", text(column, "attname")).unwrap();
        }
        printed.push_str("    }\n}\n");
    }
    printed.push('\n');
    for pair in joinable {
        let (child, parent, via) = (text(pair, "child"), text(pair, "parent"), text(pair, "via"));
        writeln!(printed, "diesel::joinable!({child} -> {parent} ({via}));").unwrap();
    }
    printed.push_str("\ndiesel::allow_tables_to_appear_in_same_query!(\n");
    for table in tables.keys() {
        writeln!(printed, "    {table},").unwrap();
    }
    printed.push_str(");\n");
    printed
}

#[tokio::test(flavor = "multi_thread")]
async fn schema_rs_says_what_the_tables_are() {
    let database = migrated_database().await;
    let columns = rows(&database.url, COLUMNS).await;
    let joinable = rows(&database.url, JOINABLE).await;
    // Line by line: of two whole files nobody sees the difference.
    let printed = print(&columns, &joinable);
    for (number, (is, should_be)) in SCHEMA.lines().zip(printed.lines()).enumerate() {
        assert_eq!(is, should_be, "src/db/schema.rs, line {}", number + 1);
    }
    assert_eq!(SCHEMA, printed);
}

#[tokio::test(flavor = "multi_thread")]
async fn schema_rs_is_what_diesel_itself_prints() {
    let diesel = |arguments: &[&str]| {
        Command::new("diesel").args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output()
    };
    if !diesel(&["--version"]).is_ok_and(|told| told.status.success()) {
        return;
    }
    let database = migrated_database().await;
    let printed = diesel(&["print-schema", "--database-url", &database.url]).expect("diesel runs");
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    assert_eq!(SCHEMA, String::from_utf8_lossy(&printed.stdout));
}
