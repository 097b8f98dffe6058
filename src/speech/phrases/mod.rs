//! Every sentence that the assistant is given, in one place.

pub mod availability;
pub mod booking;
pub mod questions;
pub mod trouble;
