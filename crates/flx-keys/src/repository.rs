//! What this crate needs of a database.

use crate::{Actor, KeyRecord, Lookup, NewKey, OwnerId};

/// How a guarded write ended when the repository itself worked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "made once per write and taken apart at once")]
pub enum Written {
    /// Committed; this is the key's row as it now stands.
    Stored(KeyRecord),
    /// Not written, because the guard did not hold: another writer was first.
    Conflict,
    /// Not written, because another key, past or present, has the same lookup.
    LookupTaken,
}

/// The key table, as small as it can be. Every write is one transaction that checks its guard and writes, so
/// that of two writers at once exactly one is told [`Written::Stored`].
///
/// All calls block. Times are Unix milliseconds and come from the caller.
pub trait KeyRepository {
    /// The repository's own failures (not reachable, disk full, …).
    type Error: std::error::Error + Send + Sync + 'static;

    /// The row with this lookup, in whatever state, read afresh on every call: a roll committed by another
    /// process must be seen by the next call.
    ///
    /// # Errors
    /// When the repository cannot answer.
    fn find_by_lookup(&self, lookup: &Lookup) -> Result<Option<KeyRecord>, Self::Error>;

    /// The owner's active key; at most one exists.
    ///
    /// # Errors
    /// When the repository cannot answer.
    fn active_of_owner(&self, owner: &OwnerId) -> Result<Option<KeyRecord>, Self::Error>;

    /// Stores `key` as the owner's active key; [`Written::Conflict`] when one is active already. Its generation
    /// is one more than the owner's highest so far.
    ///
    /// # Errors
    /// When the repository cannot write, or does not know the owner.
    fn insert_first(&self, key: &NewKey, by: &Actor, now_ms: i64) -> Result<Written, Self::Error>;

    /// Marks `old` as rolled and stores `key` as the active one, in one transaction; [`Written::Conflict`] when
    /// `old` is no longer active with that id and generation. Returns the new row.
    ///
    /// # Errors
    /// When the repository cannot write.
    fn replace_active(
        &self,
        old: &KeyRecord,
        key: &NewKey,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Written, Self::Error>;

    /// Marks `old` as revoked; [`Written::Conflict`] when it is no longer active with that id and generation.
    /// Returns the revoked row.
    ///
    /// # Errors
    /// When the repository cannot write.
    fn revoke_active(
        &self,
        old: &KeyRecord,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Written, Self::Error>;
}

/// A reference to a repository is a repository.
impl<R: KeyRepository + ?Sized> KeyRepository for &R {
    type Error = R::Error;

    fn find_by_lookup(&self, lookup: &Lookup) -> Result<Option<KeyRecord>, Self::Error> {
        (**self).find_by_lookup(lookup)
    }

    fn active_of_owner(&self, owner: &OwnerId) -> Result<Option<KeyRecord>, Self::Error> {
        (**self).active_of_owner(owner)
    }

    fn insert_first(&self, key: &NewKey, by: &Actor, now_ms: i64) -> Result<Written, Self::Error> {
        (**self).insert_first(key, by, now_ms)
    }

    fn replace_active(
        &self,
        old: &KeyRecord,
        key: &NewKey,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Written, Self::Error> {
        (**self).replace_active(old, key, by, now_ms)
    }

    fn revoke_active(
        &self,
        old: &KeyRecord,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Written, Self::Error> {
        (**self).revoke_active(old, by, now_ms)
    }
}
