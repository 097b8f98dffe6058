//! The receptionist back end that a Vapi voice agent asks: it finds free times, books one in a
//! Postgres transaction behind a row lock, texts the patient over the clinic's own Twilio account and
//! gives the agent one sentence that is true about both. `ARCHITECTURE.md` is the map.

pub mod domain;
pub mod speech;
