//! argon2id as PHC strings: the one place that runs it.

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};

use crate::{Error, HashCost};

/// What the PHC strings of this crate start with.
const START: &str = "$argon2id$";
/// The longest PHC string believed, in bytes; this crate's own are under 100.
pub(crate) const MAX_BYTES: usize = 256;

/// Whether a stored text can be a PHC string of this crate. Only its kind and length are looked at,
/// because this happens on every request; the rest when it is verified against.
pub(crate) fn looks_right(stored: &str) -> bool {
    stored.starts_with(START) && stored.len() <= MAX_BYTES
}

/// Hashes a secret under a fresh random salt: one argon2 run.
pub(crate) fn hash(secret: &[u8], cost: HashCost) -> Result<String, Error> {
    let hash = cost.engine()?.hash_password(secret).map_err(|e| Error::Argon2(e.to_string()))?;
    Ok(hash.to_string())
}

/// Whether `phc` was made of `secret`: one argon2 run at the cost written in it.
pub(crate) fn matches(phc: &str, secret: &[u8], what: &'static str) -> Result<bool, Error> {
    let hash = PasswordHash::new(phc).map_err(|_| Error::Stored(what))?;
    match Argon2::default().verify_password(secret, &hash) {
        Ok(()) => Ok(true),
        Err(HashError::PasswordInvalid) => Ok(false),
        Err(error) => Err(Error::Argon2(error.to_string())),
    }
}
