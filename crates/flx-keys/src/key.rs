//! The key itself: generated, parsed, masked, and never printed.

use std::fmt;

use zeroize::Zeroizing;

use crate::{Error, Lookup, MaskedKey};

/// What every key starts with.
pub(crate) const PREFIX: &str = "flx_live_";
/// Random bytes in a key: 160 bits.
const SECRET_BYTES: usize = 20;
/// Hexadecimal digits after the prefix.
const HEX_DIGITS: usize = SECRET_BYTES * 2;

/// An API key in the clear: `flx_live_` and 40 lower-case hexadecimal digits (160 random bits).
///
/// It has no `Display`, `Serialize`, `Clone` or `PartialEq`, its `Debug` shows the masked form only, and its
/// memory is wiped when it is dropped. The text comes out through [`ApiKey::expose`] alone.
///
/// ```
/// let key = flx_keys::ApiKey::generate()?;
/// assert_eq!(key.expose().len(), 49);
/// assert_eq!(flx_keys::ApiKey::parse(key.expose())?.lookup(), key.lookup());
/// # Ok::<(), flx_keys::Error>(())
/// ```
pub struct ApiKey {
    text: Zeroizing<String>,
}

impl ApiKey {
    /// The anchored pattern of a key, for secret scanners.
    pub const PATTERN: &'static str = r"\bflx_live_[0-9a-f]{40}\b";

    /// Length of a key in bytes.
    pub const LENGTH: usize = PREFIX.len() + HEX_DIGITS;

    /// A new key from the operating system's random bytes.
    ///
    /// # Errors
    /// [`Error::Entropy`] when there are none.
    pub fn generate() -> Result<Self, Error> {
        let mut secret = Zeroizing::new([0_u8; SECRET_BYTES]);
        getrandom::fill(secret.as_mut_slice()).map_err(Error::Entropy)?;
        let digits = Zeroizing::new(hex::encode(secret.as_slice()));
        // Room for all of it at once: a growing String would leave unwiped copies behind.
        let mut text = Zeroizing::new(String::with_capacity(Self::LENGTH));
        text.push_str(PREFIX);
        text.push_str(&digits);
        Ok(Self { text })
    }

    /// Reads a presented key, exactly: no white space, no upper case, nothing before or after.
    ///
    /// # Errors
    /// [`Error::Malformed`] for everything else.
    pub fn parse(presented: &str) -> Result<Self, Error> {
        let digits = presented.strip_prefix(PREFIX).ok_or(Error::Malformed)?;
        if digits.len() != HEX_DIGITS || !is_lower_hex(digits) {
            return Err(Error::Malformed);
        }
        Ok(Self {
            text: Zeroizing::new(presented.to_owned()),
        })
    }

    /// The raw key: to be shown to its owner once, and hashed.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// The first 12 hexadecimal digits, under which the key's row is found. 112 secret bits remain.
    #[must_use]
    pub fn lookup(&self) -> Lookup {
        Lookup::of_digits(self.digits())
    }

    /// The form that may be shown afterwards: `flx_live_a3b4c...f8e9`.
    #[must_use]
    pub fn mask(&self) -> MaskedKey {
        MaskedKey::of_digits(self.digits())
    }

    fn digits(&self) -> &str {
        self.text.get(PREFIX.len()..).unwrap_or_default()
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ApiKey({})", self.mask())
    }
}

/// True when every byte is one of `0-9a-f`.
pub(crate) fn is_lower_hex(text: &str) -> bool {
    text.bytes()
        .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}
