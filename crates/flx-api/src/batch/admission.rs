//! Who may begin: a bounded number of pictures in the house, and a budget of memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::budget::{Budget, Share};

/// Grain of the memory budget: permits are counted in these.
const GRAIN_BYTES: u64 = 64 * 1024;
/// What a picture is thought to take before the first one was measured, in microseconds.
const FIRST_GUESS_US: u64 = 300_000;
/// Estimates are on the safe side and the budget is a share of the memory there is: a picture may
/// be thought to take this many times the budget, in tenths, when it is worked on alone.
const ALONE_TENTHS: u64 = 16;
/// The share of all places that one account may take, in quarters: the rest is for others who come
/// while it waits.
const ONE_ACCOUNT_QUARTERS: usize = 3;
/// Pictures of the largest request that the built-in plans allow: there is always room for one.
const LARGEST_REQUEST: usize = 20;
/// Longest advice to wait, in seconds.
const MAX_RETRY_AFTER_S: u64 = 60;

/// Counts pictures and memory in use.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Arc<Mutex<Places>>,
    capacity: usize,
    workers: usize,
    memory: Budget,
    memory_grains: u32,
    most_bytes: u64,
    picture_us: AtomicU64,
}

/// How many are taken, and by whom.
#[derive(Debug, Default)]
struct Places {
    taken: usize,
    by_account: HashMap<String, usize>,
}

/// One picture's place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Arc<Mutex<Places>>,
    account: Arc<str>,
}

/// The house is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Full {
    /// Seconds after which a place is likely to be free.
    pub(crate) retry_after_s: u64,
}

impl Admission {
    /// `capacity` pictures waiting or worked on, `workers` of them at once, `memory` bytes.
    pub(crate) fn new(capacity: usize, workers: usize, memory: u64) -> Self {
        let grains = u32::try_from(memory / GRAIN_BYTES).unwrap_or(u32::MAX).max(1);
        Self {
            places: Arc::default(),
            capacity,
            workers: workers.max(1),
            memory: Budget::new(grains),
            memory_grains: grains,
            most_bytes: memory / 10 * ALONE_TENTHS,
            picture_us: AtomicU64::new(FIRST_GUESS_US),
        }
    }

    /// Takes places for all pictures of a request, or none.
    ///
    /// # Errors
    /// [`Full`], with advice computed from how fast the queue drains.
    pub(crate) fn enter(&self, account: &str, pictures: usize) -> Result<Vec<Place>, Full> {
        let most = self.largest_request();
        let mut places = self.places();
        let (all, own) = (places.taken + pictures, places.of(account) + pictures);
        if all > self.capacity || own > most {
            drop(places);
            return Err(self.full());
        }
        places.taken = all;
        places.by_account.insert(account.to_owned(), own);
        drop(places);
        let account: Arc<str> = account.into();
        let place = || Place { places: Arc::clone(&self.places), account: Arc::clone(&account) };
        Ok((0..pictures).map(|_| place()).collect())
    }

    /// Places that one account may have at once, and so pictures that a request may have.
    pub(crate) fn largest_request(&self) -> usize {
        (self.capacity / 4 * ONE_ACCOUNT_QUARTERS).max(LARGEST_REQUEST)
    }

    /// Whether not even one picture would be taken, to refuse a request before its body is read.
    ///
    /// # Errors
    /// [`Full`].
    pub(crate) fn check(&self) -> Result<(), Full> {
        if self.inside() >= self.capacity { Err(self.full()) } else { Ok(()) }
    }

    /// Pictures waiting or worked on.
    pub(crate) fn inside(&self) -> usize {
        self.places().taken
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What one picture may take at most, in bytes, by estimate. One that took more could end the
    /// process, and every other request with it.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.most_bytes
    }

    /// Waits for the account's turn and until `bytes` of memory are free, and takes them. More than
    /// the budget counts as all of it: such a picture is worked on alone.
    pub(crate) async fn memory(&self, account: &str, bytes: u64) -> Option<Share> {
        let grains = u32::try_from(bytes.div_ceil(GRAIN_BYTES)).unwrap_or(u32::MAX);
        let grains = grains.clamp(1, self.memory_grains);
        self.memory.take(account, grains).await
    }

