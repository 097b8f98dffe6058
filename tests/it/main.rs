//! Every test of the service, in one binary.

#![cfg(test)]

mod vapi_wire;
