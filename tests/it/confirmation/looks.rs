//! What the page shows and says about itself, and that looking at it changes nothing.

use reqwest::Method;

use super::{at, browser, invited, page};
use crate::harness::clinics::always_open;
use crate::harness::gateway::Setup;
use crate::harness::vapi::{CALLER, book_appointment};
use serde_json::json;
use time::macros::datetime;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_where_and_when_and_nothing_of_the_person() {
    let (gateway, path) = invited().await;
    let page = gateway.open(&path).await;
    assert_eq!(page.status, 200);
    for part in [
        "<html lang=\"en\">",
        "<title>Your appointment at Maple Dental</title>",
        "Tuesday, November 24, 2026",
        "9:30 AM",
        "datetime=\"2026-11-24T09:30\"",
        "Will you come?",
        ">Confirm</button>",
        ">I can&#8217;t come</button>",
        "href=\"tel:+12125550100\"",
        "+1 212-555-0100",
        ">Add to calendar</a>",
        "method=\"post\"",
    ] {
        assert!(page.says(part), "{part} is missing: {}", page.text);
    }
    for part in
        ["Ada", "Sample", "Consultation", "Amara", "Lee", "0142", "<script", "http:", "style="]
    {
        assert!(!page.says(part), "{part}: {}", page.text);
    }
    // Where the clinic has given no number, there is nothing to call.
    gateway.execute("UPDATE organizations SET phone = NULL").await;
    let page = gateway.open(&path).await;
    assert!(!page.says("tel:") && !page.says("Call the clinic"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_page_is_kept_by_nobody_and_listed_by_nobody() {
    let (gateway, path) = invited().await;
    let mut pages = vec![gateway.open(&path).await, gateway.open("/c/nobody").await];
    pages.push(gateway.submit(&path, "answer=perhaps").await);
    pages.push(gateway.submit(&path, "answer=confirm").await);
    pages.push(gateway.open(&format!("{path}/appointment.ics")).await);
    pages.push(at(&gateway, super::END).open(&path).await);
    let statuses: Vec<u16> = pages.iter().map(|page| page.status).collect();
    assert_eq!(statuses, [200, 404, 400, 303, 200, 410]);
    for page in pages {
        assert_eq!(
            page.header("content-security-policy"),
            "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
        );
        assert_eq!(page.header("referrer-policy"), "no-referrer");
        assert_eq!(page.header("cache-control"), "no-store");
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("x-robots-tag"), "noindex, nofollow");
    }
    let style = gateway.open("/c/style.css").await;
    assert_eq!((style.status, style.header("content-type")), (200, "text/css; charset=utf-8"));
    assert_eq!(style.header("cache-control"), "public, max-age=3600");
    assert!(!style.says("url(") && !style.says("@import"), "everything is in it");
}

#[tokio::test(flavor = "multi_thread")]
async fn looking_changes_nothing() {
    let (gateway, path) = invited().await;
    let before = gateway.answered().await;
    let url = format!("{}{path}", gateway.url);
    let whole = page(browser().get(&url)).await;
    let head = page(browser().head(&url)).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
    assert_eq!(head.header("content-type"), whole.header("content-type"));
    for query in ["?answer=confirm", "?answer=decline&method=post"] {
        assert_eq!(page(browser().get(format!("{url}{query}"))).await.status, 200);
        assert_eq!(page(browser().head(format!("{url}{query}"))).await.status, 200);
    }
    for method in [Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS] {
        let refused = page(browser().request(method.clone(), &url).body("answer=confirm")).await;
        assert_eq!(refused.status, 404, "{method}");
    }
    assert_eq!(gateway.answered().await, before);
}

/// The hour that the clocks go back: the page says the time that was told.
#[tokio::test(flavor = "multi_thread")]
async fn the_time_is_the_clinics_whatever_its_clocks_do() {
    let file = always_open("night", "Night Clinic", "America/New_York", "US");
    let now = datetime!(2026-10-31 15:00 UTC);
    let gateway = Setup::default().unhurried().at(now).clinic(file).start().await;
    let wish = json!({ "patient_name": "Ada Sample", "date": "2026-11-01", "time": "2:30 AM" });
    let reply = gateway.call("night", &book_appointment(wish)).await;
    assert_eq!((reply.outcome(), reply.starts_at()), ("booked", "2026-11-01T07:30:00Z"));
    let path = super::path_of_link(&gateway.stand_in.messages_to(CALLER)[0].body);
    let page = gateway.open(&path).await;
    assert!(page.says("Sunday, November 1, 2026") && page.says("2:30 AM"), "{}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_name_stays_text() {
    let (gateway, path) = invited().await;
    gateway
        .execute("UPDATE organizations SET name = E'<img src=x onerror=alert(1)> \"& Co\\r\\nX: y'")
        .await;
    let page = gateway.open(&path).await;
    assert!(!page.says("<img") && page.says("&#60;img"), "{}", page.text);
    let file = gateway.open(&format!("{path}/appointment.ics")).await;
    assert_eq!(file.status, 200);
    assert!(!file.text.lines().any(|line| line.starts_with("X: y")), "{}", file.text);
}

/// The contrast of two colors (WCAG 2.2, "contrast ratio").
fn contrast(one: &str, other: &str) -> f64 {
    let luminance = |hex: &str| {
        let part = |at: usize| {
            let byte =
                u8::from_str_radix(hex.get(at..at + 2).expect("two digits"), 16).expect("a color");
            let c = f64::from(byte) / 255.0;
            if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
    };
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn colors_can_be_read_by_day_and_by_night() {
    let style = include_str!("../../../src/http/confirmation/style.css");
    let (day, night) = style.split_once("prefers-color-scheme: dark").expect("a dark scheme");
    for scheme in [day, night] {
        let color = |name: &str| {
            let (_, rest) = scheme.split_once(&format!("--{name}: ")).expect(name);
            rest.split(';').next().expect("a value").to_owned()
        };
        for (ink, paper) in [
            ("ink", "card"),
            ("soft", "card"),
            ("ink", "page"),
            ("on-main", "main"),
            ("main", "card"),
            ("on-good", "good"),
            ("on-bad", "bad"),
        ] {
            let ratio = contrast(&color(ink), &color(paper));
            assert!(ratio >= 4.5, "{ink} on {paper}: {ratio:.2}");
        }
        assert!(contrast(&color("soft"), &color("card")) >= 3.0, "the edge of a button");
    }
}
