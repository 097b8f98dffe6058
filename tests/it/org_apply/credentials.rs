//! What becomes of credentials when files mention them, and when they are rotated.

use secrecy::ExposeSecret;
use time::{Duration, OffsetDateTime};
use vapi_gateway::cli::org::{self, OrgError};

use super::{Bench, MAPLE_DENTAL, NEW_SECRET, SECRET};

#[tokio::test(flavor = "multi_thread")]
async fn a_section_of_credentials_tells_the_whole_truth_about_what_it_mentions() {
    let bench = Bench::new().await;
    let org = bench.apply(MAPLE_DENTAL).await.unwrap().org;
    let rules = MAPLE_DENTAL.split("# Credentials never").next().unwrap();
    assert_eq!(bench.apply(rules).await.unwrap().changes, Vec::<String>::new());
    let with = |sections: &str| format!("{rules}\n{sections}\n");
    let steps = [
        (
            "[vapi]\nsecret = [\"env:NEW_SECRET\", \"env:DEMO_VAPI_SECRET\"]",
            "Vapi secrets: 1 added",
        ),
        ("[vapi]\nsecret = \"env:NEW_SECRET\"", "Vapi secrets: 1 removed"),
        // Taken out by the file, so the file may bring it back.
        (
            "[vapi]\nsecret = [\"env:NEW_SECRET\", \"env:DEMO_VAPI_SECRET\"]",
            "Vapi secrets: 1 added",
        ),
        ("[vapi]\nhmac_key = []", "HMAC keys: 1 removed"),
        ("[vapi]\nhmac_key = \"env:NEW_SECRET\"", "HMAC keys: 1 added"),
        ("[twilio]\nnone = true", "Twilio account removed"),
    ];
    for (sections, change) in steps {
        assert_eq!(bench.apply(&with(sections)).await.unwrap().changes, [change]);
        assert_eq!(bench.apply(&with(sections)).await.unwrap().changes, Vec::<String>::new());
    }
    assert_eq!(bench.accepted(org, &[SECRET, NEW_SECRET]).await, [SECRET, NEW_SECRET]);
    assert_eq!(bench.count("customer_twilio_keys").await, 0);
    let last = bench.apply(&with("[vapi]\nsecret = []\nhmac_key = []")).await.unwrap();
    assert!(last.is_shut_out);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_secret_is_new_and_the_earlier_ones_end() {
    let bench = Bench::new().await;
    let org = bench.apply(MAPLE_DENTAL).await.unwrap().org;
    let now = vapi_gateway::clock::wall_now();
    let end_at = now + Duration::hours(24);
    let first = org::rotate_secret(&bench.db, &bench.vault, "demo", Some(end_at)).await.unwrap();
    assert_eq!((first.org, first.ended, first.hmac_keys), (org, 1, 1));
    let shown = first.secret.expose_secret();
    assert!(shown.len() >= 43 && !format!("{first:?}").contains(shown));
    assert_eq!(bench.accepted(org, &[SECRET, shown]).await, [SECRET, shown]);
    let ends: Vec<_> = bench.in_force(org).await.iter().map(|c| c.expires_at).collect();
    let near = |at: OffsetDateTime| (at - end_at).abs() < Duration::SECOND;
    assert!(
        ends.iter().flatten().copied().all(near) && ends.iter().flatten().count() == 1,
        "{ends:?}"
    );

    // The file's variable still holds the earlier one: applying it would shut the agent out.
    let before = bench.contents().await;
    assert_eq!(bench.apply(MAPLE_DENTAL).await, Err(OrgError::RotatedOut("secret")));
    assert_eq!(bench.contents().await, before);

    // With a new one of the operator's own beside it, the file holds again; the earlier one still ends.
    let both = MAPLE_DENTAL.replacen(
        "\"env:DEMO_VAPI_SECRET\"",
        "[\"env:DEMO_VAPI_SECRET\", \"env:NEW_SECRET\"]",
        1,
    );
    let applied = bench.apply(&both).await.unwrap();
    assert_eq!(applied.changes, ["Vapi secrets: 1 added", "Vapi secrets: 1 removed"]);
    assert_eq!(bench.accepted(org, &[SECRET, NEW_SECRET, shown]).await, [SECRET, NEW_SECRET]);

    let second = org::rotate_secret(&bench.db, &bench.vault, "demo", None).await.unwrap();
    assert_eq!(second.ended, 2);
    let new = second.secret.expose_secret();
    assert_eq!(bench.accepted(org, &[SECRET, NEW_SECRET, new]).await, [new]);
    // What was ended at once does not come back with a file either.
    assert_eq!(bench.apply(&both).await, Err(OrgError::RotatedOut("secret")));
    assert_eq!(bench.count("audit_log WHERE action = 'vapi_secret_rotated'").await, 2);
    let nowhere = org::rotate_secret(&bench.db, &bench.vault, "nowhere", None).await;
    assert_eq!(nowhere.unwrap_err(), OrgError::NotFound);
}
