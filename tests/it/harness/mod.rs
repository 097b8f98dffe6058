//! What tests share: a database, a gateway in front of it, a stand-in for Twilio, and bodies to post.

pub(crate) mod clinics;
pub(crate) mod cluster;
pub(crate) mod fixtures;
pub(crate) mod fleet;
pub(crate) mod gateway;
pub(crate) mod holding;
pub(crate) mod invariants;
pub(crate) mod locks;
pub(crate) mod outage;
pub(crate) mod patience;
pub(crate) mod process;
pub(crate) mod receiver;
pub(crate) mod rows;
pub(crate) mod run;
pub(crate) mod twilio;
pub(crate) mod vapi;
pub(crate) mod wire;
