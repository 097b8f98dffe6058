//! The receptionist back end that a Vapi voice agent asks: it finds free times, books one in a
//! Postgres transaction behind a row lock, texts the patient over the clinic's own Twilio account and
//! gives the agent one sentence that is true about both. `ARCHITECTURE.md` is the map.

pub mod app;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod domain;
pub mod http;
pub mod messaging;
pub mod scheduling;
pub mod speech;
pub mod telemetry;
pub mod tools;
pub mod twilio;
pub mod vapi;
pub mod vault;
pub mod worker;
