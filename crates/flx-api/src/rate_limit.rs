//! Requests a minute, per account: a fixed window that starts with the first request in it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Length of a window in milliseconds.
const WINDOW_MS: i64 = 60_000;
/// Accounts remembered at once. Far more than can call within a minute of one process.
const MAX_ACCOUNTS: usize = 100_000;

/// Counts requests of accounts in this process.
#[derive(Debug, Default)]
pub(crate) struct RateLimiter {
    windows: Mutex<HashMap<String, Window>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    started_ms: i64,
    used: u32,
}

/// Where an account stands after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Requests allowed in a window.
    pub(crate) quota: u32,
    /// Requests left in this window.
    pub(crate) remaining: u32,
    /// Seconds until the window ends, 1–60.
    pub(crate) reset_s: u64,
    /// Whether this request is within the quota.
    pub(crate) allowed: bool,
}

impl RateLimiter {
    /// Counts one request against `quota` requests a minute.
    pub(crate) fn take(&self, account: &str, quota: u32, now_ms: i64) -> Standing {
        let mut windows = self.lock();
        if windows.len() >= MAX_ACCOUNTS && !windows.contains_key(account) {
            windows.retain(|_, window| window.is_open(now_ms));
        }
        let mut window = Window::of(&windows, account, now_ms);
        let allowed = window.used < quota;
        if allowed {
            window.used += 1;
        }
        // With every place taken by an open window, this one is counted but not remembered.
        if windows.len() < MAX_ACCOUNTS || windows.contains_key(account) {
            windows.insert(account.to_owned(), window);
        }
        window.standing(quota, allowed, now_ms)
    }

    /// Where a further request would stand, which is not counted.
    pub(crate) fn standing(&self, account: &str, quota: u32, now_ms: i64) -> Standing {
        let window = Window::of(&self.lock(), account, now_ms);
        window.standing(quota, window.used < quota, now_ms)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Window>> {
        self.windows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    /// The account's open window, or a fresh one.
    fn of(windows: &HashMap<String, Self>, account: &str, now_ms: i64) -> Self {
        let known = windows.get(account).copied().filter(|window| window.is_open(now_ms));
        known.unwrap_or(Self { started_ms: now_ms, used: 0 })
    }

    /// A clock set back ends the window too, so that nobody is locked out by it.
    fn is_open(&self, now_ms: i64) -> bool {
        (0..WINDOW_MS).contains(&now_ms.saturating_sub(self.started_ms))
    }

    fn standing(&self, quota: u32, allowed: bool, now_ms: i64) -> Standing {
        let remaining = quota.saturating_sub(self.used);
        Standing { quota, remaining, reset_s: self.reset_s(now_ms), allowed }
    }

    fn reset_s(&self, now_ms: i64) -> u64 {
        let left_ms = (self.started_ms + WINDOW_MS).saturating_sub(now_ms).max(0);
        u64::try_from(left_ms).unwrap_or_default().div_ceil(1000).max(1)
    }
}

impl Standing {
    /// `RateLimit-Policy` as in draft-ietf-httpapi-ratelimit-headers-10.
    pub(crate) fn policy_header(&self) -> String {
        format!("\"default\";q={};w={}", self.quota, WINDOW_MS / 1000)
    }

    /// `RateLimit` as in draft-ietf-httpapi-ratelimit-headers-10.
    pub(crate) fn limit_header(&self) -> String {
        format!("\"default\";r={};t={}", self.remaining, self.reset_s)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_request_shows_the_quota_less_one_and_a_whole_window() {
        let standing = RateLimiter::default().take("a", 600, 5_000);
        assert_eq!(standing.policy_header(), "\"default\";q=600;w=60");
        assert_eq!(standing.limit_header(), "\"default\";r=599;t=60");
        assert!(standing.allowed);
    }

    #[test]
    fn a_window_takes_its_quota_and_no_more_then_a_new_one_starts() {
        let limiter = RateLimiter::default();
        for used in 1..=60 {
            let standing = limiter.take("a", 60, 1_000 + i64::from(used));
            assert!(standing.allowed);
            assert_eq!(standing.remaining, 60 - used);
        }
        let refused = limiter.take("a", 60, 31_001);
        assert!(!refused.allowed);
        assert_eq!((refused.remaining, refused.reset_s), (0, 30));
        assert!(limiter.take("b", 60, 31_001).allowed, "accounts do not share a window");
        assert!(limiter.take("a", 60, 61_001).allowed, "the next window is open");
    }

    #[test]
    fn a_clock_set_back_locks_nobody_out() {
        let limiter = RateLimiter::default();
        assert!(limiter.take("a", 1, 1_000_000).allowed);
        assert!(!limiter.take("a", 1, 1_000_001).allowed);
        assert!(limiter.take("a", 1, 0).allowed);
    }

    #[test]
    fn a_plan_change_applies_within_the_window() {
        let limiter = RateLimiter::default();
        for _ in 0..60 {
            limiter.take("a", 60, 0);
        }
        assert!(!limiter.take("a", 60, 1).allowed);
        assert_eq!(limiter.take("a", 600, 2).remaining, 539);
    }

    #[test]
    fn the_map_is_bounded() {
        let limiter = RateLimiter::default();
        for account in 0..MAX_ACCOUNTS + 10 {
            assert!(limiter.take(&account.to_string(), 1, 0).allowed);
        }
        assert!(limiter.windows.lock().unwrap().len() <= MAX_ACCOUNTS);
        assert!(limiter.take("late", 1, WINDOW_MS).allowed);
        assert_eq!(limiter.windows.lock().unwrap().len(), 1);
    }
}
