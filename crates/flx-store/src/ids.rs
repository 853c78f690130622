//! Ids: UUIDv7 as text, one type for each kind of thing.

use std::fmt;

use flx_keys::OwnerId;
use uuid::{NoContext, Timestamp, Uuid};

/// A new UUIDv7 of this moment as text, so that rows made one after another lie side by side.
pub(crate) fn uuid_text(now_ms: i64) -> String {
    let milliseconds = u64::try_from(now_ms).unwrap_or(0);
    // The remainder of a division by 1000, times a million, fits.
    let nanoseconds = u32::try_from(milliseconds % 1000).unwrap_or(0) * 1_000_000;
    let timestamp = Timestamp::from_unix(NoContext, milliseconds / 1000, nanoseconds);
    Uuid::new_v7(timestamp).hyphenated().to_string()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// A new id of this moment (Unix milliseconds).
            #[must_use]
            pub fn new(now_ms: i64) -> Self {
                Self(uuid_text(now_ms))
            }

            /// Reads an id as [`as_str`](Self::as_str) writes it: 36 characters, lower-case
            /// hexadecimal digits in five groups. `None` for anything else.
            #[must_use]
            pub fn parse(text: &str) -> Option<Self> {
                let uuid = Uuid::try_parse(text).ok()?;
                (uuid.hyphenated().to_string() == text).then(|| Self(text.to_owned()))
            }

            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// An id that comes from a row.
            #[allow(dead_code, reason = "not every kind of id is read back")]
            pub(crate) fn of_row(text: String) -> Self {
                Self(text)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

id! {
    /// An account.
    AccountId
}
id! {
    /// A reservation of credits.
    ReservationId
}
id! {
    /// A result: one compressed picture that can be downloaded for a while.
    ResultId
}

id! {
    /// A browser that is signed in.
    WebSessionId
}

impl AccountId {
    /// The account as flx-keys names the owner of a key.
    #[must_use]
    pub fn owner(&self) -> OwnerId {
        OwnerId::new(self.as_str())
    }
}

/// The account that owns a key.
impl From<&OwnerId> for AccountId {
    fn from(owner: &OwnerId) -> Self {
        Self(owner.as_str().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_of_later_moments_sort_later() {
        let early = AccountId::new(1_700_000_000_000);
        let late = AccountId::new(1_700_000_000_001);
        assert!(early < late);
        assert_ne!(AccountId::new(5), AccountId::new(5));
    }

    #[test]
    fn only_the_written_form_is_read() {
        let id = ResultId::new(0);
        assert_eq!(ResultId::parse(id.as_str()), Some(id.clone()));
        let upper = id.as_str().to_uppercase();
        let bare = id.as_str().replace('-', "");
        let braced = format!("{{{id}}}");
        for text in ["", "../x", upper.as_str(), bare.as_str(), braced.as_str()] {
            // A random id without letters reads the same in upper case, but has them in its version.
            assert!(ResultId::parse(text).is_none() || text == id.as_str(), "{text}");
        }
    }

    #[test]
    fn a_clock_before_1970_still_gives_ids() {
        assert!(AccountId::parse(AccountId::new(-1).as_str()).is_some());
    }
}
