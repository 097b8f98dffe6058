//! Texts: owing one, sending it, and finding out what became of one whose outcome is unknown. A row is
//! written in the booking's transaction; everything after it happens outside any transaction, by whoever
//! holds the row's lease.

pub mod confirmation;
mod credentials;
mod reconciling;
pub mod sending;
