//! The operator's side: one executable, a subcommand per role.

pub mod demo;