    /// What all pictures may take together, in bytes.
    pub(crate) fn memory_limit(&self) -> u64 {
        u64::from(self.memory_grains) * GRAIN_BYTES
    }

    /// Memory taken, in bytes.
    pub(crate) fn memory_taken(&self) -> u64 {
        u64::from(self.memory_grains.saturating_sub(self.memory.free())) * GRAIN_BYTES
    }

    /// Learns how long a picture took: an average in which the latest counts one eighth.
    pub(crate) fn note(&self, took: Duration) {
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX / 8);
        let average = self.picture_us.load(Ordering::Relaxed);
        self.picture_us
            .store((average.saturating_mul(7).saturating_add(us)) / 8, Ordering::Relaxed);
    }

    fn full(&self) -> Full {
        let waiting = u64::try_from(self.inside().div_ceil(self.workers)).unwrap_or(u64::MAX);
        let us = waiting.saturating_mul(self.picture_us.load(Ordering::Relaxed));
        Full { retry_after_s: us.div_ceil(1_000_000).clamp(1, MAX_RETRY_AFTER_S) }
    }
}

impl Places {
    fn of(&self, account: &str) -> usize {
        self.by_account.get(account).copied().unwrap_or_default()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.taken = places.taken.saturating_sub(1);
        match places.of(&self.account) {
            0 | 1 => drop(places.by_account.remove(&*self.account)),
            more => drop(places.by_account.insert(self.account.to_string(), more - 1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_gets_places_for_all_its_pictures_or_none() {
        let admission = Admission::new(20, 2, 1 << 30);
        let mut first = admission.enter("a", 15).unwrap();
        assert_eq!(admission.enter("a", 6).unwrap_err().retry_after_s, 3);
        assert_eq!(admission.inside(), 15, "a refusal takes nothing");
        first.pop();
        let second = admission.enter("a", 6).unwrap();
        assert!(admission.check().is_err());
        drop((first, second));
        assert_eq!(admission.inside(), 0);
        assert!(admission.check().is_ok());
    }

    #[test]
    fn one_account_leaves_places_for_others() {
        let admission = Admission::new(100, 2, 1 << 30);
        let many: Vec<_> = (0..4).map_while(|_| admission.enter("a", 20).ok()).collect();
        assert_eq!(many.len(), 3, "a fourth batch would be more than three quarters");
        assert!(admission.enter("a", 16).is_err());
        let other = admission.enter("b", 20).unwrap();
        drop(many);
        assert_eq!(admission.inside(), 20);
        assert_eq!(admission.enter("a", 20).unwrap().len(), 20, "its places came back");
        drop(other);
        assert_eq!(admission.places().by_account.len(), 0, "nobody is remembered for ever");
    }

    #[test]
    fn the_advice_follows_the_measured_times_within_a_minute() {
        let admission = Admission::new(1, 1, 1 << 30);
        let _place = admission.enter("a", 1).unwrap();
        for _ in 0..100 {
            admission.note(Duration::from_secs(7));
        }
        assert_eq!(admission.enter("a", 1).unwrap_err().retry_after_s, 7);
        for _ in 0..100 {
            admission.note(Duration::from_secs(7000));
        }
        assert_eq!(admission.enter("a", 1).unwrap_err().retry_after_s, 60);
    }

    #[tokio::test]
    async fn a_picture_larger_than_the_budget_waits_until_it_is_alone() {
        let admission = Admission::new(20, 2, 10 * GRAIN_BYTES);
        let small = admission.memory("a", 3 * GRAIN_BYTES).await.unwrap();
        assert_eq!(admission.memory_taken(), 3 * GRAIN_BYTES);
        let large = admission.memory("b", u64::MAX);
        tokio::pin!(large);
        let early = tokio::time::timeout(Duration::from_millis(20), &mut large).await;
        assert!(early.is_err(), "it must wait");
        drop(small);
        assert!(large.await.is_some());
    }
}
