//! Random tokens: of browser sessions and one-time links.

use std::fmt;

use zeroize::Zeroizing;

use crate::Error;

const BYTES: usize = 32;

/// 256 random bits, known to their bearer only; what is stored is their [digest](Token::digest).
/// Its `Debug` hides it.
///
/// With that many bits there is nothing to guess, so a plain digest protects as well as argon2id.
///
/// ```
/// use flx_keys::Token;
/// let token = Token::generate()?;
/// let text = token.expose();
/// assert_eq!(text.len(), 64);
/// assert_eq!(Token::parse(&text).map(|token| token.digest()), Some(token.digest()));
/// # Ok::<(), flx_keys::Error>(())
/// ```
#[derive(Clone)]
pub struct Token(Zeroizing<[u8; BYTES]>);

impl Token {
    /// A new one from the operating system.
    ///
    /// # Errors
    /// [`Error::Entropy`].
    pub fn generate() -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0; BYTES]);
        getrandom::fill(bytes.as_mut_slice()).map_err(Error::Entropy)?;
        Ok(Self(bytes))
    }

    /// Reads what [`expose`](Self::expose) wrote: 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let mut bytes = Zeroizing::new([0; BYTES]);
        hex::decode_to_slice(text, bytes.as_mut_slice()).ok()?;
        Some(Self(bytes))
    }

    /// The token as text, for its bearer.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(self.0.as_slice()))
    }

    /// What is stored of it: blake3.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        *blake3::hash(self.0.as_slice()).as_bytes()
    }

    /// Another secret that only who has the token can know, one for each purpose.
    #[must_use]
    pub fn derive(&self, purpose: &str) -> Zeroizing<String> {
        Zeroizing::new(hex::encode(blake3::derive_key(purpose, self.0.as_slice())))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_written_form_is_read() {
        let token = Token::generate().unwrap();
        let text = token.expose();
        assert_eq!(Token::parse(&text).unwrap().digest(), token.digest());
        for wrong in
            ["", "00", &text[1..], &format!("{}0", *text), &"A".repeat(64), &"ß".repeat(32)]
        {
            assert!(Token::parse(wrong).is_none(), "{wrong}");
        }
    }

    #[test]
    fn nothing_of_a_token_can_be_told_from_its_digest_or_its_debug_form() {
        let token = Token::generate().unwrap();
        assert_eq!(format!("{token:?}"), "Token(..)");
        assert_ne!(hex::encode(token.digest()), *token.expose());
        assert_ne!(token.derive("a"), token.derive("b"));
        assert_ne!(*token.derive("a"), hex::encode(token.digest()));
    }
}
