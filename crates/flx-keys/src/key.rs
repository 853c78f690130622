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
        Ok(Self { text: Zeroizing::new(presented.to_owned()) })
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
    text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "flx_live_a3b4c00112233445566778899aabbccddeef8e9";
    const KEY: &str = "flx_live_a3b4c00112233445566778899aabbccddeeff8e9";

    fn refused(presented: &str) -> bool {
        matches!(ApiKey::parse(presented), Err(Error::Malformed))
    }

    #[test]
    fn exactly_the_documented_form_is_a_key() {
        assert_eq!(ApiKey::parse(KEY).unwrap().expose(), KEY);
        assert_eq!(KEY.len(), ApiKey::LENGTH);
    }

    #[test]
    fn anything_else_is_malformed() {
        assert_ne!(TEXT.len(), ApiKey::LENGTH);
        assert!(refused(TEXT));
        assert!(refused(""));
        assert!(refused("flx_live_"));
        assert!(refused(&KEY[9..]));
        assert!(refused(&format!("{KEY}0")));
        assert!(refused(&format!(" {KEY}")));
        assert!(refused(&format!("{KEY}\n")));
        assert!(refused(&KEY.to_uppercase()));
        assert!(refused(&KEY.replace("a3b4c", "A3b4c")));
        assert!(refused(&KEY.replace("a3b4c", "g3b4c")));
        assert!(refused(&KEY.replace("flx_live_", "flx_test_")));
        assert!(refused(&KEY.replace("flx_live_", "flx-live-")));
        assert!(refused(&KEY.replace("a3b4c0", "a3b4\u{e9}")));
        assert!(refused(&KEY.replace('0', "\u{0}")));
        assert!(refused(&"flx_live_".repeat(100_000)));
    }

    #[test]
    fn lookup_and_mask_show_the_documented_digits() {
        let key = ApiKey::parse(KEY).unwrap();
        assert_eq!(key.lookup().as_str(), "a3b4c0011223");
        assert_eq!(key.mask().as_str(), "flx_live_a3b4c...f8e9");
    }

    #[test]
    fn debug_shows_the_masked_form_only() {
        let key = ApiKey::parse(KEY).unwrap();
        assert_eq!(format!("{key:?}"), "ApiKey(flx_live_a3b4c...f8e9)");
        assert_eq!(format!("{:?}", Some(&key)), "Some(ApiKey(flx_live_a3b4c...f8e9))");
    }

    #[test]
    fn generated_keys_parse_and_differ() {
        let keys: std::collections::HashSet<String> =
            (0..1_000).map(|_| ApiKey::generate().unwrap().expose().to_owned()).collect();
        assert_eq!(keys.len(), 1_000);
        assert!(keys.iter().all(|key| ApiKey::parse(key).is_ok()));
    }

    proptest::proptest! {
        #[test]
        fn any_forty_digits_make_a_key_that_masks_to_its_ends(digits in "[0-9a-f]{40}") {
            let key = ApiKey::parse(&format!("flx_live_{digits}")).unwrap();
            proptest::prop_assert_eq!(key.lookup().to_string(), &digits[..12]);
            let masked = format!("flx_live_{}...{}", &digits[..5], &digits[36..]);
            proptest::prop_assert_eq!(key.mask().to_string(), masked);
        }

        #[test]
        fn no_text_makes_parse_panic(text in ".*") {
            proptest::prop_assert!(ApiKey::parse(&text).is_err());
        }
    }
}
