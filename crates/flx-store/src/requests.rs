//! What requests brought: for their owners to see, not for the books.

use diesel::prelude::*;
use flx_plans::Origin;

use crate::connection::Connection;
use crate::ids::uuid_text;
use crate::schema::requests;
use crate::{AccountId, Result, Store, StoreError};

/// Rows deleted in one transaction, so that requests get their turn in between.
const BATCH: i64 = 500;

/// A request that was worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// By an API key, or in the dashboard.
    pub origin: Origin,
    /// Pictures that were compressed.
    pub compressed: u32,
    /// Pictures that were not.
    pub failed: u32,
    /// Bytes of the originals of what was compressed.
    pub bytes_before: u64,
    /// Bytes of the results.
    pub bytes_after: u64,
}

/// A request of the past.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PastRequest {
    /// When it was settled, in Unix milliseconds.
    pub at_ms: i64,
    /// What it brought.
    pub request: NewRequest,
}

type Row = (i64, String, i64, i64, i64, i64);

impl Store {
    /// At most `limit` of an account's requests, newest first.
    ///
    /// # Errors
    /// Only outages.
    pub fn recent_requests(&self, account: &AccountId, limit: u32) -> Result<Vec<PastRequest>> {
        let rows: Vec<Row> = self.read(|connection| {
            Ok(requests::table
                .filter(requests::account_id.eq(account.as_str()))
                .order((requests::at_ms.desc(), requests::id.desc()))
                .limit(limit.into())
                .select((
                    requests::at_ms,
                    requests::origin,
                    requests::compressed,
                    requests::failed,
                    requests::bytes_before,
                    requests::bytes_after,
                ))
                .load(connection)?)
        })?;
        let past = |(at_ms, origin, compressed, failed, before, after): Row| {
            let bad = |column| move |_| StoreError::BadRow { table: "requests", column };
            Ok(PastRequest {
                at_ms,
                request: NewRequest {
                    origin: origin_of(&origin)?,
                    compressed: u32::try_from(compressed).map_err(bad("compressed"))?,
                    failed: u32::try_from(failed).map_err(bad("failed"))?,
                    bytes_before: u64::try_from(before).map_err(bad("bytes_before"))?,
                    bytes_after: u64::try_from(after).map_err(bad("bytes_after"))?,
                },
            })
        };
        rows.into_iter().map(past).collect()
    }

    /// Deletes what lies before a moment; returns how many there were.
    ///
    /// # Errors
    /// Only outages; what was deleted before stays deleted.
    pub fn forget_requests(&self, before_ms: i64) -> Result<usize> {
        let mut forgotten = 0;
        loop {
            let old: Vec<String> = self.read(|connection| {
                Ok(requests::table
                    .filter(requests::at_ms.lt(before_ms))
                    .order(requests::at_ms)
                    .limit(BATCH)
                    .select(requests::id)
                    .load(connection)?)
            })?;
            if old.is_empty() {
                return Ok(forgotten);
            }
            forgotten += self.write(|connection| {
                Ok(diesel::delete(requests::table.filter(requests::id.eq_any(old)))
                    .execute(connection)?)
            })?;
        }
    }
}

/// Notes a request in the transaction of its settle.
pub(crate) fn insert(
    connection: &mut Connection,
    account: &AccountId,
    request: &NewRequest,
    now_ms: i64,
) -> Result<()> {
    let bytes = |bytes: u64| i64::try_from(bytes).unwrap_or(i64::MAX);
    diesel::insert_into(requests::table)
        .values((
            requests::id.eq(uuid_text(now_ms)),
            requests::account_id.eq(account.as_str()),
            requests::origin.eq(origin_text(request.origin)),
            requests::compressed.eq(i64::from(request.compressed)),
            requests::failed.eq(i64::from(request.failed)),
            requests::bytes_before.eq(bytes(request.bytes_before)),
            requests::bytes_after.eq(bytes(request.bytes_after)),
            requests::at_ms.eq(now_ms),
        ))
        .execute(connection)?;
    Ok(())
}

fn origin_text(origin: Origin) -> &'static str {
    match origin {
        Origin::ApiKey => "api",
        Origin::Dashboard => "dashboard",
    }
}

fn origin_of(text: &str) -> Result<Origin> {
    match text {
        "api" => Ok(Origin::ApiKey),
        "dashboard" => Ok(Origin::Dashboard),
        _ => Err(StoreError::BadRow { table: "requests", column: "origin" }),
    }
}
