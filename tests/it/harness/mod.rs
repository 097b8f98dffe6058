//! What the tests share: the server of PostgreSQL and a database each.

pub(crate) mod cluster;
