//! Two `serve` processes on one database, sixteen connections each, and a clinic that never closes.
//! `serve` goes by the real clock, so what is booked lies a week ahead of it.

use futures_util::future::join_all;
use serde_json::json;
use time::{Date, Duration};
use vapi_gateway::clock::wall_now;

use super::clinics::always_open;
use super::gateway::{Gateway, Setup, ask, post, secret_of};
use super::patience::eventually;
use super::process::ServeProcess;
use super::vapi::{Reply, ToolCall, check_availability};

/// Its slug. Two providers, in UTC.
pub(crate) const CLINIC: &str = "night-owl";

/// Time-outs for a crowd on a machine that does a hundred other things.
const UNHURRIED: [(&str, &str); 6] = [
    ("GATEWAY__DATABASE__POOL_SIZE", "16"),
    ("GATEWAY__DATABASE__POOL_WAIT_MS", "20000"),
    ("GATEWAY__DATABASE__LOCK_TIMEOUT_MS", "25000"),
    ("GATEWAY__DATABASE__STATEMENT_TIMEOUT_MS", "28000"),
    ("GATEWAY__DATABASE__BUDGET_MS", "28000"),
    ("GATEWAY__VAPI__REPLY_DEADLINE_MS", "60000"),
];

pub(crate) struct Fleet {
    /// For its database and its Twilio; nothing is asked of it.
    pub(crate) gateway: Gateway,
    settings: Vec<(&'static str, String)>,
    nodes: Vec<ServeProcess>,
}

impl Fleet {
    /// `prepare` is run on the database before the processes start.
    pub(crate) async fn start(settings: &[(&'static str, &str)], prepare: &str) -> Self {
        let clinic = always_open(CLINIC, "Night Owl Clinic", "UTC", "US");
        let gateway = Setup::default().clinic(clinic).start().await;
        gateway.execute(prepare).await;
        let settings =
            UNHURRIED.iter().chain(settings).map(|(n, v)| (*n, (*v).to_owned())).collect();
        let mut fleet = Self { gateway, settings, nodes: Vec::new() };
        fleet.start_nodes().await;
        fleet
    }

    async fn start_nodes(&mut self) {
        for _ in 0..2 {
            let Gateway { database, stand_in, .. } = &self.gateway;
            let node = ServeProcess::start(&database.url, stand_in.base_url(), &self.settings);
            self.nodes.push(node.await);
        }
    }

    /// Stops both processes in an orderly way.
    pub(crate) async fn stop(&mut self) {
        for node in self.nodes.drain(..) {
            let (code, log) = node.terminate().await;
            assert_eq!(code, Some(0), "{log:?}");
        }
    }

    /// Both processes anew.
    pub(crate) async fn restart(&mut self) {
        self.stop().await;
        self.start_nodes().await;
    }

    /// Returns once both know the clinic's credentials and have connections.
    pub(crate) async fn warm_up(&self) {
        let call = check_availability(json!({})).body();
        for node in &self.nodes {
            let known = async || {
                let (_, answer) = post(&node.url, CLINIC, secret_of(CLINIC), &call).await;
                (answer["results"][0]["metadata"]["outcome"] == "offered").then_some(())
            };
            eventually("the process is warm", known).await;
        }
    }

    /// The address of one of the two.
    pub(crate) fn url(&self, node: usize) -> &str {
        &self.nodes[node % self.nodes.len()].url
    }

    pub(crate) async fn ask(&self, node: usize, call: &ToolCall) -> Reply {
        ask(self.url(node), CLINIC, call).await
    }

    /// All of them at once, every second one at the other process; the replies in the calls' order.
    pub(crate) async fn race(&self, calls: &[ToolCall]) -> Vec<Reply> {
        join_all(calls.iter().enumerate().map(|(place, call)| self.ask(place, call))).await
    }
}

/// The date so many days after the coming week's end.
pub(crate) fn a_week_and(days: i64) -> Date {
    (wall_now() + Duration::weeks(1) + Duration::days(days)).date()
}

/// One of many patients: a number reserved for fiction, and a name that they share.
pub(crate) fn phone(number: usize) -> String {
    let areas = ["212", "646", "917", "415"];
    format!("+1{}55501{:02}", areas[number / 100], number % 100)
}
