//! Every test of the service, in one binary.

#![cfg(test)]

mod cluster;
mod cluster_crashes;
mod harness;
