//! Shared secrets: in `x-vapi-secret` or as a bearer token.

use super::{CLINIC, answer, assert_is_let_in, body, door, night_owl, status};
use crate::harness::clinics::{MAPLE_SECRET, VOXANNE_SECRET};
use crate::harness::gateway::client;

#[tokio::test(flavor = "multi_thread")]
async fn each_of_the_two_ways_opens_the_door() {
    let gateway = night_owl().start().await;
    let id = gateway.value("SELECT id FROM organizations WHERE slug = 'night-owl'").await;
    let id = id.as_str().expect("an id");
    for org in [CLINIC, id, &id.to_uppercase()] {
        let request = || door(&gateway, org).body(body());
        assert_is_let_in(request().header("x-vapi-secret", MAPLE_SECRET)).await;
        assert_is_let_in(request().header("X-Vapi-Secret", MAPLE_SECRET)).await;
        let bearer = format!("Bearer {MAPLE_SECRET}");
        assert_is_let_in(request().header("authorization", &bearer)).await;
        assert_is_let_in(request().header("authorization", bearer.replace("Bearer", "bearer")))
            .await;
        // An empty header is a missing one, so the other counts.
        let both = request().header("x-vapi-secret", "").header("authorization", &bearer);
        assert_is_let_in(both).await;
        let both = request().header("x-vapi-secret", MAPLE_SECRET).header("authorization", "");
        assert_is_let_in(both).await;
        // One that a proxy put there for itself does not shut out.
        let both = request().header("x-vapi-secret", MAPLE_SECRET).basic_auth("proxy", Some("x"));
        assert_is_let_in(both).await;
    }
    gateway.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn anything_else_is_told_the_same_nothing() {
    let gateway = night_owl().start().await;
    let right = MAPLE_SECRET;
    let shortened = right.strip_suffix('2').expect("its last character");
    let lengthened = format!("{right}x");
    let changed = right.replace("maple", "Maple");
    let request = |org: &str| door(&gateway, org).body(body());
    let secret = |value: &str| request(CLINIC).header("x-vapi-secret", value);
    let bearer = |value: &str| request(CLINIC).header("authorization", value);
    let twice = |name: &str, value: &str| request(CLINIC).header(name, value).header(name, value);
    let refused = [
        ("nothing", request(CLINIC)),
        ("an empty secret", secret("")),
        ("a blank secret", secret("   ")),
        ("an empty bearer token", bearer("Bearer ")),
        ("no scheme", bearer(right)),
        ("another scheme", bearer(&format!("Basic {right}"))),
        ("a wrong secret", secret("wrong")),
        ("a shortened secret", secret(shortened)),
        ("a lengthened secret", secret(&lengthened)),
        ("another case", secret(&changed)),
        ("its digest's form", secret("\\x00")),
        ("another clinic's", secret(VOXANNE_SECRET)),
        ("another clinic's, as a token", bearer(&format!("Bearer {VOXANNE_SECRET}"))),
        ("the right one twice", twice("x-vapi-secret", right)),
        ("the right token twice", twice("authorization", &format!("Bearer {right}"))),
        ("the right one after a wrong one", secret("wrong").header("x-vapi-secret", right)),
        ("the right one in a list", secret(&format!("{right}, {right}"))),
        ("in another header", request(CLINIC).header("x-secret", right)),
        ("in the URL", request(&format!("{CLINIC}?secret={right}"))),
        ("an unknown clinic", request("nobody").header("x-vapi-secret", right)),
        ("another's clinic", request("voxanne").header("x-vapi-secret", right)),
        ("the nil UUID", {
            let nil = uuid::Uuid::nil().to_string();
            request(&nil).header("x-vapi-secret", right)
        }),
        ("a long name", request(&"n".repeat(200)).header("x-vapi-secret", right)),
        ("a strange name", request("night-owl%27%20OR%201=1").header("x-vapi-secret", right)),
        ("a NUL in the name", request("night-owl%00").header("x-vapi-secret", right)),
        ("no UTF-8 in the name", request("night-owl%ff").header("x-vapi-secret", right)),
        ("another case of the name", request("Night-Owl").header("x-vapi-secret", right)),
        ("a space after the name", request("night-owl%20").header("x-vapi-secret", right)),
    ];
    for (what, request) in refused {
        let (status, text) = answer(request).await;
        assert_eq!((status, text.as_str()), (401, r#"{"error":"unauthorized"}"#), "{what}");
    }
    gateway.stop().await;
}

/// Which clinics there are cannot be told from the door's frame either.
#[tokio::test(flavor = "multi_thread")]
async fn other_methods_are_told_the_same_of_every_door() {
    let gateway = night_owl().start().await;
    for org in [CLINIC, "nobody"] {
        let url = format!("{}/vapi/{org}", gateway.url);
        for request in [client().get(&url), client().put(&url), client().delete(&url)] {
            assert_eq!(status(request.header("x-vapi-secret", MAPLE_SECRET)).await, 404);
        }
    }
    for path in ["vapi", "vapi/", "vapi/night-owl/more", "vapi//", ""] {
        let request = client().post(format!("{}/{path}", gateway.url));
        let status = status(request.header("x-vapi-secret", MAPLE_SECRET).body(body())).await;
        assert!([401, 404].contains(&status), "{path}: {status}");
    }
    gateway.stop().await;
}
