//! The tenant wall and the names, as Postgres itself tells them: what is true of every table, the next
//! one included.

use crate::harness::gateway::migrated_database;
use crate::harness::rows::rows;

/// The faults that a query lists, one text each.
async fn faults(query: &str) -> Vec<String> {
    let database = migrated_database().await;
    let found = rows(&database.url, query).await;
    found.iter().map(|row| row["fault"].as_str().expect("a text").to_owned()).collect()
}

/// `t` is every table of ours, `first` its column org_id.
const TABLES: &str = "
WITH t AS (
    SELECT oid, relname, (SELECT attnum FROM pg_attribute WHERE attrelid = pg_class.oid
                          AND attname = 'org_id' AND attnotnull) AS org
    FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
      AND relname <> '__diesel_schema_migrations'
)";

#[tokio::test(flavor = "multi_thread")]
async fn every_table_but_organizations_is_led_by_its_org_id() {
    let without = "SELECT relname AS fault FROM t WHERE org IS NULL";
    assert_eq!(faults(&format!("{TABLES} {without}")).await, ["organizations"]);
    // Also: there is a primary key.
    let keys = "SELECT relname AS fault FROM t LEFT JOIN pg_index
                ON indrelid = t.oid AND indisprimary
                WHERE relname <> 'organizations' AND indkey[0] IS DISTINCT FROM org";
    assert_eq!(faults(&format!("{TABLES} {keys}")).await, Vec::<String>::new());
    // Unique indexes, primary keys and exclusion constraints among them.
    let unique = "SELECT indexrelid::regclass::text AS fault FROM t JOIN pg_index
                  ON indrelid = t.oid WHERE (indisunique OR indisexclusion)
                  AND relname <> 'organizations' AND indkey[0] IS DISTINCT FROM org";
    assert_eq!(faults(&format!("{TABLES} {unique}")).await, Vec::<String>::new());
    // A constraint for equality, not merely a column of the index.
    let exclusions = "SELECT conname AS fault FROM t JOIN pg_constraint ON conrelid = t.oid
                      WHERE contype = 'x' AND (conkey[1] IS DISTINCT FROM org
                      OR (SELECT oprname FROM pg_operator WHERE oid = conexclop[1]) <> '=')";
    assert_eq!(faults(&format!("{TABLES} {exclusions}")).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn no_row_can_refer_to_another_organizations() {
    let foreign = "SELECT conname AS fault FROM t JOIN pg_constraint c ON conrelid = t.oid
                   WHERE contype = 'f' AND NOT (conkey[1] = org AND confkey[1] = (
                       SELECT attnum FROM pg_attribute WHERE attrelid = confrelid AND attname =
                       CASE confrelid WHEN 'organizations'::regclass THEN 'id' ELSE 'org_id' END))";
    assert_eq!(faults(&format!("{TABLES} {foreign}")).await, Vec::<String>::new());
    let many = "SELECT conname AS fault FROM t JOIN pg_constraint c ON conrelid = t.oid
                WHERE contype = 'f'";
    assert!(faults(&format!("{TABLES} {many}")).await.len() >= 10, "foreign keys were looked at");
    // What is deleted or renumbered is decided by the program, not by a cascade.
    let cascades = "SELECT conname AS fault FROM pg_constraint
                    WHERE contype = 'f' AND (confdeltype <> 'a' OR confupdtype <> 'a')";
    assert_eq!(faults(cascades).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_constraint_has_a_chosen_name() {
    // Postgres 18 keeps NOT NULL as constraints, too: those are columns' and have no names of ours.
    let default = "SELECT conname AS fault FROM t JOIN pg_constraint ON conrelid = t.oid
                   WHERE contype <> 'n' AND conname ~ '_(pkey|fkey|check|key|excl)[0-9]*$'";
    assert_eq!(faults(&format!("{TABLES} {default}")).await, Vec::<String>::new());
    let indexes = "SELECT indexrelid::regclass::text AS fault FROM t JOIN pg_index
                   ON indrelid = t.oid WHERE indexrelid::regclass::text ~ '_(idx|key|pkey)[0-9]*$'";
    assert_eq!(faults(&format!("{TABLES} {indexes}")).await, Vec::<String>::new());
    // Of two constraints with one name, a refusal would not say which.
    let twice = "SELECT conname AS fault FROM t JOIN pg_constraint ON conrelid = t.oid
                 WHERE contype <> 'n' GROUP BY conname HAVING count(*) > 1";
    assert_eq!(faults(&format!("{TABLES} {twice}")).await, Vec::<String>::new());
    // A sentence: a verb and more than two words.
    let short = "SELECT conname AS fault FROM t JOIN pg_constraint ON conrelid = t.oid
                 WHERE contype <> 'n' AND conname !~ '^[a-z0-9]+(_[a-z0-9]+){2,}$'";
    assert_eq!(faults(&format!("{TABLES} {short}")).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_line_of_defense_bears_the_designs_names() {
    let exclusions = "SELECT conname AS fault FROM pg_constraint
                      WHERE conrelid = 'appointments'::regclass AND contype = 'x' ORDER BY 1";
    assert_eq!(
        faults(exclusions).await,
        ["appointments_of_a_patient_never_overlap", "appointments_of_a_provider_never_overlap"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_says_what_it_is_and_no_comment_repeats_a_name() {
    let silent = "SELECT relname AS fault FROM t
                  WHERE length(coalesce(obj_description(oid, 'pg_class'), '')) < 15";
    assert_eq!(faults(&format!("{TABLES} {silent}")).await, Vec::<String>::new());
    let repeating = "SELECT format('%s.%s', relname, attname) AS fault FROM t
                     JOIN pg_attribute ON attrelid = t.oid
                     WHERE lower(regexp_replace(col_description(t.oid, attnum), '[^A-Za-z]', '', 'g'))
                         = replace(attname, '_', '')";
    assert_eq!(faults(&format!("{TABLES} {repeating}")).await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_works_behind_the_programs_back() {
    let hidden = "SELECT format('%s %s', relkind, relname) AS fault FROM pg_class
                  WHERE relnamespace = 'public'::regnamespace AND relkind IN ('S', 'v', 'm', 'f')
                  UNION ALL SELECT format('trigger %s', tgname) FROM pg_trigger WHERE NOT tgisinternal
                  UNION ALL SELECT format('rule %s', rulename) FROM pg_rules WHERE schemaname = 'public'
                  UNION ALL SELECT format('default %s', column_name) FROM information_schema.columns
                  WHERE table_schema = 'public' AND (is_identity = 'YES' OR column_default ~ 'nextval|uuid')";
    assert_eq!(faults(hidden).await, Vec::<String>::new());
}

/// What others read: they may rely on these.
#[tokio::test(flavor = "multi_thread")]
async fn the_tables_that_others_read_are_there() {
    const READ: [(&str, &str); 11] = [
        ("organizations", "id slug name timezone"),
        ("providers", "org_id id name"),
        ("services", "org_id id name"),
        ("patients", "org_id id name phone email"),
        (
            "appointments",
            "org_id id provider_id patient_id service_id starts_at ends_at status created_at",
        ),
        ("provider_days", "org_id provider_id day revision"),
        ("tool_calls", "org_id"),
        (
            "sms_messages",
            "org_id id appointment_id kind sms_status sms_reason twilio_message_sid \
             delivery_status created_at sent_at",
        ),
        ("sms_attempts", "org_id"),
        (
            "customer_twilio_keys",
            "org_id account_sid auth_token phone_number messaging_service_sid",
        ),
        ("audit_log", "org_id id at actor action subject_id details"),
    ];
    let database = migrated_database().await;
    for (table, columns) in READ {
        let columns = columns.split_whitespace().collect::<Vec<_>>().join(", ");
        rows(&database.url, &format!("SELECT {columns} FROM {table}")).await;
    }
    let status = "SELECT data_type FROM information_schema.columns
                  WHERE table_name = 'appointments' AND column_name = 'status'";
    assert_eq!(rows(&database.url, status).await[0]["data_type"], "text", "a plain column");
}
