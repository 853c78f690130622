//! Verification that runs argon2 once per key and process.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::gate::Gate;
use crate::verified::Verified;
use crate::{ApiKey, Error, KeyHash, KeyringOptions};

/// Hashes new keys and verifies presented ones, with bounded memory, bounded concurrency and a counter.
pub struct Verifier {
    options: KeyringOptions,
    verified: Verified,
    gate: Gate,
    argon2_runs: AtomicU64,
}

impl Verifier {
    /// A verifier that has verified nothing yet.
    ///
    /// # Errors
    /// [`Error::Entropy`] when the operating system gives no random bytes.
    pub fn new(options: KeyringOptions) -> Result<Self, Error> {
        Ok(Self {
            verified: Verified::new(options.verified_capacity())?,
            gate: Gate::new(options.max_argon2_running(), options.max_argon2_waiting()),
            argon2_runs: AtomicU64::new(0),
            options,
        })
    }

    /// Hashes a new key and remembers it as verified.
    ///
    /// # Errors
    /// [`Error::Busy`] when too many wait, [`Error::Argon2`] when argon2 cannot run.
    pub fn hash(&self, key: &ApiKey) -> Result<KeyHash, Error> {
        let hash = {
            // The PHC string does not exist yet, so the key alone stands for it; nobody else can hold this key.
            let _inside = self.gate.enter(*blake3::hash(key.expose().as_bytes()).as_bytes())?;
            self.argon2_runs.fetch_add(1, Ordering::Relaxed);
            KeyHash::of(key, self.options.hash_cost())?
        };
        self.verified.insert(self.verified.tag(key, &hash));
        Ok(hash)
    }

    /// Whether `key` is the one `hash` was made of. argon2 runs only when this very pair was not verified
    /// before; a pair that did not match is not remembered.
    ///
    /// # Errors
    /// [`Error::Wrong`] when it is another key, [`Error::Busy`] when too many wait, [`Error::Stored`] for a
    /// broken hash, [`Error::Argon2`] when argon2 cannot run.
    pub fn verify(&self, key: &ApiKey, hash: &KeyHash) -> Result<(), Error> {
        let tag = self.verified.tag(key, hash);
        if self.verified.contains(&tag) {
            return Ok(());
        }
        let _inside = self.gate.enter(tag)?;
        // Somebody may have verified the same key while this caller waited.
        if self.verified.contains(&tag) {
            return Ok(());
        }
        self.argon2_runs.fetch_add(1, Ordering::Relaxed);
        if !hash.matches(key)? {
            return Err(Error::Wrong);
        }
        self.verified.insert(tag);
        Ok(())
    }

    /// Whether this very pair was verified before: then [`Verifier::verify`] takes no argon2.
    #[must_use]
    pub fn has_verified(&self, key: &ApiKey, hash: &KeyHash) -> bool {
        self.verified.contains(&self.verified.tag(key, hash))
    }

    /// How many times argon2 ran since this verifier was made, for hashing and verifying together.
    #[must_use]
    pub fn argon2_runs(&self) -> u64 {
        self.argon2_runs.load(Ordering::Relaxed)
    }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").field("argon2_runs", &self.argon2_runs()).finish_non_exhaustive()
    }
}
