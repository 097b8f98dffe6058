//! `vapi-gateway demo`: a clinic, a phone call and everything they need, in one folder.

pub mod cluster;
