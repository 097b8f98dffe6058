//! The confirmation page in a real browser, at a phone's width and at a desk's: what is tapped, what is then
//! seen, and that nothing hangs over the edge. `GATEWAY_SCREENSHOTS` names a folder for pictures.

use std::path::PathBuf;
use std::process::Stdio;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};
use time::macros::datetime;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::confirmation::invite;
use crate::harness::gateway::{Gateway, Setup, client};
use crate::harness::patience::{PATIENCE, until};
use crate::harness::vapi::CALLER;

/// The smallest target for a finger (WCAG 2.2, "target size (enhanced)").
const SMALLEST_TARGET: f64 = 44.0;

/// Debian's chromium, driven over the WebDriver protocol.
struct Browser {
    session: String,
    width: u32,
    _driver: Child,
    _profile: tempfile::TempDir,
}

impl Browser {
    async fn start(width: u32, height: u32) -> Self {
        let mut driver = Command::new("chromedriver")
            .arg("--port=0")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("chromedriver starts");
        let port = port_of(&mut driver).await;
        let profile = tempfile::tempdir().expect("a folder");
        let own = [
            format!("--user-data-dir={}", profile.path().display()),
            format!("--window-size={width},{height}"),
        ];
        let args = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
        ];
        let args: Vec<&str> = args.into_iter().chain(own.iter().map(String::as_str)).collect();
        let mut options = json!({ "args": args });
        if width < 500 {
            // No window is as narrow as a phone.
            let metrics = json!({ "width": width, "height": height, "pixelRatio": 2.0 });
            options["mobileEmulation"] = json!({ "deviceMetrics": metrics });
        }
        let wanted = json!({ "browserName": "chrome", "goog:chromeOptions": options });
        let base = format!("http://127.0.0.1:{port}/session");
        let asked = json!({ "capabilities": { "alwaysMatch": wanted } });
        let made = send(client().post(&base).json(&asked)).await;
        let id = made["sessionId"].as_str().expect("a session");
        Self { session: format!("{base}/{id}"), width, _driver: driver, _profile: profile }
    }

    async fn post(&self, command: &str, body: Value) -> Value {
        send(client().post(format!("{}/{command}", self.session)).json(&body)).await
    }

    async fn open(&self, url: &str) {
        self.post("url", json!({ "url": url })).await;
    }

    async fn run(&self, script: &str) -> Value {
        self.post("execute/sync", json!({ "script": script, "args": [] })).await
    }

    async fn click(&self, selector: &str) {
        let found = json!({ "using": "css selector", "value": selector });
        let element = self.post("element", found).await;
        let id = element.as_object().and_then(|e| e.values().next()?.as_str()).expect("an element");
        self.post(&format!("element/{id}/click"), json!({})).await;
    }

    /// Waits until the page says this: a tap is answered before what it leads to is there.
    async fn until_it_says(&self, words: &str) {
        let text = "return document.body ? document.body.innerText : ''";
        let says = async || self.run(text).await.as_str().is_some_and(|t| t.contains(words));
        until(&format!("the page says {words:?}"), says).await;
    }

    async fn dark(&self, is_on: bool) {
        let value = if is_on { "dark" } else { "light" };
        let features = json!([{ "name": "prefers-color-scheme", "value": value }]);
        let command =
            json!({ "cmd": "Emulation.setEmulatedMedia", "params": { "features": features } });
        self.post("goog/cdp/execute", command).await;
    }

    /// Holds the page against its rules, and takes a picture of it by day and by night.
    async fn look(&self, name: &str, targets: usize) {
        let wide = "const e = document.documentElement; return [e.scrollWidth, e.clientWidth]";
        let widths = self.run(wide).await;
        let (content, view) = (widths[0].as_f64().unwrap(), widths[1].as_f64().unwrap());
        assert!(content <= view, "{name} at {}: {content} in {view}", self.width);
        assert!(view <= f64::from(self.width), "{name}: {view}");
        let rects = "return [...document.querySelectorAll('button, a')].map(e => e.getBoundingClientRect()).map(r => [r.left, r.right, r.width, r.height])";
        let rects = self.run(rects).await;
        let rects = rects.as_array().expect("a list");
        assert_eq!(rects.len(), targets, "{name}: buttons and links");
        for rect in rects {
            let part = |at: usize| rect[at].as_f64().expect("a number");
            assert!(part(0) >= 0.0 && part(1) <= view, "{name} hangs over: {rect}");
            assert!(part(2) >= SMALLEST_TARGET && part(3) >= SMALLEST_TARGET, "{name}: {rect}");
        }
        let styled = "return getComputedStyle(document.querySelector('main')).maxWidth";
        assert_eq!(self.run(styled).await, "480px", "{name} has its style sheet");
        for (scheme, is_dark) in [("night", true), ("day", false)] {
            self.dark(is_dark).await;
            let Some(folder) = pictures() else { continue };
            let picture = send(client().get(format!("{}/screenshot", self.session))).await;
            let bytes = BASE64_STANDARD.decode(picture.as_str().expect("a picture")).unwrap();
            let file = folder.join(format!("{}-{name}-{scheme}.png", self.width));
            std::fs::write(file, bytes).expect("a picture is written");
        }
    }

    async fn end(self) {
        send(client().delete(&self.session)).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "where pictures go is no setting of the gateway")]
