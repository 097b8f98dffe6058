//! Every test of the service, in one binary.

#![cfg(test)]

mod book_appointment;
mod check_availability;
mod clock;
mod cluster;
mod cluster_crashes;
mod config;
mod crashes;
mod harness;
mod hearing;
mod house;
mod logs;
mod operations;
mod telemetry;
mod texts;
mod twilio_client;
mod twilio_faults;
mod twilio_spec;
mod twilio_stand_in;
mod vapi_wire;
mod vault;
