//! Wrong keys, counted by the address they come from and by the key they are guesses at.
//!
//! They hold up only those who may be guessing: a key that was verified in this process is never
//! refused here, and guesses at a key keep those out who made some, not its owner elsewhere.

use std::net::{IpAddr, Ipv6Addr};

use flx_keys::Lookup;

use crate::clock::now_ms;
use crate::problem::{Kind, Problem};
use crate::rate_limit::RateLimiter;

/// Wrong keys a minute from one address.
const FROM_ADDRESS: u32 = 60;
/// Wrong secrets a minute for one key from those who have sent one before.
const AT_LOOKUP: u32 = 10;

/// Counts failures of the last minute in this process.
#[derive(Debug, Default)]
pub(crate) struct Failures {
    addresses: RateLimiter,
    lookups: RateLimiter,
    /// Who guessed at which key.
    guessers: RateLimiter,
}

/// From where a key comes and which one it claims to be.
#[derive(Debug, Clone)]
pub(super) struct Attempt {
    address: Option<IpAddr>,
    lookup: Lookup,
}

impl Attempt {
    pub(super) fn new(address: Option<IpAddr>, lookup: Lookup) -> Self {
        Self { address, lookup }
    }

    fn address(&self) -> String {
        self.address.map(network).map(|address| address.to_string()).unwrap_or_default()
    }

    fn guesser(&self) -> String {
        format!("{} {}", self.address(), self.lookup.as_str())
    }
}

impl Failures {
    /// Whether a key that is new to this process may be tried.
    ///
    /// # Errors
    /// 429 when too many were wrong.
    pub(super) fn may_try(&self, attempt: &Attempt) -> Result<(), Problem> {
        let now = now_ms();
        let from = self.addresses.standing(&attempt.address(), FROM_ADDRESS, now);
        if !from.allowed {
            return Err(refused("from this address", FROM_ADDRESS, from.reset_s));
        }
        let at = self.lookups.standing(attempt.lookup.as_str(), AT_LOOKUP, now);
        let has_guessed = !self.guessers.standing(&attempt.guesser(), 1, now).allowed;
        if !at.allowed && has_guessed {
            return Err(refused("for this key", AT_LOOKUP, at.reset_s));
        }
        Ok(())
    }

    /// The key is nobody's.
    pub(super) fn unknown(&self, attempt: &Attempt) {
        let _ = self.addresses.take(&attempt.address(), FROM_ADDRESS, now_ms());
    }

    /// The key is another one than that whose place it claims.
    pub(super) fn wrong(&self, attempt: &Attempt) {
        self.unknown(attempt);
        let now = now_ms();
        let _ = self.lookups.take(attempt.lookup.as_str(), AT_LOOKUP, now);
        let _ = self.guessers.take(&attempt.guesser(), 1, now);
    }
}

/// Who has one address of IPv6 has its whole network of 64 bits.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) >> 64 << 64).into(),
    }
}

fn refused(whence: &str, limit: u32, reset_s: u64) -> Problem {
    let detail = format!("more than {limit} wrong API keys came {whence} within a minute");
    Problem::new(Kind::TooManyFailures, detail).with_limit(limit).with_retry_after(reset_s)
}

#[cfg(test)]
mod tests {
    use flx_keys::ApiKey;

    use super::*;

    fn from(address: &str, key: &ApiKey) -> Attempt {
        Attempt::new(Some(address.parse().unwrap()), key.lookup())
    }

    #[test]
    fn guesses_at_a_key_keep_out_who_guessed_and_nobody_else() {
        let (failures, key) = (Failures::default(), ApiKey::generate().unwrap());
        let (thief, owner) = (from("203.0.113.9", &key), from("198.51.100.7", &key));
        for _ in 0..AT_LOOKUP {
            failures.may_try(&thief).unwrap();
            failures.wrong(&thief);
        }
        let problem = failures.may_try(&thief).unwrap_err();
        assert_eq!(problem.status().as_u16(), 429);
        failures.may_try(&owner).unwrap();
        failures.may_try(&from("203.0.113.9", &ApiKey::generate().unwrap())).unwrap();
    }

    #[test]
    fn an_address_that_tries_many_keys_is_kept_out_with_its_network() {
        let failures = Failures::default();
        for _ in 0..FROM_ADDRESS {
            let attempt = from("2001:db8::1", &ApiKey::generate().unwrap());
            failures.may_try(&attempt).unwrap();
            failures.unknown(&attempt);
        }
        let key = ApiKey::generate().unwrap();
        assert!(failures.may_try(&from("2001:db8::2", &key)).is_err());
        failures.may_try(&from("2001:db8:0:1::1", &key)).unwrap();
        failures.may_try(&from("203.0.113.9", &key)).unwrap();
    }
}
