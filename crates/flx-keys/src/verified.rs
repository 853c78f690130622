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
        Ok(Self { process_key, per_set: (capacity / 2).max(1), sets: RwLock::default() })
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

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(number: u64) -> Tag {
        *blake3::hash(&number.to_le_bytes()).as_bytes()
    }

    #[test]
    fn what_was_inserted_is_remembered() {
        let verified = Verified::new(10).unwrap();
        assert!(!verified.contains(&tag(1)));
        verified.insert(tag(1));
        assert!(verified.contains(&tag(1)));
        assert!(!verified.contains(&tag(2)));
    }

    #[test]
    fn the_memory_never_exceeds_its_capacity() {
        let verified = Verified::new(10).unwrap();
        for number in 0..1_000 {
            verified.insert(tag(number));
            let sets = verified.sets.read().unwrap();
            assert!(sets.young.len() + sets.old.len() <= 10);
        }
    }

    #[test]
    fn a_key_in_use_outlives_a_thousand_others() {
        let verified = Verified::new(10).unwrap();
        verified.insert(tag(0));
        for number in 1..1_000 {
            assert!(verified.contains(&tag(0)), "forgotten before {number}");
            verified.insert(tag(number));
        }
    }

    #[test]
    fn two_processes_never_share_a_tag() {
        let key = ApiKey::generate().unwrap();
        let hash = KeyHash::of(&key, crate::HashCost::CHEAPEST).unwrap();
        let tag = || Verified::new(10).unwrap().tag(&key, &hash);
        assert_ne!(tag(), tag());
    }

    #[test]
    fn another_hash_of_the_same_key_is_another_tag() {
        let key = ApiKey::generate().unwrap();
        let hash = || KeyHash::of(&key, crate::HashCost::CHEAPEST).unwrap();
        let verified = Verified::new(10).unwrap();
        assert_ne!(verified.tag(&key, &hash()), verified.tag(&key, &hash()));
    }
}
