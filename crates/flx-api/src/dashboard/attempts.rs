//! How often passwords and links may be tried.

use std::net::IpAddr;

use crate::auth::network;
use crate::clock::now_ms;
use crate::problem::{Kind, Problem};
use crate::rate_limit::RateLimiter;

/// Tries a minute from one network.
const FROM_NETWORK: u32 = 20;
/// Tries a minute for one address of an account from one network.
const AT_ACCOUNT_FROM_NETWORK: u32 = 6;
/// Tries a minute for one address of an account from everywhere: its owner, who comes from a
/// network of their own, is hardly ever held up by others who guess.
const AT_ACCOUNT: u32 = 60;

/// Counts tries of the last minute in this process, wrong or not, whether there is such an account
/// or not.
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
    pub(super) fn take(&self, from: Option<IpAddr>, at: &str) -> Result<(), Problem> {
        let now = now_ms();
        let from = from.map(network).map(|network| network.to_string()).unwrap_or_default();
        let standings = [
            self.networks.take(&from, FROM_NETWORK, now),
            self.pairs.take(&format!("{from} {at}"), AT_ACCOUNT_FROM_NETWORK, now),
            self.accounts.take(at, AT_ACCOUNT, now),
        ];
        match standings.into_iter().find(|standing| !standing.allowed) {
            None => Ok(()),
            Some(standing) => {
                let seconds = standing.reset_s;
                let detail = format!("Too many attempts. Try again in {seconds} seconds.");
                Err(Problem::new(Kind::TooManyFailures, detail)
                    .with_limit(standing.quota)
                    .with_retry_after(seconds))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_guesses_is_held_up_and_the_owner_elsewhere_is_not() {
        let attempts = Attempts::default();
        let (thief, owner) = ("203.0.113.9".parse().ok(), "198.51.100.7".parse().ok());
        for _ in 0..AT_ACCOUNT_FROM_NETWORK {
            attempts.take(thief, "ada@example.org").unwrap();
        }
        assert!(attempts.take(thief, "ada@example.org").is_err());
        attempts.take(owner, "ada@example.org").unwrap();
        attempts.take(thief, "bob@example.org").unwrap();
    }

    #[test]
    fn who_tries_many_addresses_is_held_up_with_the_whole_network() {
        let attempts = Attempts::default();
        for n in 0..FROM_NETWORK {
            attempts.take("2001:db8::1".parse().ok(), &n.to_string()).unwrap();
        }
        assert!(attempts.take("2001:db8::2".parse().ok(), "x").is_err());
        attempts.take("2001:db8:0:1::1".parse().ok(), "x").unwrap();
    }
}
