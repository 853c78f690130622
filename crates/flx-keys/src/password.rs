//! Passwords of people, beside the keys of programs.

use std::fmt;

use zeroize::Zeroizing;

use crate::{Error, HashCost, phc};

/// Longest password in bytes: enough for any sentence, and bounds the work of hashing.
const MAX_BYTES: usize = 1024;
/// zxcvbn's score from 0 to 4 from which on a slow hash keeps guessers out for good.
const LEAST_SCORE: zxcvbn::Score = zxcvbn::Score::Three;
/// How much of a password is looked at for its strength, whose time grows with the square.
const JUDGED_CHARS: usize = 100;

/// A password as it was typed. Its `Debug` hides it.
#[derive(Clone)]
pub struct Password(Zeroizing<String>);

impl Password {
    /// Fewest characters of a new password.
    pub const MIN_CHARS: usize = 12;

    /// A password to be set. It has at least [`MIN_CHARS`](Self::MIN_CHARS) characters, and is not
    /// one that is guessed early: a common one, a pattern, or made of `about`, which names its
    /// owner.
    ///
    /// ```
    /// use flx_keys::{Error, Password};
    /// assert!(Password::new("correct horse battery".to_owned(), "ada@example.org").is_ok());
    /// let short = Password::new("hunter2".to_owned(), "ada@example.org");
    /// assert!(matches!(short, Err(Error::PasswordTooShort { chars: 7, min: 12 })));
    /// let known = Password::new("passwordpassword".to_owned(), "ada@example.org");
    /// assert!(matches!(known, Err(Error::PasswordTooWeak)));
    /// ```
    ///
    /// # Errors
    /// [`Error::PasswordTooShort`], [`Error::PasswordTooLong`], [`Error::PasswordTooWeak`].
    pub fn new(typed: String, about: &str) -> Result<Self, Error> {
        let password = Self::presented(typed)?;
        let chars = password.0.chars().count();
        if chars < Self::MIN_CHARS {
            return Err(Error::PasswordTooShort { chars, min: Self::MIN_CHARS });
        }
        let judged: Zeroizing<String> =
            Zeroizing::new(password.0.chars().take(JUDGED_CHARS).collect());
        let parts = about.split(['@', '.']).chain([about, "flx"]).collect::<Vec<_>>();
        if zxcvbn::zxcvbn(&judged, &parts).score() < LEAST_SCORE {
            return Err(Error::PasswordTooWeak);
        }
        Ok(password)
    }

    /// A password to be compared with a stored hash: any text.
    ///
    /// # Errors
    /// [`Error::PasswordTooLong`].
    pub fn presented(typed: String) -> Result<Self, Error> {
        let typed = Zeroizing::new(typed);
        if typed.len() > MAX_BYTES {
            return Err(Error::PasswordTooLong { bytes: typed.len(), max: MAX_BYTES });
        }
        Ok(Self(typed))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}

/// The argon2id hash of a password, with its salt and cost, as a PHC string. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// Hashes a password under a fresh random salt: one argon2 run.
    ///
    /// # Errors
    /// [`Error::Argon2`].
    pub fn of(password: &Password, cost: HashCost) -> Result<Self, Error> {
        phc::hash(password.0.as_bytes(), cost).map(Self)
    }

    /// Reads a stored PHC string.
    ///
    /// # Errors
    /// [`Error::Stored`] when it is not an argon2id PHC string of at most 256 bytes.
    pub fn parse(stored: &str) -> Result<Self, Error> {
        if !phc::looks_right(stored) {
            return Err(Error::Stored("password hash"));
        }
        Ok(Self(stored.to_owned()))
    }

    /// The PHC string, to be stored.
    #[must_use]
    pub fn as_phc(&self) -> &str {
        &self.0
    }

    /// Whether this is the hash of `password`: one argon2 run at the hash's own cost.
    ///
    /// # Errors
    /// [`Error::Stored`] when it is broken, [`Error::Argon2`].
    pub fn matches(&self, password: &Password) -> Result<bool, Error> {
        phc::matches(&self.0, password.0.as_bytes(), "password hash")
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(argon2id)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(typed: &str) -> Result<Password, Error> {
        Password::new(typed.to_owned(), "ada.lovelace@example.org")
    }

    #[test]
    fn only_the_hashed_password_matches() {
        let hash = PasswordHash::of(&new("four wet green stones").unwrap(), HashCost::CHEAPEST);
        let hash = PasswordHash::parse(hash.unwrap().as_phc()).unwrap();
        assert!(hash.matches(&new("four wet green stones").unwrap()).unwrap());
        for typed in ["four wet green stoneS", "", "four wet green stones "] {
            let typed = Password::presented(typed.to_owned()).unwrap();
            assert!(!hash.matches(&typed).unwrap(), "{typed:?}");
        }
        assert_eq!(format!("{hash:?}"), "PasswordHash(argon2id)");
    }

    #[test]
    fn what_is_guessed_early_is_refused() {
        for typed in [
            "aaaaaaaaaaaa",
            "123456789012",
            "qwertyuiop[]",
            "lovelaceada1",
            "ada.lovelace@example.org",
            "passwordpassword",
        ] {
            assert!(matches!(new(typed), Err(Error::PasswordTooWeak)), "{typed}");
        }
        for typed in ["four wet green stones", "Ünïcode fîsh tänk", "x7#Kp2!vQz9&"] {
            assert!(new(typed).is_ok(), "{typed}");
        }
    }

    #[test]
    fn lengths_are_counted_in_characters_and_bounded_in_bytes() {
        let error = new("éééééé").unwrap_err();
        assert!(matches!(error, Error::PasswordTooShort { chars: 6, min: 12 }), "{error}");
        let error = Password::presented("x".repeat(1025)).unwrap_err();
        assert_eq!(error.to_string(), "the password has 1025 bytes, the limit is 1024");
        assert!(new(&"tall blue doors ".repeat(60)).is_ok());
    }
}
