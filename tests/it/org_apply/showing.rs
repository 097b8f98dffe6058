//! What is shown of a clinic is a file that describes it.

use vapi_gateway::cli::org::{self, OrgError};

use super::{Bench, EVERYTHING, MAPLE_DENTAL, SECRET, VOXANNE, VOXANNE_ID};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_shown_can_be_applied_without_the_credentials() {
    let mut bench = Bench::new().await;
    bench.apply(MAPLE_DENTAL).await.unwrap();
    let voxanne = bench.apply(VOXANNE).await.unwrap();
    assert_eq!(voxanne.org.to_string(), VOXANNE_ID);
    let before = bench.contents().await;
    bench.variables.clear();
    for slug in ["demo", "voxanne", VOXANNE_ID] {
        let shown = org::show(&bench.db, slug).await.unwrap();
        assert_eq!(bench.apply(&shown).await.unwrap().changes, Vec::<String>::new(), "{shown}");
        assert!(!shown.contains(SECRET) && !shown.contains("a-synthetic-token"));
    }
    assert_eq!(bench.contents().await, before);
    assert_eq!(org::show(&bench.db, "nowhere").await, Err(OrgError::NotFound));
    insta::assert_snapshot!(org::show(&bench.db, "voxanne").await.unwrap(), @r#"
[organization]
slug = "voxanne"
id = "46cf2995-2bee-44e3-838b-24151486fe4e"
name = "voxanne@demo.com Organization"
timezone = "UTC"
region = "US"
locale = "en-US"
slot_minutes = 15
min_notice_minutes = 120
horizon_days = 400
texts = true

[hours]
mon-sun = ["08:00-20:00"]

[[provider]]
name = "Dr. Elena Marsh"

[[service]]
name = "Consultation"
minutes = 60
default = true

[texts]
on_unknown = "resend_once"
decline_cancels = false
reminder_minutes = [1440, 120]
texts_per_number_per_day = 10
numbers_per_day = 1000

# Credentials are not shown. Without a section of theirs they stay as they are.
# [vapi]    secrets in force: 1, HMAC keys in force: 1
# [twilio]  none
"#);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_is_shown_as_it_was_applied() {
    let bench = Bench::new().await;
    let applied = bench.apply(EVERYTHING).await.unwrap();
    assert!(applied.is_shut_out && applied.to_string().contains("org rotate-secret"), "{applied}");
    let shown = org::show(&bench.db, "night-clinic").await.unwrap();
    let before = bench.contents().await;
    assert_eq!(bench.apply(EVERYTHING).await.unwrap().changes, Vec::<String>::new());
    assert_eq!(bench.apply(&shown).await.unwrap().changes, Vec::<String>::new());
    assert_eq!(bench.contents().await, before);
    let shown = shown.replace(&applied.org.to_string(), "…");
    insta::assert_snapshot!(shown, @r##"
[organization]
slug = "night-clinic"
id = "…"
name = 'Dr. "Ada" & Söhne'
timezone = "Asia/Kolkata"
region = "IN"
locale = "en-IN"
slot_minutes = 20
min_notice_minutes = 0
horizon_days = 30
texts = false

[hours]
mon-sun = ["00:00-24:00"]

[[provider]]
name = "Chair 1"

[[provider]]
name = "Chair 2"
hours = { mon-tue = ["09:00-12:00", "12:00-13:00"], sun = ["23:00-24:00"] }

[[provider]]
name = "Chair 3"
hours = {}

[[service]]
name = "Cleaning"
minutes = 45
buffer_before = 5
buffer_after = 10
providers = ["Chair 1", "Chair 3"]

[[service]]
name = "Whitening"
minutes = 90

[[closure]]
from = 2026-12-30
to = 2027-01-02

[[closure]]
from = 2026-12-31
to = 2027-01-01
provider = "Chair 3"
hours = "10:00-12:00"
kind = "open"

[[closure]]
from = 2026-12-31
to = 2027-01-01
provider = "Chair 3"
hours = "14:00-15:00"
kind = "open"

[[closure]]
date = 2027-01-02
provider = "Chair 1"
hours = "09:00-10:00"

[texts]
on_unknown = "resend_once"
decline_cancels = false
reminder_minutes = [1440, 120]
texts_per_number_per_day = 10
numbers_per_day = 1000

# Credentials are not shown. Without a section of theirs they stay as they are.
# [vapi]    secrets in force: 0, HMAC keys in force: 0
# [twilio]  none
"##);
}
