//! How often passwords and links may be tried.

use std::net::IpAddr;

use sha2::{Digest as _, Sha256};

use crate::auth::network;
use crate::clock::now_ms;
use crate::problem::{Kind, Problem};
use crate::rate_limit::{RateLimiter, Standing};

/// Tries a minute from one network.
const FROM_NETWORK: u32 = 20;
/// Tries a minute at one thing from one network.
const AT_ONE_FROM_NETWORK: u32 = 6;
/// Tries a minute at one account from everywhere. Only those count that their own network was
/// allowed: it takes ten networks to hold up the owner, who comes from one of their own.
const AT_ACCOUNT: u32 = 60;

/// What is tried.
#[derive(Debug, Clone, Copy)]
pub(super) enum Aim<'a> {
    /// The password of the account with this address, whether there is one or not.
    Account(&'a str),
    /// A one-time link.
    Link(&'a str),
    /// An account of one's own.
    SignUp,
}

/// Counts tries of the last minute in this process, wrong or not.
#[derive(Debug, Default)]
pub(crate) struct Attempts {
    networks: RateLimiter,
    pairs: RateLimiter,
    accounts: RateLimiter,
}

impl Attempts {
    /// Counts a try.
    ///
    /// # Errors
    /// 429 when there were too many.
    pub(super) fn take(&self, from: Option<IpAddr>, aim: Aim<'_>) -> Result<(), Problem> {
        let now = now_ms();
        let from = from.map(network).map(|network| network.to_string()).unwrap_or_default();
        let at = aim.digest();
        allowed(self.networks.take(&from, FROM_NETWORK, now))?;
        allowed(self.pairs.take(&format!("{from} {at}"), AT_ONE_FROM_NETWORK, now))?;
        match aim {
            Aim::Account(_) => allowed(self.accounts.take(&at, AT_ACCOUNT, now)),
            Aim::Link(_) | Aim::SignUp => Ok(()),
        }
    }
}

impl Aim<'_> {
    /// As short for a long text that a stranger typed as for any other.
    fn digest(self) -> String {
        let (kind, text) = match self {
            Self::Account(text) => ("account", text),
            Self::Link(text) => ("link", text),
            Self::SignUp => ("sign-up", ""),
        };
        hex::encode(
            Sha256::new().chain_update(kind).chain_update([0]).chain_update(text).finalize(),
        )
    }
}

fn allowed(standing: Standing) -> Result<(), Problem> {
    if standing.allowed {
        return Ok(());
    }
    let seconds = standing.reset_s;
    let detail = format!("Too many attempts. Try again in {seconds} seconds.");
    Err(Problem::new(Kind::TooManyFailures, detail)
        .with_limit(standing.quota)
        .with_retry_after(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(address: &str) -> Option<IpAddr> {
        address.parse().ok()
    }

    #[test]
    fn who_guesses_is_held_up_and_the_owner_elsewhere_is_not() {
        let attempts = Attempts::default();
        let (thief, owner) = (from("203.0.113.9"), from("198.51.100.7"));
        let ada = Aim::Account("ada@example.org");
        for _ in 0..AT_ONE_FROM_NETWORK {
            attempts.take(thief, ada).unwrap();
        }
        for _ in 0..AT_ACCOUNT * 2 {
            assert!(attempts.take(thief, ada).is_err());
        }
        attempts.take(owner, ada).unwrap();
    }

    #[test]
    fn who_tries_many_addresses_is_held_up_with_the_whole_network() {
        let attempts = Attempts::default();
        for n in 0..FROM_NETWORK {
            attempts.take(from("2001:db8::1"), Aim::Account(&n.to_string())).unwrap();
        }
        assert!(attempts.take(from("2001:db8::2"), Aim::Account("x")).is_err());
        attempts.take(from("2001:db8:0:1::1"), Aim::Account("x")).unwrap();
    }

    #[test]
    fn one_who_signs_up_again_and_again_keeps_nobody_else_from_it() {
        let attempts = Attempts::default();
        while attempts.take(from("203.0.113.9"), Aim::SignUp).is_ok() {}
        attempts.take(from("198.51.100.7"), Aim::SignUp).unwrap();
    }

    #[test]
    fn what_is_typed_takes_no_more_room_however_long_it_is() {
        let long = "a".repeat(15_000);
        assert_eq!(Aim::Account(&long).digest().len(), Aim::Account("a").digest().len());
        assert_ne!(Aim::Account("a").digest(), Aim::Link("a").digest());
    }
}
