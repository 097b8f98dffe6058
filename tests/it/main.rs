//! Every test of the service, in one binary.

#![cfg(test)]

mod authentication;
mod book_appointment;
mod browser;
mod check_availability;
mod clock;
mod cluster;
mod cluster_crashes;
mod command_line;
mod config;
mod confirmation;
mod crashes;
mod deadlines;
mod delivery;
mod demo;
mod guarding;
mod harness;
mod hearing;
mod house;
mod inbound;
mod logs;
mod operations;
mod opt_out_of_texts;
mod org_apply;
mod org_file;
mod prism;
mod races;
mod repeats;
mod schema;
mod sentences;
mod shapes;
mod telemetry;
mod tenants;
mod texts;
mod twilio_client;
mod twilio_faults;
mod twilio_inbound;
mod twilio_signatures;
mod twilio_spec;
mod twilio_stand_in;
mod twilio_webhooks;
mod vapi_wire;
mod vault;
mod webhooks;
mod zones;
