//! E-mail addresses as the names of accounts.

use std::fmt;
use std::str::FromStr;

use crate::StoreError;

/// The longest address that mail can be sent to (RFC 5321, erratum 1690).
const MAX_BYTES: usize = 254;
const MAX_LOCAL_BYTES: usize = 64;

/// An address as an account's name: white space around it removed, lower-cased as a whole.
///
/// The check is for slips, not for deliverability: one `@` with something on both sides, no white
/// space or control characters, at most 254 bytes (64 before the `@`). A domain without a dot is
/// fine: `demo@localhost` is an address.
///
/// ```
/// use flx_store::Email;
/// assert_eq!(" Ada@Example.org ".parse::<Email>()?.as_str(), "ada@example.org");
/// assert!("ada".parse::<Email>().is_err());
/// # Ok::<(), flx_store::StoreError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Email(String);

impl Email {
    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn of_row(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Email {
    type Err = StoreError;

    /// # Errors
    /// [`StoreError::InvalidEmail`] with what is wrong; the text is not repeated.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let text = text.trim().to_lowercase();
        let wrong = |reason| Err(StoreError::InvalidEmail { reason });
        if text.len() > MAX_BYTES {
            return wrong("is longer than 254 bytes");
        }
        if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return wrong("contains white space or control characters");
        }
        let Some((local, domain)) = text.rsplit_once('@') else {
            return wrong("has no @");
        };
        if local.is_empty() || domain.is_empty() {
            return wrong("has nothing on one side of the @");
        }
        if local.contains('@') {
            return wrong("has more than one @");
        }
        if local.len() > MAX_LOCAL_BYTES {
            return wrong("has more than 64 bytes before the @");
        }
        if domain.split('.').any(|label| label.is_empty() || label.len() > 63) {
            return wrong("has a domain with an empty or overlong part");
        }
        if text.contains(['<', '>', '"', '\\', ',', ';', '(', ')']) {
            return wrong("contains a character that addresses do not have");
        }
        Ok(Self(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        let parsed = text.parse::<Email>();
        assert_eq!(parsed.as_ref().ok().map(Email::as_str), expected, "{text:?}: {parsed:?}");
    }

    #[test]
    fn addresses_are_trimmed_and_lower_cased() {
        check(" Demo@LocalHost\n", Some("demo@localhost"));
        check("a.b+tag@mail.example.org", Some("a.b+tag@mail.example.org"));
        check("Ü@EXAMPLE.org", Some("ü@example.org"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for text in [
            "",
            "@",
            "ada",
            "ada@",
            "@example.org",
            "a b@example.org",
            "a@b@c",
            "a@.org",
            "a@org.",
            "Ada <ada@example.org>",
            "a,b@example.org",
            "a\0@example.org",
        ] {
            check(text, None);
        }
        check(&format!("{}@example.org", "x".repeat(65)), None);
        check(&format!("x@{}", "a.".repeat(130) + "org"), None);
    }
}