fn pictures() -> Option<PathBuf> {
    std::env::var_os("GATEWAY_SCREENSHOTS").map(PathBuf::from)
}

/// What a command gives; a refusal is a failure of the test.
async fn send(request: reqwest::RequestBuilder) -> Value {
    let answer = request.send().await.expect("an answer of chromedriver");
    let status = answer.status();
    let body: Value = answer.json().await.expect("JSON");
    assert!(status.is_success(), "{body}");
    body["value"].clone()
}

/// "ChromeDriver was started successfully on port 40123."
async fn port_of(driver: &mut Child) -> u16 {
    let mut lines = BufReader::new(driver.stdout.take().expect("its output")).lines();
    let reading = async {
        loop {
            let line = lines.next_line().await.expect("a line").expect("a port is told");
            if let Some((_, port)) = line.split_once("successfully on port ") {
                return port.trim_end_matches('.').parse().expect("a port");
            }
        }
    };
    timeout(PATIENCE, reading).await.expect("chromedriver starts in time")
}

async fn visit(gateway: &Gateway, late: &Gateway, width: u32, height: u32, path: &str) {
    let browser = Browser::start(width, height).await;
    let url = format!("{}{path}", gateway.url);
    browser.open(&url).await;
    browser.until_it_says("Will you come?").await;
    browser.look("open", 4).await;

    browser.click("button[value=confirm]").await;
    browser.until_it_says("it is confirmed").await;
    assert_eq!(browser.run("return location.href").await, url.as_str());
    browser.look("confirmed", 3).await;

    browser.click("button[value=decline]").await;
    browser.until_it_says("You told us that you can\u{2019}t come.").await;
    browser.look("declined", 2).await;

    // A second visit sees what was answered, and can still change it.
    browser.open("about:blank").await;
    browser.open(&url).await;
    browser.until_it_says("Can you come after all?").await;
    browser.click("button[value=confirm]").await;
    browser.until_it_says("it is confirmed").await;

    browser.open(&format!("{}{path}", late.url)).await;
    browser.until_it_says("This appointment is over").await;
    browser.look("over", 1).await;
    browser.open(&format!("{}/c/nobody", gateway.url)).await;
    browser.look("unknown", 0).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "needs chromedriver; .ci/run runs it"]
async fn a_patient_confirms_declines_returns_and_comes_too_late() {
    let over = datetime!(2026-11-24 16:00 UTC);
    for (width, height) in [(390, 844), (1280, 900)] {
        let gateway = Setup::default().unhurried().start().await;
        let long = "Maple Dental & Orthodontics of the Greater Hudson Valley";
        gateway
            .execute(&format!("UPDATE organizations SET phone = '+12125550100', name = '{long}'"))
            .await;
        let late = Setup::default().unhurried().at(over).join(&gateway);
        let path = invite(&gateway, CALLER).await;
        visit(&gateway, &late, width, height, &path).await;
        let response = gateway.value("SELECT patient_response FROM appointments").await;
        assert_eq!(response, "confirmed");
    }
}
