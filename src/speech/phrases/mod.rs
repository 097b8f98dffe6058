//! Every sentence for the assistant to say, by the outcome it speaks of.

pub mod questions;
