//! Statements that a connection prepares once. Diesel prepares anew every UPDATE and every INSERT whose
//! values may be missing, since their text could be another each time: a round trip, parsing and planning,
//! a dozen times in a booking. Ours have one text, or two; a list of rows has as many texts as lengths, so
//! it must not be kept.

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

/// Says of a statement that it is to be prepared once.
pub(super) trait Cached: Sized {
    fn cached(self) -> CachedStatement<Self> {
        CachedStatement(self)
    }
}

impl<S: QueryFragment<Pg>> Cached for S {}

pub(super) struct CachedStatement<S>(S);

impl<S: QueryFragment<Pg>> QueryFragment<Pg> for CachedStatement<S> {
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &Pg) -> QueryResult<bool> {
        Ok(true)
    }
}

/// No id: it is found by its text and the types of its parameters.
impl<S> QueryId for CachedStatement<S> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<S: Query> Query for CachedStatement<S> {
    type SqlType = S::SqlType;
}
