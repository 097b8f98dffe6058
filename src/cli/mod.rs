//! The operator's commands. They print through a writer that `main` hands them.

mod openapi;

pub mod conversation;
pub mod org;
pub mod replay;
pub mod tools;
