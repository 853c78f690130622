//! argon2id over a whole key, as a PHC string.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};

use crate::{ApiKey, Error, phc};

/// What one argon2id run costs. The default is 19 MiB, two passes, one lane.
///
/// It applies to hashes made from now on; older ones are verified at the cost written in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashCost {
    memory_kib: u32,
    passes: u32,
}

impl Default for HashCost {
    fn default() -> Self {
        Self { memory_kib: 19_456, passes: 2 }
    }
}

impl HashCost {
    /// The least argon2 accepts: for tests, where many keys are made.
    pub const CHEAPEST: Self = Self { memory_kib: 8, passes: 1 };

    /// Memory of one run in KiB. Default 19,456; range 8 to 1,048,576.
    ///
    /// # Errors
    /// [`Error::Setting`] outside the range.
    pub fn with_memory_kib(self, memory_kib: u32) -> Result<Self, Error> {
        in_range("argon2 memory in KiB", memory_kib, 8, 1_048_576)?;
        Ok(Self { memory_kib, ..self })
    }

    /// Passes over the memory. Default 2; range 1 to 100.
    ///
    /// # Errors
    /// [`Error::Setting`] outside the range.
    pub fn with_passes(self, passes: u32) -> Result<Self, Error> {
        in_range("argon2 passes", passes, 1, 100)?;
        Ok(Self { passes, ..self })
    }

    pub(crate) fn engine(self) -> Result<Argon2<'static>, Error> {
        let params = Params::new(self.memory_kib, self.passes, 1, None)
            .map_err(|e| Error::Argon2(e.to_string()))?;
        Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

fn in_range(name: &'static str, value: u32, min: u32, max: u32) -> Result<(), Error> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Error::Setting { name, value: value.into(), min: min.into(), max: max.into() })
}

/// The argon2id hash of a whole key, with its salt and cost, as a PHC string. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyHash(String);

impl KeyHash {
    /// Reads a stored PHC string. Only its kind and length are looked at here, because this happens on every
    /// request; the rest when it is verified against.
    ///
    /// # Errors
    /// [`Error::Stored`] when it is not an argon2id PHC string of at most 256 bytes.
    pub fn parse(stored: &str) -> Result<Self, Error> {
        if !phc::looks_right(stored) {
            return Err(Error::Stored("hash"));
        }
        Ok(Self(stored.to_owned()))
    }

    /// The PHC string, to be stored.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }

    /// Hashes `key` under a fresh random salt: one argon2 run.
    pub(crate) fn of(key: &ApiKey, cost: HashCost) -> Result<Self, Error> {
        phc::hash(key.expose().as_bytes(), cost).map(Self)
    }

    /// Whether `key` is the one this hash was made of: one argon2 run at the hash's own cost.
    pub(crate) fn matches(&self, key: &ApiKey) -> Result<bool, Error> {
        phc::matches(&self.0, key.expose().as_bytes(), "hash")
    }
}

impl fmt::Debug for KeyHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyHash(argon2id)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_cost_is_written_in_the_phc_string() {
        let hash = KeyHash::of(&ApiKey::generate().unwrap(), HashCost::default()).unwrap();
        assert!(hash.as_phc().starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{}", hash.as_phc());
        assert!(hash.as_phc().len() <= phc::MAX_BYTES);
        assert_eq!(KeyHash::parse(hash.as_phc()).unwrap(), hash);
    }

    #[test]
    fn only_the_hashed_key_matches() {
        let (key, other) = (ApiKey::generate().unwrap(), ApiKey::generate().unwrap());
        let hash = KeyHash::of(&key, HashCost::CHEAPEST).unwrap();
        assert!(hash.matches(&key).unwrap());
        assert!(!hash.matches(&other).unwrap());
    }

    #[test]
    fn the_same_key_never_hashes_to_the_same_string() {
        let key = ApiKey::generate().unwrap();
        let hash = || KeyHash::of(&key, HashCost::CHEAPEST).unwrap();
        assert_ne!(hash(), hash());
    }

    #[test]
    fn broken_stored_hashes_are_refused_and_never_shown() {
        for stored in ["", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA", "plain text"] {
            assert!(matches!(KeyHash::parse(stored), Err(Error::Stored("hash"))), "{stored}");
        }
        assert!(KeyHash::parse(&format!("$argon2id${}", "a".repeat(300))).is_err());
        let broken = KeyHash::parse("$argon2id$nonsense").unwrap();
        let error = broken.matches(&ApiKey::generate().unwrap()).unwrap_err();
        assert_eq!(error.to_string(), "the stored hash is not of the expected form");
        assert_eq!(format!("{broken:?}"), "KeyHash(argon2id)");
    }

    #[test]
    fn costs_out_of_range_are_refused_with_the_limit() {
        let error = HashCost::default().with_memory_kib(7).unwrap_err();
        assert_eq!(error.to_string(), "argon2 memory in KiB is 7, allowed are 8 to 1048576");
        assert!(HashCost::default().with_passes(0).is_err());
        let cost = HashCost::default().with_memory_kib(64).unwrap().with_passes(3).unwrap();
        let hash = KeyHash::of(&ApiKey::generate().unwrap(), cost).unwrap();
        assert!(hash.as_phc().contains("$m=64,t=3,p=1$"));
    }
}
