//! Every test of the service, in one binary.

#![cfg(test)]

mod book_appointment;
mod check_availability;
mod clock;
mod cluster;
mod cluster_crashes;
mod config;
mod crashes;
mod deadlines;
mod guarding;
mod harness;
mod hearing;
mod house;
mod operations;
mod org_apply;
mod org_file;
mod races;
mod repeats;
mod schema;
mod sentences;
mod shapes;
mod telemetry;
mod texts;
mod twilio_client;
mod twilio_faults;
mod twilio_spec;
mod twilio_stand_in;
mod vapi_wire;
mod vault;
mod zones;
