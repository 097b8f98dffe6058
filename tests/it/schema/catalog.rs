//! Everything that the catalog says about the schema `public`, as sorted lines that can be compared.

use crate::harness::rows::rows;

/// Diesel's own table is not the schema's, nor is what an extension brings along.
const CATALOG: &str = "
WITH ours AS (
    SELECT oid, relname, relkind FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relname !~ '^__diesel'
      AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')
)
SELECT format('relation %s kind=%s %s', relname, relkind, obj_description(oid, 'pg_class')) AS line
FROM ours WHERE relkind <> 'i'
UNION ALL
SELECT format('column %s.%s #%s %s notnull=%s default=%s %s', relname, attname, place,
              format_type(atttypid, atttypmod), attnotnull, pg_get_expr(adbin, adrelid),
              col_description(ours.oid, attnum))
FROM ours JOIN pg_attribute ON attrelid = ours.oid
-- A column that was dropped leaves a gap in the numbers.
CROSS JOIN LATERAL (SELECT count(*) AS place FROM pg_attribute AS before
    WHERE before.attrelid = ours.oid AND NOT before.attisdropped
      AND before.attnum BETWEEN 1 AND pg_attribute.attnum) AS before
LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
WHERE attnum > 0 AND NOT attisdropped AND relkind <> 'i'
UNION ALL
SELECT format('constraint %s.%s %s', relname, conname, pg_get_constraintdef(pg_constraint.oid))
FROM ours JOIN pg_constraint ON conrelid = ours.oid
UNION ALL
SELECT format('index %s', pg_get_indexdef(indexrelid)) FROM ours JOIN pg_index ON indrelid = ours.oid
UNION ALL
SELECT format('trigger %s.%s', relname, tgname)
FROM ours JOIN pg_trigger ON tgrelid = ours.oid WHERE NOT tgisinternal
UNION ALL
SELECT format('rule %s.%s', tablename, rulename) FROM pg_rules WHERE schemaname = 'public'
UNION ALL
SELECT format('function %s', oid::regprocedure) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_proc.oid AND deptype = 'e')
UNION ALL
SELECT format('type %s', typname) FROM pg_type
WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd', 'r')
  AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_type.oid AND deptype = 'e')
UNION ALL
SELECT format('extension %s', extname) FROM pg_extension WHERE extname <> 'plpgsql'
UNION ALL
SELECT format('schema %s', nspname) FROM pg_namespace WHERE nspname !~ '^pg_|^information_schema$'";

/// A line for each thing there is: with its definition, its comment, its place among its like.
pub(super) async fn catalog(url: &str) -> Vec<String> {
    let mut lines: Vec<String> = rows(url, CATALOG)
        .await
        .iter()
        .map(|row| row["line"].as_str().expect("a line").to_owned())
        .collect();
    lines.sort();
    lines
}

/// What one has and the other has not.
pub(super) fn difference(one: &[String], other: &[String]) -> Vec<String> {
    let missing = one.iter().filter(|line| !other.contains(line)).map(|line| format!("- {line}"));
    let more = other.iter().filter(|line| !one.contains(line)).map(|line| format!("+ {line}"));
    missing.chain(more).collect()
}
