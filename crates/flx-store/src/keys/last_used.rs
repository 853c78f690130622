//! When a key was last used, cheaply.

use diesel::prelude::*;
use flx_keys::KeyRecord;

use crate::schema::api_keys;
use crate::{Result, Store};

/// How stale the time of last use may get.
const PRECISION_MS: i64 = 60_000;

impl Store {
    /// Notes that a key was used now, at most once a minute: within a minute of the last use that
    /// `key` was read with, the database is not asked at all. `true` when the row was changed.
    ///
    /// # Errors
    /// Only outages; a request need not fail for one.
    pub fn note_key_use(&self, key: &KeyRecord, now_ms: i64) -> Result<bool> {
        let stale_before = now_ms.saturating_sub(PRECISION_MS);
        if key.last_used_at_ms.is_some_and(|last| last > stale_before) {
            return Ok(false);
        }
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
