//! The bounded memory of keys that were verified in this process.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

use crate::{ApiKey, Error, KeyHash};

/// A key and the PHC string it was verified against, as keyed BLAKE3. Worthless outside this process.
pub(crate) type Tag = [u8; 32];

/// Remembers which presented key was verified against which PHC string.
///
/// The PHC string is part of what is remembered: once a row carries another one, nothing remembered fits it
/// any more, whichever process changed the row. Only successes are kept, so that wrong keys push nothing out.
/// Two sets make it bounded: the young one fills, becomes the old one, and the previous old one is forgotten;
/// what is met in the old set moves to the young one.
pub(crate) struct Verified {
    process_key: [u8; 32],
    per_set: usize,
    sets: RwLock<Sets>,
}

#[derive(Default)]
struct Sets {
    young: HashSet<Tag>,
    old: HashSet<Tag>,
}

impl Verified {
    /// Room for `capacity` keys, at least two.
    pub(crate) fn new(capacity: usize) -> Result<Self, Error> {
        let mut process_key = [0_u8; 32];
        getrandom::fill(&mut process_key).map_err(Error::Entropy)?;
        Ok(Self {
            process_key,
            per_set: (capacity / 2).max(1),
            sets: RwLock::default(),
        })
    }

    /// The tag of this key with this hash.
    pub(crate) fn tag(&self, key: &ApiKey, hash: &KeyHash) -> Tag {
        let mut hasher = blake3::Hasher::new_keyed(&self.process_key);
        // A key has a fixed length, so the two parts cannot run into each other.
        hasher.update(key.expose().as_bytes());
        hasher.update(hash.as_phc().as_bytes());
        *hasher.finalize().as_bytes()
    }

    pub(crate) fn contains(&self, tag: &Tag) -> bool {
        let in_old = {
            let sets = self.sets.read().unwrap_or_else(PoisonError::into_inner);
            if sets.young.contains(tag) {
                return true;
            }
            sets.old.contains(tag)
        };
        if in_old {
            self.insert(*tag);
        }
        in_old
    }

    pub(crate) fn insert(&self, tag: Tag) {
        let mut sets = self.sets.write().unwrap_or_else(PoisonError::into_inner);
        if sets.young.len() >= self.per_set {
            sets.old = std::mem::take(&mut sets.young);
        }
        sets.young.insert(tag);
    }
}
