//! The two parts of a key that may be stored and shown.

use std::fmt;

use crate::Error;
use crate::key::{PREFIX, is_lower_hex};

/// Hexadecimal digits in a lookup.
const LOOKUP_DIGITS: usize = 12;
/// Digits shown at the start of a masked key.
const HEAD_DIGITS: usize = 5;
/// Digits shown at the end of a masked key.
const TAIL_DIGITS: usize = 4;
/// What stands for the digits between.
const DOTS: &str = "...";

/// The first 12 hexadecimal digits of a key: the unique, indexed column its row is found by. Not a secret.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Lookup(String);

impl Lookup {
    /// Reads a stored lookup.
    ///
    /// # Errors
    /// [`Error::Stored`] unless it is 12 lower-case hexadecimal digits.
    pub fn parse(stored: &str) -> Result<Self, Error> {
        if stored.len() != LOOKUP_DIGITS || !is_lower_hex(stored) {
            return Err(Error::Stored("lookup"));
        }
        Ok(Self(stored.to_owned()))
    }

    /// The 12 digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn of_digits(digits: &str) -> Self {
        Self(digits.get(..LOOKUP_DIGITS).unwrap_or_default().to_owned())
    }
}

impl fmt::Display for Lookup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key as it may be shown after its creation: `flx_live_`, the first five digits, three dots, the last four.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MaskedKey(String);

impl MaskedKey {
    /// Reads a stored masked key.
    ///
    /// # Errors
    /// [`Error::Stored`] unless it has the form `flx_live_a3b4c...f8e9`.
    pub fn parse(stored: &str) -> Result<Self, Error> {
        let broken = Error::Stored("masked key");
        let Some((head, tail)) = stored.strip_prefix(PREFIX).and_then(|rest| rest.split_once(DOTS))
        else {
            return Err(broken);
        };
        let fits = head.len() == HEAD_DIGITS
            && tail.len() == TAIL_DIGITS
            && is_lower_hex(head)
            && is_lower_hex(tail);
        if fits { Ok(Self(stored.to_owned())) } else { Err(broken) }
    }

    /// The masked text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn of_digits(digits: &str) -> Self {
        let head = digits.get(..HEAD_DIGITS).unwrap_or_default();
        let tail = digits.get(digits.len().saturating_sub(TAIL_DIGITS)..).unwrap_or_default();
        Self(format!("{PREFIX}{head}{DOTS}{tail}"))
    }
}

impl fmt::Display for MaskedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_forms_are_read_back() {
        assert_eq!(Lookup::parse("a3b4c0011223").unwrap().to_string(), "a3b4c0011223");
        let masked = "flx_live_a3b4c...f8e9";
        assert_eq!(MaskedKey::parse(masked).unwrap().to_string(), masked);
    }

    #[test]
    fn broken_stored_forms_are_refused() {
        for stored in ["", "a3b4c001122", "a3b4c00112233", "A3b4c0011223", "a3b4c001122\u{e9}"] {
            assert!(matches!(Lookup::parse(stored), Err(Error::Stored("lookup"))), "{stored}");
        }
        for stored in
            ["", "flx_live_", "flx_live_a3b4c", "flx_live_a3b4c...f8e", "flx_live_a3b4...0f8e9"]
        {
            assert!(
                matches!(MaskedKey::parse(stored), Err(Error::Stored("masked key"))),
                "{stored}"
            );
        }
    }
}
