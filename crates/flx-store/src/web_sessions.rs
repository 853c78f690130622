//! Browsers that are signed in.
//!
//! The cookie holds a random token, the row its digest. A token is replaced now and then; for a
//! moment the one before is believed too, for requests that were on their way.

use diesel::prelude::*;
use flx_keys::Actor;

use crate::accounts::{ACCOUNT_COLUMNS, AccountRow, take};
use crate::audit::{self, Deed};
use crate::connection::Connection;
use crate::ids::uuid_text;
use crate::schema::{accounts, web_sessions};
use crate::{Account, AccountId, Result, Store, StoreError, WebSessionId};

/// How long a token is believed after it was replaced.
const OVERLAP_MS: i64 = 60_000;
/// Sessions deleted in one transaction, so that requests get their turn in between.
const BATCH: i64 = 500;

/// A session to begin.
#[derive(Clone, Debug)]
pub struct NewWebSession {
    /// The digest of its token.
    pub digest: [u8; 32],
    /// The browser, as it names itself.
    pub browser: String,
    /// From where it comes.
    pub address: String,
    /// When it ends, in Unix milliseconds.
    pub expires_at_ms: i64,
}

/// A session. Times are Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct WebSession {
    /// Its id, which opens nothing.
    pub id: WebSessionId,
    /// When its token was made.
    pub replaced_at_ms: i64,
    /// When it began.
    pub created_at_ms: i64,
    /// When it was used last, to a minute.
    pub last_seen_at_ms: i64,
    /// When it ends.
    pub expires_at_ms: i64,
    /// The browser, as it named itself.
    pub browser: String,
    /// From where it was used last.
    pub address: String,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = web_sessions)]
struct Row {
    id: String,
    replaced_at_ms: i64,
    created_at_ms: i64,
    last_seen_at_ms: i64,
    expires_at_ms: i64,
    browser: String,
    address: String,
}

impl Row {
    fn into_session(self) -> WebSession {
        WebSession {
            id: WebSessionId::of_row(self.id),
            replaced_at_ms: self.replaced_at_ms,
            created_at_ms: self.created_at_ms,
            last_seen_at_ms: self.last_seen_at_ms,
            expires_at_ms: self.expires_at_ms,
            browser: self.browser,
            address: self.address,
        }
    }
}

