//! A file is merged onto what is there: only differences are written, and nothing is ever renumbered.

use uuid::Uuid;
use vapi_gateway::cli::org::{self, OrgError};

use super::{Bench, EVERYTHING, MAPLE_DENTAL, VOXANNE, VOXANNE_ID};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_no_longer_listed_stays_and_comes_back() {
    let bench = Bench::new().await;
    let org = bench.apply(MAPLE_DENTAL).await.unwrap().org;
    let before = bench.clinic(org).await;
    let third = MAPLE_DENTAL.replace("Dr. Jonas Weber", "Dr. Mira Okafor");
    let applied = bench.apply(&third).await.unwrap();
    let expected = ["1 provider added", "1 provider no longer listed", "hours changed"];
    assert_eq!(applied.changes[..3], expected);
    let clinic = bench.clinic(org).await;
    let providers: Vec<_> = clinic.providers.iter().map(|p| (p.number, p.name.as_str())).collect();
    assert_eq!(providers, [(1, "Dr. Amara Lee"), (3, "Dr. Mira Okafor")]);
    assert_eq!(bench.count("providers WHERE NOT active").await, 1);
    assert_eq!(bench.count("opening_hours").await, 22);

    // Spelled otherwise, it is the same person, under the old id and number.
    let back = MAPLE_DENTAL.replace("Dr. Jonas Weber", "dr jonas weber");
    let applied = bench.apply(&back).await.unwrap();
    assert_eq!(applied.changes[..2], ["1 provider changed", "1 provider no longer listed"]);
    let clinic = bench.clinic(org).await;
    assert_eq!(clinic.providers[1].id, before.providers[1].id);
    assert_eq!(
        (clinic.providers[1].number, clinic.providers[1].name.as_str()),
        (2, "dr jonas weber")
    );
    assert_eq!(clinic.services[0].provider_ids.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_default_moves_from_one_service_to_another() {
    let bench = Bench::new().await;
    let org = bench.apply(MAPLE_DENTAL).await.unwrap().org;
    let moved = MAPLE_DENTAL
        .replace("default = true\n", "")
        .replace("minutes = 15\n", "minutes = 20\ndefault = true\n");
    for (file, default) in [(moved.as_str(), "Follow-up"), (MAPLE_DENTAL, "Consultation")] {
        let applied = bench.apply(file).await.unwrap();
        assert_eq!(applied.changes, ["2 services changed"]);
        assert_eq!(bench.clinic(org).await.default_service().unwrap().name, default);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_differs_is_written_and_told() {
    let bench = Bench::new().await;
    let org = bench.apply(MAPLE_DENTAL).await.unwrap().org;
    let cases = [
        ("sat = [\"09:00-13:00\"]", "sat = [\"09:00-12:00\"]", "hours changed"),
        ("date = 2026-12-25", "from = 2026-12-24\nto = 2026-12-26", "closures changed"),
        ("slot_minutes = 15", "slot_minutes = 30", "slot_minutes changed"),
        (
            "minutes = 15\n",
            "minutes = 15\nproviders = [\"Dr. Amara Lee\"]\n",
            "who gives which service changed",
        ),
        ("env:DEMO_TWILIO_PHONE_NUMBER", "+12125550101", "Twilio account changed"),
        ("env:DEMO_TWILIO_AUTH_TOKEN", "env:NEW_SECRET", "Twilio account changed"),
    ];
    for (old, new, change) in cases {
        assert!(MAPLE_DENTAL.contains(old), "{old}");
        for file in [MAPLE_DENTAL.replace(old, new), MAPLE_DENTAL.to_owned()] {
            let before = bench.clinic(org).await.revision;
            assert_eq!(bench.apply(&file).await.unwrap().changes, [change]);
            // Whoever keeps the rules in memory is told of these, and of nothing else.
            let after = bench.clinic(org).await.revision;
            assert_eq!(after > before, !change.starts_with("Twilio"), "{change}");
            assert_eq!(bench.apply(&file).await.unwrap().changes, Vec::<String>::new());
            assert_eq!(bench.clinic(org).await.revision, after);
        }
    }
    assert_eq!(bench.count("audit_log WHERE action = 'organization_applied'").await, 13);
    assert_eq!(bench.count("audit_log WHERE details::text ~ 'Lee|Weber|Maple|\\+1'").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slug_names_one_organization_and_an_id_may_rename_it() {
    let bench = Bench::new().await;
    let maple = bench.apply(MAPLE_DENTAL).await.unwrap().org;
    let voxanne = bench.apply(VOXANNE).await.unwrap().org;
    let before = bench.contents().await;
    let same_slug = VOXANNE.replace("slug = \"voxanne\"", "slug = \"demo\"");
    assert_eq!(bench.apply(&same_slug).await, Err(OrgError::SlugTaken));
    let other_id = VOXANNE.replace(VOXANNE_ID, &Uuid::from_u128(1).to_string());
    assert_eq!(bench.apply(&other_id).await, Err(OrgError::SlugTaken));
    assert_eq!(bench.contents().await, before);

    let renamed = VOXANNE.replace("slug = \"voxanne\"", "slug = \"vox\"");
    let applied = bench.apply(&renamed).await.unwrap();
    assert_eq!((applied.org, applied.changes), (voxanne, vec!["slug changed".to_owned()]));
    let listed = org::list(&bench.db).await.unwrap();
    let lines: Vec<_> = listed.iter().map(ToString::to_string).collect();
    assert_eq!(
        lines,
        [
            format!("demo  {maple}  Maple Dental  2 providers, 3 services"),
            format!("vox  {VOXANNE_ID}  voxanne@demo.com Organization  1 provider, 1 service"),
        ]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_applies_at_once_take_turns() {
    let bench = Bench::new().await;
    let org = bench.apply(MAPLE_DENTAL).await.unwrap().org;
    for round in 1..=5 {
        let one = MAPLE_DENTAL.replace("date = 2026-12-25", &format!("date = 2026-12-0{round}"));
        let other = MAPLE_DENTAL.replace("date = 2026-12-25", &format!("date = 2026-12-1{round}"));
        let (one, other) = tokio::join!(bench.apply(&one), bench.apply(&other));
        assert_eq!((one.unwrap().changes.len(), other.unwrap().changes.len()), (1, 1));
        let closures = bench.clinic(org).await.closures;
        assert_eq!(closures.len(), 2, "{closures:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_clinic_fits_and_numbers_run_out_once() {
    let bench = Bench::new().await;
    let list = |from: usize| -> String {
        (from..from + 1023).map(|n| format!("[[provider]]\nname = \"Chair {n}\"\n")).collect()
    };
    let head = EVERYTHING.split("[[provider]]").next().unwrap();
    let days = head.replace("[\"00:00-24:00\"]", "[\"08:00-12:00\", \"13:00-17:00\"]");
    let services =
        "[[service]]\nname = \"A\"\nminutes = 5\n[[service]]\nname = \"B\"\nminutes = 5\n";
    bench.apply(&format!("{days}{}{services}", list(0))).await.unwrap();
    assert_eq!(bench.count("opening_hours").await, 1023 * 14);
    assert_eq!(bench.count("provider_services").await, 1023 * 2);
    let others = bench.apply(&format!("{days}{}{services}", list(1))).await;
    assert_eq!(others, Err(OrgError::OutOfNumbers("providers")));
}
