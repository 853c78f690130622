//! Statements that are worth preparing once.
//!
//! What a request runs often must stay prepared. SQLite plans a statement anew at every run whose
//! plan depends on a bound value, and a bound LIMIT, which diesel's `first` adds, is one, as is a
//! value compared with a partial index's condition. So rows found by a unique key are asked for
//! without a LIMIT (`get_result`), and partial indexes have conditions without values.

use diesel::backend::Backend;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::{QueryResult, RunQueryDsl};

/// An UPDATE whose text never varies, only its values do.
///
/// Diesel prepares every UPDATE anew, because a changeset may leave columns out; parsing and
/// planning is then most of the time that the statement takes. This keeps it in the connection's
/// cache, found by its text. Not for statements with a varying number of values.
pub(crate) struct Prepared<Q>(pub(crate) Q);

impl<Q, DB> QueryFragment<DB> for Prepared<Q>
where
    DB: Backend,
    Q: QueryFragment<DB>,
{
    fn walk_ast<'b>(&'b self, pass: AstPass<'_, 'b, DB>) -> QueryResult<()> {
        self.0.walk_ast(pass)
    }

    fn is_safe_to_cache_prepared(&self, _backend: &DB) -> QueryResult<bool> {
        Ok(true)
    }
}

impl<Q> QueryId for Prepared<Q> {
    type QueryId = ();

    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q: Query> Query for Prepared<Q> {
    type SqlType = Q::SqlType;
}

impl<Q, C> RunQueryDsl<C> for Prepared<Q> {}
