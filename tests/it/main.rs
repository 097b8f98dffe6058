//! Every test of the service, in one binary.

#![cfg(test)]

mod clock;
mod config;
mod telemetry;
mod vault;
