//! A key's row.

use diesel::prelude::*;
use flx_keys::{Actor, KeyHash, KeyId, KeyRecord, KeyState, Lookup, MaskedKey, OwnerId};

use crate::schema::api_keys;
use crate::{Result, StoreError};

#[derive(Clone, Queryable, Insertable)]
#[diesel(table_name = api_keys)]
pub(crate) struct KeyRow {
    pub(crate) id: String,
    pub(crate) account_id: String,
    pub(crate) lookup: String,
    pub(crate) hash: String,
    pub(crate) masked: String,
    pub(crate) state: String,
    pub(crate) generation: i64,
    pub(crate) created_at_ms: i64,
    pub(crate) created_by: String,
    pub(crate) last_used_at_ms: Option<i64>,
    pub(crate) ended_at_ms: Option<i64>,
    pub(crate) ended_by: Option<String>,
}

/// The columns in the order of [`KeyRow`].
#[allow(clippy::type_complexity, reason = "a tuple of columns is what diesel selects by")]
pub(crate) const KEY_COLUMNS: (
    api_keys::id,
    api_keys::account_id,
    api_keys::lookup,
    api_keys::hash,
    api_keys::masked,
    api_keys::state,
    api_keys::generation,
    api_keys::created_at_ms,
    api_keys::created_by,
    api_keys::last_used_at_ms,
    api_keys::ended_at_ms,
    api_keys::ended_by,
) = api_keys::all_columns;

impl KeyRow {
    pub(crate) fn into_record(self) -> Result<KeyRecord> {
        Ok(KeyRecord {
            id: KeyId::new(self.id),
            owner: OwnerId::new(self.account_id),
            lookup: Lookup::parse(&self.lookup)?,
            masked: MaskedKey::parse(&self.masked)?,
            hash: KeyHash::parse(&self.hash)?,
            state: KeyState::parse(&self.state)?,
            generation: u32::try_from(self.generation)
                .map_err(|_| StoreError::BadRow { table: "api_keys", column: "generation" })?,
            created_at_ms: self.created_at_ms,
            created_by: Actor::new(self.created_by),
            last_used_at_ms: self.last_used_at_ms,
            ended_at_ms: self.ended_at_ms,
            ended_by: self.ended_by.map(Actor::new),
        })
    }
}
