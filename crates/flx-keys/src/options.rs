//! Settings of a keyring.

use crate::{Error, HashCost};

/// Settings of a [`Keyring`](crate::Keyring); `default()` suits a server.
#[derive(Debug, Clone)]
pub struct KeyringOptions {
    hash_cost: HashCost,
    verified_capacity: usize,
    max_argon2_running: usize,
    max_argon2_waiting: usize,
}

impl Default for KeyringOptions {
    fn default() -> Self {
        Self {
            hash_cost: HashCost::default(),
            verified_capacity: 100_000,
            max_argon2_running: 2,
            max_argon2_waiting: 256,
        }
    }
}

impl KeyringOptions {
    /// What hashing a new key costs. Default [`HashCost::default`].
    #[must_use]
    pub fn with_hash_cost(mut self, cost: HashCost) -> Self {
        self.hash_cost = cost;
        self
    }

    /// How many verified keys are remembered in this process, at about 70 bytes each. Default 100,000;
    /// fewer than 2 counts as 2.
    #[must_use]
    pub fn with_verified_capacity(mut self, keys: usize) -> Self {
        self.verified_capacity = keys;
        self
    }

    /// How many argon2 runs may go on at once, each with the memory of its cost. Default 2.
    ///
    /// # Errors
    /// [`Error::Setting`] for 0 or more than 1,024.
    pub fn with_max_argon2_running(mut self, runs: usize) -> Result<Self, Error> {
        if !(1..=1_024).contains(&runs) {
            let value = u64::try_from(runs).unwrap_or(u64::MAX);
            return Err(Error::Setting { name: "argon2 runs at once", value, min: 1, max: 1_024 });
        }
        self.max_argon2_running = runs;
        Ok(self)
    }

    /// How many callers may wait for a run before [`Error::Busy`]. Default 256.
    #[must_use]
    pub fn with_max_argon2_waiting(mut self, callers: usize) -> Self {
        self.max_argon2_waiting = callers;
        self
    }

    pub(crate) fn hash_cost(&self) -> HashCost {
        self.hash_cost
    }

    pub(crate) fn verified_capacity(&self) -> usize {
        self.verified_capacity
    }

    pub(crate) fn max_argon2_running(&self) -> usize {
        self.max_argon2_running
    }

    pub(crate) fn max_argon2_waiting(&self) -> usize {
        self.max_argon2_waiting
    }
}
