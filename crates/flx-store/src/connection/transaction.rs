//! Transactions that report the error which caused their rollback.

use super::Connection;
use crate::{Result, StoreError};

/// `BEGIN IMMEDIATE`: takes the write lock at once, waiting for it as long as the busy timeout
/// says. A deferred transaction that reads before it writes would fail without waiting.
pub(crate) fn immediate<T>(
    connection: &mut Connection,
    change: impl FnOnce(&mut Connection) -> Result<T>,
) -> Result<T> {
    let mut cause = None;
    let outcome = connection
        .immediate_transaction(|connection| change(connection).map_err(|e| set(&mut cause, e)));
    report(outcome, cause)
}

/// Several reads of one state of the database.
pub(crate) fn snapshot<T>(
    connection: &mut Connection,
    ask: impl FnOnce(&mut Connection) -> Result<T>,
) -> Result<T> {
    let mut cause = None;
    let outcome = diesel::Connection::transaction(connection, |connection| {
        ask(connection).map_err(|e| set(&mut cause, e))
    });
    report(outcome, cause)
}

fn set(cause: &mut Option<StoreError>, error: StoreError) -> diesel::result::Error {
    *cause = Some(error);
    diesel::result::Error::RollbackTransaction
}

/// On a full disk SQLite rolls back by itself, and diesel's rollback then fails with words that
/// say nothing about the disk.
fn report<T>(outcome: diesel::QueryResult<T>, cause: Option<StoreError>) -> Result<T> {
    match (outcome, cause) {
        (Ok(value), _) => Ok(value),
        (Err(_), Some(cause)) => Err(cause),
        (Err(error), None) => Err(error.into()),
    }
}
