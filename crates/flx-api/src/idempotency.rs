//! `Idempotency-Key`: a request that is made once, however often it is sent
//! (draft-ietf-httpapi-idempotency-key-header-07).

use actix_web::http::header::{HeaderMap, HeaderName};
use flx_store::Once;

use crate::problem::{Kind, Problem};

/// The header, as it is written.
pub(crate) const NAME: &str = "Idempotency-Key";
/// The header.
pub(crate) const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Longest key in characters.
const MAX_CHARS: usize = 255;
/// How long an answer is kept: a day.
const KEEP_MS: i64 = 24 * 60 * 60 * 1000;

/// A digest of the key that a client sent, which is not repeated anywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct IdempotencyKey([u8; 32]);

impl IdempotencyKey {
    /// The request's key, if it has one: 1 to 255 visible characters, in quotes or not.
    ///
    /// # Errors
    /// 400 when there are several or it is anything else.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let mut lines = headers.get_all(HEADER);
        let Some(line) = lines.next() else { return Ok(None) };
        let text = line.to_str().unwrap_or_default().trim();
        let quoted = text.strip_prefix('"').and_then(|text| text.strip_suffix('"'));
        let key = quoted.unwrap_or(text);
        let fits = lines.next().is_none()
            && (1..=MAX_CHARS).contains(&key.len())
            && key.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'"');
        if !fits {
            return Err(Problem::new(
                Kind::BadRequest,
                format!("{NAME} must be one key of 1 to {MAX_CHARS} visible characters"),
            )
            .with_field(NAME)
            .with_limit(MAX_CHARS));
        }
        Ok(Some(Self(*blake3::hash(key.as_bytes()).as_bytes())))
    }

    /// The digest.
    pub(crate) fn digest(&self) -> &[u8; 32] {
        &self.0
    }

    /// What tells this request from others.
    pub(crate) fn once(self, fingerprint: [u8; 32]) -> Once {
        Once { key_digest: self.0, fingerprint, keep_ms: KEEP_MS }
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn of(lines: &[&str]) -> Result<Option<IdempotencyKey>, Problem> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HEADER, HeaderValue::from_str(line).unwrap());
        }
        IdempotencyKey::of(&headers)
    }

    #[test]
    fn a_key_may_be_quoted() {
        assert!(of(&[]).unwrap().is_none());
        let plain = of(&["8e03978e-40d5"]).unwrap();
        assert!(plain.is_some());
        assert_eq!(plain, of(&["\"8e03978e-40d5\""]).unwrap());
        assert_ne!(plain, of(&["8e03978e-40d6"]).unwrap());
        assert!(of(&[&"x".repeat(255)]).is_ok());
    }

    #[test]
    fn anything_else_is_refused_by_name() {
        for lines in [&[""][..], &["\"\""], &["a b"], &["a\"b"], &[&"x".repeat(256)], &["a", "a"]] {
            let problem = of(lines).unwrap_err();
            assert_eq!(problem.status().as_u16(), 400, "{lines:?}");
            assert!(problem.to_string().contains(NAME), "{problem}");
        }
    }
}
