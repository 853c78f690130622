//! Download links that expire: HMAC-SHA256 over the result's id and the moment of expiry.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// Signs and checks download links with a secret that lives in the database.
#[derive(Clone)]
pub(crate) struct Signer {
    mac: Hmac<Sha256>,
}

/// Why a link is not honoured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// The signature is missing, malformed or not ours.
    Signature,
    /// The signature is ours and the link's time is over.
    Expired,
}

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Signer(…)")
    }
}

impl Signer {
    /// Takes the secret. Any length works; 32 random bytes are right.
    ///
    /// `None` never happens with HMAC, whose keys have any length.
    pub(crate) fn new(secret: &[u8]) -> Option<Self> {
        Hmac::new_from_slice(secret).ok().map(|mac| Self { mac })
    }

    /// The query of a link: `expires=…&signature=…` (Unix seconds, hex).
    pub(crate) fn query(&self, id: &str, expires_s: i64) -> String {
        let signature = hex::encode(self.mac_of(id, expires_s).finalize().into_bytes());
        format!("expires={expires_s}&signature={signature}")
    }

    /// Checks a link's query; the comparison takes the same time wherever it differs.
    ///
    /// # Errors
    /// [`Refused::Signature`] before [`Refused::Expired`]: a forged link learns nothing.
    pub(crate) fn verify(&self, id: &str, query: &str, now_ms: i64) -> Result<(), Refused> {
        let (expires, signature) = split(query).ok_or(Refused::Signature)?;
        self.mac_of(id, expires).verify_slice(&signature).map_err(|_| Refused::Signature)?;
        if now_ms.div_euclid(1000) >= expires { Err(Refused::Expired) } else { Ok(()) }
    }

    /// What the forms of a browser session must carry, in hex.
    pub(crate) fn form(&self, session: &str) -> String {
        let mut mac = self.mac.clone();
        mac.update(b"flx form v1\0");
        mac.update(session.as_bytes());
        hex::encode(mac.finalize().into_bytes())
    }

    fn mac_of(&self, id: &str, expires_s: i64) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(b"flx result v1\0");
        mac.update(&expires_s.to_be_bytes());
        mac.update(id.as_bytes());
        mac
    }
}

/// Exactly `expires` and `signature`, each once, in any order.
fn split(query: &str) -> Option<(i64, [u8; 32])> {
    let (first, second) = query.split_once('&')?;
    let (expires, signature) = match (first.split_once('=')?, second.split_once('=')?) {
        (("expires", expires), ("signature", signature))
        | (("signature", signature), ("expires", expires)) => (expires, signature),
        _ => return None,
    };
    if !expires.bytes().all(|byte| byte.is_ascii_digit()) || expires.starts_with('0') {
        return None;
    }
    if signature.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return None;
    }
    let mut bytes = [0; 32];
    hex::decode_to_slice(signature, &mut bytes).ok()?;
    Some((expires.parse().ok()?, bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW_MS: i64 = 1_700_000_000_000;
    const LATER_S: i64 = 1_700_000_900;

    fn signer() -> Signer {
        Signer::new(&[7; 32]).unwrap()
    }

    #[test]
    fn own_links_are_honoured_until_they_expire() {
        let query = signer().query("id", LATER_S);
        assert_eq!(signer().verify("id", &query, NOW_MS), Ok(()));
        assert_eq!(signer().verify("id", &query, LATER_S * 1000 - 1), Ok(()));
        assert_eq!(signer().verify("id", &query, LATER_S * 1000), Err(Refused::Expired));
    }

    #[test]
    fn another_id_expiry_or_secret_is_refused() {
        let query = signer().query("id", LATER_S);
        let refused = Err(Refused::Signature);
        assert_eq!(signer().verify("other", &query, NOW_MS), refused);
        assert_eq!(signer().verify("id", &query.replace("900&", "901&"), NOW_MS), refused);
        let other = Signer::new(&[8; 32]).unwrap();
        assert_eq!(other.verify("id", &query, NOW_MS), refused);
    }

    #[test]
    fn a_forged_link_is_not_told_that_it_expired() {
        let query = format!("expires=1&signature={}", "0".repeat(64));
        assert_eq!(signer().verify("id", &query, NOW_MS), Err(Refused::Signature));
    }

    #[test]
    fn only_one_spelling_of_a_link_is_taken() {
        let query = signer().query("id", LATER_S);
        let (expires, signature) = query.split_once('&').unwrap();
        assert_eq!(signer().verify("id", &format!("{signature}&{expires}"), NOW_MS), Ok(()));
        let upper = signature.to_uppercase().replace("SIGNATURE", "signature");
        for other in [
            String::new(),
            expires.to_owned(),
            format!("{query}&x=1"),
            format!("{query}&{signature}"),
            format!("{expires}&{upper}"),
            query.replace("expires=", "expires=+"),
            query.replace("expires=", "expires=0"),
            query.get(..query.len() - 1).unwrap().to_owned(),
        ] {
            assert_eq!(signer().verify("id", &other, NOW_MS), Err(Refused::Signature), "{other}");
        }
    }
}