impl Store {
    /// Begins a session.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn begin_web_session(
        &self,
        account: &AccountId,
        new: &NewWebSession,
        by: &Actor,
        now_ms: i64,
    ) -> Result<WebSession> {
        self.write(|connection| {
            let owner =
                take(connection, account)?.ok_or(StoreError::NotFound { what: "account" })?;
            let row: Row = diesel::insert_into(web_sessions::table)
                .values((
                    web_sessions::id.eq(uuid_text(now_ms)),
                    web_sessions::account_id.eq(&owner.id),
                    web_sessions::digest.eq(new.digest.as_slice()),
                    web_sessions::replaced_at_ms.eq(now_ms),
                    web_sessions::created_at_ms.eq(now_ms),
                    web_sessions::last_seen_at_ms.eq(now_ms),
                    web_sessions::expires_at_ms.eq(new.expires_at_ms),
                    web_sessions::browser.eq(&new.browser),
                    web_sessions::address.eq(&new.address),
                ))
                .returning(Row::as_returning())
                .get_result(connection)?;
            audit::note(connection, by, Deed::SignIn, &owner.email, &new.address, now_ms)?;
            Ok(row.into_session())
        })
    }

    /// The session whose token has this digest, with its account, disabled or not. `None` when it
    /// never was, has expired or was ended.
    ///
    /// # Errors
    /// Only outages.
    pub fn find_web_session(
        &self,
        digest: &[u8; 32],
        now_ms: i64,
    ) -> Result<Option<(WebSession, Account)>> {
        let found: Option<(Row, AccountRow)> = self.read(|connection| {
            let by = |connection: &mut Connection, before: bool| {
                let mut query = web_sessions::table
                    .inner_join(accounts::table)
                    .filter(web_sessions::expires_at_ms.gt(now_ms))
                    .select((Row::as_select(), ACCOUNT_COLUMNS))
                    .into_boxed();
                query = if before {
                    query
                        .filter(web_sessions::digest_before.eq(digest.as_slice()))
                        .filter(web_sessions::replaced_at_ms.gt(now_ms.saturating_sub(OVERLAP_MS)))
                } else {
                    query.filter(web_sessions::digest.eq(digest.as_slice()))
                };
                query.get_result(connection).optional()
            };
            match by(connection, false)? {
                None => Ok(by(connection, true)?),
                found => Ok(found),
            }
        })?;
        found.map(|(row, account)| Ok((row.into_session(), account.into_account()?))).transpose()
    }

    /// Notes that a session was used now, and from where. The caller decides how often.
    ///
    /// # Errors
    /// Only outages; a request need not fail for one.
    pub fn note_web_session(&self, id: &WebSessionId, address: &str, now_ms: i64) -> Result<()> {
        self.write(|connection| {
            diesel::update(web_sessions::table.find(id.as_str()))
                .set((web_sessions::last_seen_at_ms.eq(now_ms), web_sessions::address.eq(address)))
                .execute(connection)?;
            Ok(())
        })
    }

    /// Replaces a session's token; the one before is believed for another minute. `false` when
    /// `old` is not its token any more: somebody else replaced it.
    ///
    /// # Errors
    /// Only outages.
    pub fn replace_web_token(
        &self,
        id: &WebSessionId,
        old: &[u8; 32],
        new: &[u8; 32],
        now_ms: i64,
    ) -> Result<bool> {
        self.write(|connection| {
            let changed = diesel::update(
                web_sessions::table
                    .find(id.as_str())
                    .filter(web_sessions::digest.eq(old.as_slice())),
            )
            .set((
                web_sessions::digest.eq(new.as_slice()),
                web_sessions::digest_before.eq(Some(old.as_slice())),
                web_sessions::replaced_at_ms.eq(now_ms),
            ))
            .execute(connection)?;
            Ok(changed == 1)
        })
    }

    /// The sessions of an account that have not expired, the one used last first.
    ///
    /// # Errors
    /// Only outages.
    pub fn web_sessions(&self, account: &AccountId, now_ms: i64) -> Result<Vec<WebSession>> {
        let rows: Vec<Row> = self.read(|connection| {
            Ok(web_sessions::table
                .filter(web_sessions::account_id.eq(account.as_str()))
                .filter(web_sessions::expires_at_ms.gt(now_ms))
                .order(web_sessions::last_seen_at_ms.desc())
                .select(Row::as_select())
                .load(connection)?)
        })?;
        Ok(rows.into_iter().map(Row::into_session).collect())
    }

    /// Ends one session of an account; `false` when it had none of this id.
    ///
    /// # Errors
    /// Only outages.
    pub fn end_web_session(&self, account: &AccountId, id: &WebSessionId) -> Result<bool> {
        self.write(|connection| {
            let ended = diesel::delete(
                web_sessions::table
                    .find(id.as_str())
                    .filter(web_sessions::account_id.eq(account.as_str())),
            )
            .execute(connection)?;
            Ok(ended == 1)
        })
    }

    /// Ends all sessions of an account; returns how many there were.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn end_web_sessions(&self, account: &AccountId, by: &Actor, now_ms: i64) -> Result<usize> {
        self.write(|connection| {
            let owner =
                take(connection, account)?.ok_or(StoreError::NotFound { what: "account" })?;
            let ended = end_others(connection, &owner.id, None)?;
            let detail = format!("{ended} sessions");
            audit::note(connection, by, Deed::EndSessions, &owner.email, &detail, now_ms)?;
            Ok(ended)
        })
    }

    /// Deletes sessions that have expired; returns how many there were.
    ///
    /// # Errors
    /// Only outages; what was deleted before stays deleted.
    pub fn forget_web_sessions(&self, now_ms: i64) -> Result<usize> {
        let mut forgotten = 0;
        loop {
            let expired: Vec<String> = self.read(|connection| {
                Ok(web_sessions::table
                    .filter(web_sessions::expires_at_ms.le(now_ms))
                    .order(web_sessions::expires_at_ms)
                    .limit(BATCH)
                    .select(web_sessions::id)
                    .load(connection)?)
            })?;
            if expired.is_empty() {
                return Ok(forgotten);
            }
            forgotten += self.write(|connection| {
                Ok(diesel::delete(web_sessions::table.filter(web_sessions::id.eq_any(expired)))
                    .execute(connection)?)
            })?;
        }
    }
}

/// Ends the sessions of an account but one, in a transaction.
pub(crate) fn end_others(
    connection: &mut Connection,
    account: &str,
    stays: Option<&WebSessionId>,
) -> Result<usize> {
    // No session has an empty id.
    let stays = stays.map_or("", WebSessionId::as_str);
    Ok(diesel::delete(
        web_sessions::table
            .filter(web_sessions::account_id.eq(account))
            .filter(web_sessions::id.ne(stays)),
    )
    .execute(connection)?)
}
