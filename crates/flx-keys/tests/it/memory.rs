//! A repository in memory that counts, can be made to fail, and can pretend that a lookup is taken.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

use flx_keys::{
    Actor, HashCost, KeyId, KeyRecord, KeyRepository, KeyState, Keyring, KeyringOptions, Lookup,
    NewKey, OwnerId, Written,
};

/// The failure of a repository that is away.
#[derive(Debug, thiserror::Error)]
#[error("the table is away")]
pub(crate) struct Away;

#[derive(Default)]
pub(crate) struct Memory {
    rows: Mutex<Vec<KeyRecord>>,
    reads: AtomicU64,
    /// How many of the next inserts are told that their lookup is taken.
    pub(crate) collisions: AtomicU32,
    /// Anything but 0: every call fails.
    pub(crate) away: AtomicU32,
}

impl Memory {
    pub(crate) fn reads(&self) -> u64 {
        self.reads.load(Ordering::SeqCst)
    }

    pub(crate) fn rows(&self) -> Vec<KeyRecord> {
        self.rows.lock().unwrap().clone()
    }

    fn guard(&self) -> Result<(), Away> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        if self.away.load(Ordering::SeqCst) == 0 { Ok(()) } else { Err(Away) }
    }

    fn is_taken(&self, rows: &[KeyRecord], lookup: &Lookup) -> bool {
        let pretended = self
            .collisions
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1))
            .is_ok();
        pretended || rows.iter().any(|row| row.lookup == *lookup)
    }

    fn add(rows: &mut Vec<KeyRecord>, key: &NewKey, by: &Actor, now_ms: i64) -> Written {
        let before = rows.iter().filter(|row| row.owner == key.owner).count();
        let record = KeyRecord {
            id: KeyId::new(format!("key-{}", rows.len())),
            owner: key.owner.clone(),
            lookup: key.lookup.clone(),
            masked: key.masked.clone(),
            hash: key.hash.clone(),
            state: KeyState::Active,
            generation: u32::try_from(before).unwrap() + 1,
            created_at_ms: now_ms,
            created_by: by.clone(),
            last_used_at_ms: None,
            ended_at_ms: None,
            ended_by: None,
        };
        rows.push(record.clone());
        Written::Stored(record)
    }

    fn end(
        rows: &mut [KeyRecord],
        old: &KeyRecord,
        state: KeyState,
        by: &Actor,
        now_ms: i64,
    ) -> Written {
        let Some(row) = rows.iter_mut().find(|row| {
            row.id == old.id && row.generation == old.generation && row.state == KeyState::Active
        }) else {
            return Written::Conflict;
        };
        row.state = state;
        row.ended_at_ms = Some(now_ms);
        row.ended_by = Some(by.clone());
        Written::Stored(row.clone())
    }
}

impl KeyRepository for Memory {
    type Error = Away;

    fn find_by_lookup(&self, lookup: &Lookup) -> Result<Option<KeyRecord>, Away> {
        self.guard()?;
        Ok(self.rows.lock().unwrap().iter().find(|row| row.lookup == *lookup).cloned())
    }

    fn active_of_owner(&self, owner: &OwnerId) -> Result<Option<KeyRecord>, Away> {
        self.guard()?;
        let rows = self.rows.lock().unwrap();
        Ok(rows.iter().find(|row| row.owner == *owner && row.state == KeyState::Active).cloned())
    }

    fn insert_first(&self, key: &NewKey, by: &Actor, now_ms: i64) -> Result<Written, Away> {
        self.guard()?;
        let mut rows = self.rows.lock().unwrap();
        if rows.iter().any(|row| row.owner == key.owner && row.state == KeyState::Active) {
            return Ok(Written::Conflict);
        }
        if self.is_taken(&rows, &key.lookup) {
            return Ok(Written::LookupTaken);
        }
        Ok(Self::add(&mut rows, key, by, now_ms))
    }

    fn replace_active(
        &self,
        old: &KeyRecord,
        key: &NewKey,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Written, Away> {
        self.guard()?;
        let mut rows = self.rows.lock().unwrap();
        if self.is_taken(&rows, &key.lookup) {
            return Ok(Written::LookupTaken);
        }
        match Self::end(&mut rows, old, KeyState::Rolled, by, now_ms) {
            Written::Stored(_) => Ok(Self::add(&mut rows, key, by, now_ms)),
            refused => Ok(refused),
        }
    }

    fn revoke_active(&self, old: &KeyRecord, by: &Actor, now_ms: i64) -> Result<Written, Away> {
        self.guard()?;
        let mut rows = self.rows.lock().unwrap();
        Ok(Self::end(&mut rows, old, KeyState::Revoked, by, now_ms))
    }
}

pub(crate) fn keyring() -> Keyring {
    Keyring::new(KeyringOptions::default().with_hash_cost(HashCost::CHEAPEST)).unwrap()
}

pub(crate) fn ada() -> OwnerId {
    OwnerId::new("ada")
}

pub(crate) fn admin() -> Actor {
    Actor::new("admin")
}
