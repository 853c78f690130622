//! What a repository keeps of a key, and who owns and changes it.

use std::fmt;

use crate::{Error, KeyHash, Lookup, MaskedKey};

/// Makes a newtype over the text of an id or name that this crate passes on without looking into it.
macro_rules! text_newtype {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as it is.
            #[must_use]
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_newtype! {
    /// A key's own id, made by the repository when it stores the key (flx-store: a UUIDv7).
    KeyId
}

text_newtype! {
    /// Whoever a key belongs to, in the repository's own terms (flx-store: an account id).
    OwnerId
}

text_newtype! {
    /// Who asked for a change, for the history: `flx-admin`, `dashboard`, a person's name.
    Actor
}

/// Where a key is in its life. It only ever moves away from `Active`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Opens the service.
    Active,
    /// Replaced by a newer key, for good.
    Rolled,
    /// Taken away without a replacement, for good.
    Revoked,
}

impl KeyState {
    /// The stored name: `active`, `rolled` or `revoked`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Rolled => "rolled",
            Self::Revoked => "revoked",
        }
    }

    /// Reads a stored name.
    ///
    /// # Errors
    /// [`Error::Stored`] for any other text.
    pub fn parse(stored: &str) -> Result<Self, Error> {
        match stored {
            "active" => Ok(Self::Active),
            "rolled" => Ok(Self::Rolled),
            "revoked" => Ok(Self::Revoked),
            _ => Err(Error::Stored("state")),
        }
    }
}

impl fmt::Display for KeyState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A key as the repository keeps it. The raw key is not in it and cannot be had from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRecord {
    /// The key's own id.
    pub id: KeyId,
    /// Whose key it is.
    pub owner: OwnerId,
    /// What its row is found by.
    pub lookup: Lookup,
    /// What may be shown of it.
    pub masked: MaskedKey,
    /// argon2id over the whole key.
    pub hash: KeyHash,
    /// Whether it still opens anything.
    pub state: KeyState,
    /// Which key of this owner it is, counted from 1; a roll takes the next number.
    pub generation: u32,
    /// When it was created, in Unix milliseconds.
    pub created_at_ms: i64,
    /// Who created it.
    pub created_by: Actor,
    /// When it last authorised work, in Unix milliseconds; `None` before the first time.
    pub last_used_at_ms: Option<i64>,
    /// When it was rolled or revoked, in Unix milliseconds; `None` while it is active.
    pub ended_at_ms: Option<i64>,
    /// Who rolled or revoked it; `None` while it is active.
    pub ended_by: Option<Actor>,
}

/// A freshly generated key's storable parts; the repository adds id, generation, times and state `Active`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// Whose key it will be.
    pub owner: OwnerId,
    /// What its row will be found by; unique among all keys that ever were.
    pub lookup: Lookup,
    /// What may be shown of it.
    pub masked: MaskedKey,
    /// argon2id over the whole key.
    pub hash: KeyHash,
}
