//! What can go wrong with keys.

use crate::{KeyState, MaskedKey};

/// Every failure of this crate. No variant carries a presented key or any part of it beyond its masked form.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The presented text is not `flx_live_` followed by exactly 40 lower-case hexadecimal digits.
    /// Found out without asking the repository.
    #[error(
        "the API key is malformed: flx_live_ and 40 lower-case hexadecimal digits are expected"
    )]
    Malformed,
    /// No key with this lookup was ever issued. Found out without running argon2.
    #[error("the API key is unknown")]
    Unknown,
    /// A key with this lookup exists, but its secret part is another one.
    #[error("the API key is wrong")]
    Wrong,
    /// The key was issued once and is no longer valid. Found out without running argon2.
    #[error("the API key is {0}, no longer active")]
    Inactive(KeyState),
    /// The owner already has an active key; roll it instead of generating a second one.
    #[error("an API key is already active ({0}): roll it to get a new one")]
    AlreadyActive(MaskedKey),
    /// The owner has no active key to roll or revoke.
    #[error("no API key is active")]
    NoActiveKey,
    /// Somebody else rolled, revoked or generated at the same time and won.
    #[error(
        "the API key was changed by someone else at the same time: look again before repeating"
    )]
    Conflict,
    /// Too many argon2 runs are already waiting for their turn; worth a retry in a moment.
    #[error("{waiting} key verifications are already waiting, the limit is {limit}")]
    Busy {
        /// Verifications waiting when this one came.
        waiting: usize,
        /// How many may wait.
        limit: usize,
    },
    /// A setting is outside its range.
    #[error("{name} is {value}, allowed are {min} to {max}")]
    Setting {
        /// The setting.
        name: &'static str,
        /// The value asked for.
        value: u64,
        /// The smallest allowed value.
        min: u64,
        /// The largest allowed value.
        max: u64,
    },
    /// A value handed back by the repository is not of the form this crate once gave it.
    #[error("the stored {0} is not of the expected form")]
    Stored(&'static str),
    /// A new password is too short.
    #[error("the password has {chars} characters, at least {min} are needed")]
    PasswordTooShort {
        /// Its characters.
        chars: usize,
        /// The fewest.
        min: usize,
    },
    /// A password is longer than any that can have been set.
    #[error("the password has {bytes} bytes, the limit is {max}")]
    PasswordTooLong {
        /// Its bytes.
        bytes: usize,
        /// The most.
        max: usize,
    },
    /// A new password is one that is guessed early.
    #[error("the password is too easy to guess: it is common, a pattern, or made of the address")]
    PasswordTooWeak,
    /// Twenty fresh keys in a row met an existing lookup, which chance does not do.
    #[error("no free lookup was found in {0} attempts")]
    LookupsExhausted(u32),
    /// argon2 could not run.
    #[error("argon2 failed: {0}")]
    Argon2(String),
    /// The operating system gave no random bytes.
    #[error("the operating system gave no random bytes")]
    Entropy(#[source] getrandom::Error),
    /// The repository failed; the source is its own error.
    #[error("the key repository failed")]
    Repository(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// True for what a presented key itself is to blame for: an HTTP service answers each of these with 401.
    #[must_use]
    pub fn is_unauthorized(&self) -> bool {
        matches!(self, Self::Malformed | Self::Unknown | Self::Wrong | Self::Inactive(_))
    }

    /// Wraps a repository's own error.
    pub(crate) fn repository<E: std::error::Error + Send + Sync + 'static>(error: E) -> Self {
        Self::Repository(Box::new(error))
    }
}
