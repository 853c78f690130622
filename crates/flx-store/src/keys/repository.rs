//! flx-keys' repository on the store. Each write is one immediate transaction that checks its guard
//! and writes; the unique indexes catch whatever the guards could miss.

use diesel::prelude::*;
use flx_keys::{Actor, KeyRecord, KeyRepository, KeyState, Lookup, NewKey, OwnerId, Written};

use super::KeyRow;
use crate::accounts::take;
use crate::audit::{self, Deed};
use crate::connection::Connection;
use crate::ids::uuid_text;
use crate::schema::{accounts, api_keys};
use crate::{AccountId, Result, Store, StoreError};

impl KeyRepository for Store {
    type Error = StoreError;

    fn find_by_lookup(&self, lookup: &Lookup) -> Result<Option<KeyRecord>> {
        self.read(|connection| {
            let row: Option<KeyRow> = api_keys::table
                .filter(api_keys::lookup.eq(lookup.as_str()))
                .get_result(connection)
                .optional()?;
            row.map(KeyRow::into_record).transpose()
        })
    }

    fn active_of_owner(&self, owner: &OwnerId) -> Result<Option<KeyRecord>> {
        self.read(|connection| {
            let row: Option<KeyRow> = api_keys::table
                .filter(api_keys::account_id.eq(owner.as_str()))
                .filter(api_keys::ended_at_ms.is_null())
                .get_result(connection)
                .optional()?;
            row.map(KeyRow::into_record).transpose()
        })
    }

    fn insert_first(&self, key: &NewKey, by: &Actor, now_ms: i64) -> Result<Written> {
        self.write(|connection| {
            let account = take(connection, &AccountId::from(&key.owner))?
                .ok_or(StoreError::NotFound { what: "account" })?;
            if has_active_key(connection, key)? {
                return Ok(Written::Conflict);
            }
            let written = insert(connection, key, by, now_ms)?;
            note(connection, &written, Deed::GenerateKey, &account.email, by, now_ms)?;
            Ok(written)
        })
    }

    fn replace_active(
        &self,
        old: &KeyRecord,
        key: &NewKey,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Written> {
        self.write(|connection| {
            // Checked first so that nothing has to be undone: this transaction is the only writer.
            if is_lookup_taken(connection, key)? {
                return Ok(Written::LookupTaken);
            }
            if end(connection, old, KeyState::Rolled, by, now_ms)?.is_none() {
                return Ok(Written::Conflict);
            }
            let written = insert(connection, key, by, now_ms)?;
            let email = email_of(connection, &key.owner)?;
            note(connection, &written, Deed::RollKey, &email, by, now_ms)?;
            Ok(written)
        })
    }

    fn revoke_active(&self, old: &KeyRecord, by: &Actor, now_ms: i64) -> Result<Written> {
        self.write(|connection| {
            let Some(row) = end(connection, old, KeyState::Revoked, by, now_ms)? else {
                return Ok(Written::Conflict);
            };
            let written = Written::Stored(row.into_record()?);
            let email = email_of(connection, &old.owner)?;
            note(connection, &written, Deed::RevokeKey, &email, by, now_ms)?;
            Ok(written)
        })
    }
}

impl Store {
    /// All keys an account ever had, newest first.
    ///
    /// # Errors
    /// Only outages.
    pub fn key_history(&self, account: &AccountId) -> Result<Vec<KeyRecord>> {
        self.read(|connection| {
            let rows: Vec<KeyRow> = api_keys::table
                .filter(api_keys::account_id.eq(account.as_str()))
                .order(api_keys::generation.desc())
                .load(connection)?;
            rows.into_iter().map(KeyRow::into_record).collect()
        })
    }
}

/// Ends a key, guarded by its generation; `None` when it is not the active one any more.
fn end(
    connection: &mut Connection,
    old: &KeyRecord,
    state: KeyState,
    by: &Actor,
    now_ms: i64,
) -> Result<Option<KeyRow>> {
    Ok(diesel::update(
        api_keys::table
            .find(old.id.as_str())
            .filter(api_keys::generation.eq(i64::from(old.generation)))
            .filter(api_keys::ended_at_ms.is_null()),
    )
    .set((
        api_keys::state.eq(state.as_str()),
        api_keys::ended_at_ms.eq(now_ms),
        api_keys::ended_by.eq(by.as_str()),
    ))
    .returning(super::KEY_COLUMNS)
    .get_result(connection)
    .optional()?)
}

/// Stores a key as the active one, unless its lookup is taken.
fn insert(connection: &mut Connection, key: &NewKey, by: &Actor, now_ms: i64) -> Result<Written> {
    if is_lookup_taken(connection, key)? {
        return Ok(Written::LookupTaken);
    }
    let highest: Option<i64> = api_keys::table
        .filter(api_keys::account_id.eq(key.owner.as_str()))
        .select(diesel::dsl::max(api_keys::generation))
        .get_result(connection)?;
    let row = KeyRow {
        id: uuid_text(now_ms),
        account_id: key.owner.as_str().to_owned(),
        lookup: key.lookup.as_str().to_owned(),
        hash: key.hash.as_phc().to_owned(),
        masked: key.masked.as_str().to_owned(),
        state: KeyState::Active.as_str().to_owned(),
        generation: highest.unwrap_or(0) + 1,
        created_at_ms: now_ms,
        created_by: by.as_str().to_owned(),
        last_used_at_ms: None,
        ended_at_ms: None,
        ended_by: None,
    };
    diesel::insert_into(api_keys::table).values(row.clone()).execute(connection)?;
    Ok(Written::Stored(row.into_record()?))
}

fn is_lookup_taken(connection: &mut Connection, key: &NewKey) -> Result<bool> {
    let taken: i64 = api_keys::table
        .filter(api_keys::lookup.eq(key.lookup.as_str()))
        .count()
        .get_result(connection)?;
    Ok(taken > 0)
}

fn has_active_key(connection: &mut Connection, key: &NewKey) -> Result<bool> {
    let active: i64 = api_keys::table
        .filter(api_keys::account_id.eq(key.owner.as_str()))
        .filter(api_keys::ended_at_ms.is_null())
        .count()
        .get_result(connection)?;
    Ok(active > 0)
}

fn email_of(connection: &mut Connection, owner: &OwnerId) -> Result<String> {
    accounts::table
        .find(owner.as_str())
        .select(accounts::email)
        .get_result(connection)
        .optional()?
        .ok_or(StoreError::NotFound { what: "account" })
}

fn note(
    connection: &mut Connection,
    written: &Written,
    deed: Deed,
    email: &str,
    by: &Actor,
    now_ms: i64,
) -> Result<()> {
    match written {
        Written::Stored(record) => {
            audit::note(connection, by, deed, email, record.masked.as_str(), now_ms)
        }
        Written::Conflict | Written::LookupTaken => Ok(()),
    }
}
