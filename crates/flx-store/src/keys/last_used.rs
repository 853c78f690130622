//! When a key was last used, cheaply.

use diesel::prelude::*;
use flx_keys::KeyRecord;

use crate::schema::api_keys;
use crate::{Result, Store};

/// How stale the time of last use may get.
const PRECISION_MS: i64 = 60_000;

impl Store {
    /// Whether [`Store::note_key_use`] would ask the database.
    #[must_use]
    pub fn is_key_use_due(&self, key: &KeyRecord, now_ms: i64) -> bool {
        key.last_used_at_ms.is_none_or(|last| last <= now_ms.saturating_sub(PRECISION_MS))
    }

    /// Notes that a key was used now, at most once a minute: within a minute of the last use that
    /// `key` was read with, the database is not asked at all. `true` when the row was changed.
    ///
    /// # Errors
    /// Only outages; a request need not fail for one.
    pub fn note_key_use(&self, key: &KeyRecord, now_ms: i64) -> Result<bool> {
        if !self.is_key_use_due(key, now_ms) {
            return Ok(false);
        }
        let stale_before = now_ms.saturating_sub(PRECISION_MS);
        self.write(|connection| {
            let changed = diesel::update(api_keys::table.find(key.id.as_str()).filter(
                api_keys::last_used_at_ms.is_null().or(api_keys::last_used_at_ms.le(stale_before)),
            ))
            .set(api_keys::last_used_at_ms.eq(now_ms))
            .execute(connection)?;
            Ok(changed == 1)
        })
    }
}
