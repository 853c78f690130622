//! Results: what can be downloaded, for how long, and where its bytes lie.
//!
//! The order that leaves no orphan: the file first, made durable, then its row (in the settle's
//! transaction); at the end the file first, then its row. A crash in between leaves at worst a row
//! without a file (answered as gone, and deleted by the next sweep) or, before the settle, a file
//! without a row, which [`Store::unknown_object_keys`] tells a sweep of the folder about.

use std::collections::HashSet;

use diesel::prelude::*;

use crate::connection::Connection;
use crate::schema::results;
use crate::{AccountId, ResultId, Store, StoreError};

/// Values bound in one statement, well below every database's limit.
const CHUNK: usize = 500;
/// Most results of a session that are listed.
const MOST_OF_SESSION: i64 = 1_000;

/// A result to store with its settle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewResult {
    /// Its id, made by the caller, who may need it in the file's name.
    pub id: ResultId,
    /// The session it belongs to.
    pub session_id: String,
    /// The name it is downloaded under.
    pub name: String,
    /// Its media type: `image/webp`, …
    pub media_type: String,
    /// Its size in bytes, at most `i64::MAX`.
    pub size_bytes: u64,
    /// What the result storage calls it; unique, not a path.
    pub object_key: String,
    /// When it was made, in Unix milliseconds.
    pub created_at_ms: i64,
    /// From when on it may be deleted, in Unix milliseconds.
    pub expires_at_ms: i64,
}

/// A stored result.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct StoredResult {
    /// Whose result it is. The account may have been deleted since.
    pub account: AccountId,
    /// What it is.
    pub result: NewResult,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = results)]
struct ResultRow {
    id: String,
    account_id: String,
    session_id: String,
    name: String,
    media_type: String,
    size_bytes: i64,
    object_key: String,
    created_at_ms: i64,
    expires_at_ms: i64,
}

impl ResultRow {
    fn new(account: &AccountId, result: &NewResult) -> Result<Self, StoreError> {
        Ok(Self {
            id: result.id.to_string(),
            account_id: account.to_string(),
            session_id: result.session_id.clone(),
            name: result.name.clone(),
            media_type: result.media_type.clone(),
            size_bytes: i64::try_from(result.size_bytes).map_err(|_| StoreError::OutOfRange {
                what: "the size of a result",
                value: i64::MAX,
                allowed: "at most 9223372036854775807 bytes",
            })?,
            object_key: result.object_key.clone(),
            created_at_ms: result.created_at_ms,
            expires_at_ms: result.expires_at_ms,
        })
    }

    fn into_result(self) -> Result<StoredResult, StoreError> {
        Ok(StoredResult {
            account: AccountId::of_row(self.account_id),
            result: NewResult {
                id: ResultId::of_row(self.id),
                session_id: self.session_id,
                name: self.name,
                media_type: self.media_type,
                size_bytes: u64::try_from(self.size_bytes)
                    .map_err(|_| StoreError::BadRow { table: "results", column: "size_bytes" })?,
                object_key: self.object_key,
                created_at_ms: self.created_at_ms,
                expires_at_ms: self.expires_at_ms,
            },
        })
    }
}

impl Store {
    /// The result with this id, expired or not.
    ///
    /// # Errors
    /// Only outages.
    pub fn find_result(&self, id: &ResultId) -> Result<Option<StoredResult>, StoreError> {
        self.read(|connection| {
            let row: Option<ResultRow> =
                results::table.find(id.as_str()).get_result(connection).optional()?;
            row.map(ResultRow::into_result).transpose()
        })
    }

    /// The results of one of an account's sessions that have not expired, oldest first, then by name.
    ///
    /// # Errors
    /// Only outages.
    pub fn session_results(
        &self,
        account: &AccountId,
        session_id: &str,
        now_ms: i64,
    ) -> Result<Vec<NewResult>, StoreError> {
        let rows: Vec<ResultRow> = self.read(|connection| {
            Ok(results::table
                .filter(results::account_id.eq(account.as_str()))
                .filter(results::session_id.eq(session_id))
                .filter(results::expires_at_ms.gt(now_ms))
                .order((results::created_at_ms, results::name))
                .limit(MOST_OF_SESSION)
                .load(connection)?)
        })?;
        rows.into_iter().map(|row| Ok(row.into_result()?.result)).collect()
    }

    /// At most `limit` results that have expired, oldest first; those behind `after` when it is
    /// given. Delete their files, then hand their ids to [`Store::delete_results`].
    ///
    /// # Errors
    /// Only outages.
    pub fn expired_results(
        &self,
        now_ms: i64,
        after: Option<&StoredResult>,
        limit: u32,
    ) -> Result<Vec<StoredResult>, StoreError> {
        self.read(|connection| {
            let mut query = results::table
                .filter(results::expires_at_ms.le(now_ms))
                .order((results::expires_at_ms, results::id))
                .limit(limit.into())
                .into_boxed();
            if let Some(NewResult { expires_at_ms, id, .. }) = after.map(|after| &after.result) {
                let same_moment = results::expires_at_ms.eq(*expires_at_ms);
                let behind = results::expires_at_ms.gt(*expires_at_ms);
                query = query.filter(behind.or(same_moment.and(results::id.gt(id.as_str()))));
            }
            let rows: Vec<ResultRow> = query.load(connection)?;
            rows.into_iter().map(ResultRow::into_result).collect()
        })
    }

    /// Deletes the rows of results whose files are gone; returns how many there were.
    ///
    /// # Errors
    /// Only outages.
    pub fn delete_results(&self, ids: &[ResultId]) -> Result<usize, StoreError> {
        if ids.is_empty() {
            return Ok(0);
        }
        self.write(|connection| {
            let mut deleted = 0;
            for chunk in ids.chunks(CHUNK) {
                let chunk = chunk.iter().map(ResultId::as_str);
                deleted += diesel::delete(results::table.filter(results::id.eq_any(chunk)))
                    .execute(connection)?;
            }
            Ok(deleted)
        })
    }

    /// Those of `object_keys` that no row names: files left by a process that died before its
    /// settle, if they are older than any request.
    ///
    /// # Errors
    /// Only outages.
    pub fn unknown_object_keys(&self, object_keys: &[String]) -> Result<Vec<String>, StoreError> {
        let mut unknown = Vec::new();
        for chunk in object_keys.chunks(CHUNK) {
            let known: Vec<String> = self.read(|connection| {
                Ok(results::table
                    .filter(results::object_key.eq_any(chunk))
                    .select(results::object_key)
                    .load(connection)?)
            })?;
            let known: HashSet<String> = known.into_iter().collect();
            unknown.extend(chunk.iter().filter(|key| !known.contains(*key)).cloned());
        }
        Ok(unknown)
    }
}

/// Stores results in the transaction of their settle.
pub(crate) fn insert(
    connection: &mut Connection,
    account: &AccountId,
    new: &[NewResult],
) -> Result<(), StoreError> {
    for result in new {
        diesel::insert_into(results::table)
            .values(ResultRow::new(account, result)?)
            .execute(connection)?;
    }
    Ok(())
}
