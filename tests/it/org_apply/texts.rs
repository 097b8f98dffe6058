//! How a clinic texts: what its file says of it is stored, shown and applied again without a change.

use time::Duration;
use vapi_gateway::cli::org;

use super::{Bench, EVERYTHING, MAPLE_DENTAL};

const TEXTS: &str = r#"
[texts]
on_unknown = "hold"
decline_cancels = true
reminder_minutes = [30, 2880]
texts_per_number_per_day = 3
numbers_per_day = 50
countries = ["US", "IN"]

[texts.templates]
reminder = """
Soon: {clinic}, {date}, {time}.
Please confirm: {link}
Reply STOP to opt out."""
cancellation = "Off: {date} {time} at {clinic}. Call {phone}.\nReply STOP \"now\" to opt out: {date} {time}"
"#;

fn everything() -> String {
    EVERYTHING.replace("texts = false", "texts = false\nphone = \"+912212345678\"") + TEXTS
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_says_nothing_of_texts_means_the_programs_ways() {
    let bench = Bench::new().await;
    let org = bench.apply(EVERYTHING).await.unwrap().org;
    let leads = bench.clinic(org).await.reminder_leads;
    assert_eq!(leads, [Duration::days(1), Duration::hours(2)]);
    // A row that only the migration has filled looks the same.
    let defaults = "organizations o WHERE o.phone IS NULL AND o.on_unknown = 'resend_once' \
        AND NOT o.decline_cancels AND o.reminder_minutes = '{1440,120}' \
        AND o.texts_per_number_per_day = 10 AND o.numbers_per_day = 1000 AND o.text_countries = '{}'";
    assert_eq!(bench.count(defaults).await, 1);
    assert_eq!(
        bench.apply(&format!("{EVERYTHING}\n[texts]\n")).await.unwrap().changes,
        Vec::<String>::new()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn how_a_clinic_texts_is_shown_as_it_was_applied() {
    let bench = Bench::new().await;
    bench.apply(EVERYTHING).await.unwrap();
    let applied = bench.apply(&everything()).await.unwrap();
    assert_eq!(
        applied.changes,
        [
            "phone changed",
            "on_unknown changed",
            "decline_cancels changed",
            "reminder_minutes changed",
            "texts_per_number_per_day changed",
            "numbers_per_day changed",
            "countries changed",
            "words of texts changed",
        ]
    );
    let leads = bench.clinic(applied.org).await.reminder_leads;
    assert_eq!(leads, [Duration::days(2), Duration::minutes(30)]);
    let before = bench.contents().await;
    let shown = org::show(&bench.db, "night-clinic").await.unwrap();
    for file in [everything(), shown.clone()] {
        assert_eq!(bench.apply(&file).await.unwrap().changes, Vec::<String>::new(), "{file}");
    }
    assert_eq!(bench.contents().await, before);
    let (_, texts) = shown.split_once("\n[texts]\n").expect("a section of texts");
    insta::assert_snapshot!(texts, @r##"
    on_unknown = "hold"
    decline_cancels = true
    reminder_minutes = [2880, 30]
    texts_per_number_per_day = 3
    numbers_per_day = 50
    countries = ["IN", "US"]

    [texts.templates]
    reminder = """
    Soon: {clinic}, {date}, {time}.
    Please confirm: {link}
    Reply STOP to opt out."""
    cancellation = """
    Off: {date} {time} at {clinic}. Call {phone}.
    Reply STOP "now" to opt out: {date} {time}"""

    # Credentials are not shown. Without a section of theirs they stay as they are.
    # [vapi]    secrets in force: 0, HMAC keys in force: 0
    # [twilio]  none
    "##);
    assert!(shown.contains("\nphone = \"+912212345678\"\n"), "{shown}");

    // Left out again, all is as the program has it.
    let back = bench.apply(EVERYTHING).await.unwrap();
    assert_eq!(back.changes.len(), 8);
    assert_eq!(bench.count("text_templates").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn words_are_the_clinics_that_wrote_them() {
    let bench = Bench::new().await;
    bench.apply(MAPLE_DENTAL).await.unwrap();
    bench.apply(&everything()).await.unwrap();
    assert_eq!(bench.count("text_templates").await, 2);
    // The other clinic's file says nothing of them, and takes none away.
    assert_eq!(bench.apply(MAPLE_DENTAL).await.unwrap().changes, Vec::<String>::new());
    let of_night =
        "text_templates t JOIN organizations o ON o.id = t.org_id AND o.slug = 'night-clinic'";
    assert_eq!(bench.count(of_night).await, 2);
}
