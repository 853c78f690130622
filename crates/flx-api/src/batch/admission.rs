//! Who may begin: a bounded number of pictures in the house, and a budget of memory.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Grain of the memory budget: permits are counted in these.
const GRAIN_BYTES: u64 = 64 * 1024;
/// What a picture is thought to take before the first one was measured, in microseconds.
const FIRST_GUESS_US: u64 = 300_000;
/// Estimates are on the safe side and the budget is a share of the memory there is: a picture may
/// be thought to take this many times the budget, in tenths, when it is worked on alone.
const ALONE_TENTHS: u64 = 16;
/// Longest advice to wait, in seconds.
const MAX_RETRY_AFTER_S: u64 = 60;

/// Counts pictures and memory in use.
#[derive(Debug)]
pub(crate) struct Admission {
    places: Arc<AtomicUsize>,
    capacity: usize,
    workers: usize,
    memory: Arc<Semaphore>,
    memory_grains: u32,
    most_bytes: u64,
    picture_us: AtomicU64,
}

/// One picture's place; given back when dropped.
#[derive(Debug)]
pub(crate) struct Place(Arc<AtomicUsize>);

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
        let permits = usize::try_from(grains).unwrap_or(usize::MAX).min(Semaphore::MAX_PERMITS);
        Self {
            places: Arc::new(AtomicUsize::new(0)),
            capacity,
            workers: workers.max(1),
            memory: Arc::new(Semaphore::new(permits)),
            memory_grains: u32::try_from(permits).unwrap_or(u32::MAX),
            most_bytes: memory / 10 * ALONE_TENTHS,
            picture_us: AtomicU64::new(FIRST_GUESS_US),
        }
    }

    /// Takes places for all pictures of a request, or none.
    ///
    /// # Errors
    /// [`Full`], with advice computed from how fast the queue drains.
    pub(crate) fn enter(&self, pictures: usize) -> Result<Vec<Place>, Full> {
        let took = self.places.fetch_update(Ordering::AcqRel, Ordering::Acquire, |taken| {
            taken.checked_add(pictures).filter(|sum| *sum <= self.capacity)
        });
        match took {
            Ok(_) => Ok((0..pictures).map(|_| Place(Arc::clone(&self.places))).collect()),
            Err(_) => Err(self.full()),
        }
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
        self.places.load(Ordering::Acquire)
    }

    /// What one picture may take at most, in bytes, by estimate. One that took more could end the
    /// process, and every other request with it.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.most_bytes
    }

    /// Waits until `bytes` of memory are free and takes them. More than the budget counts as all
    /// of it: such a picture is worked on alone.
    pub(crate) async fn memory(&self, bytes: u64) -> Option<OwnedSemaphorePermit> {
        let grains = u32::try_from(bytes.div_ceil(GRAIN_BYTES)).unwrap_or(u32::MAX);
        let grains = grains.clamp(1, self.memory_grains);
        Arc::clone(&self.memory).acquire_many_owned(grains).await.ok()
    }

    /// What all pictures may take together, in bytes.
    pub(crate) fn memory_limit(&self) -> u64 {
        u64::from(self.memory_grains) * GRAIN_BYTES
    }

    /// Memory taken, in bytes.
    pub(crate) fn memory_taken(&self) -> u64 {
        let free = u64::try_from(self.memory.available_permits()).unwrap_or(u64::MAX);
        u64::from(self.memory_grains).saturating_sub(free) * GRAIN_BYTES
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

impl Drop for Place {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_gets_places_for_all_its_pictures_or_none() {
        let admission = Admission::new(20, 2, 1 << 30);
        let mut first = admission.enter(15).unwrap();
        assert_eq!(admission.enter(6).unwrap_err().retry_after_s, 3);
        assert_eq!(admission.inside(), 15, "a refusal takes nothing");
        first.pop();
        let second = admission.enter(6).unwrap();
        assert!(admission.check().is_err());
        drop((first, second));
        assert_eq!(admission.inside(), 0);
        assert!(admission.check().is_ok());
    }

    #[test]
    fn the_advice_follows_the_measured_times_within_a_minute() {
        let admission = Admission::new(1, 1, 1 << 30);
        let _place = admission.enter(1).unwrap();
        for _ in 0..100 {
            admission.note(Duration::from_secs(7));
        }
        assert_eq!(admission.enter(1).unwrap_err().retry_after_s, 7);
        for _ in 0..100 {
            admission.note(Duration::from_secs(7000));
        }
        assert_eq!(admission.enter(1).unwrap_err().retry_after_s, 60);
    }

    #[tokio::test]
    async fn a_picture_larger_than_the_budget_waits_until_it_is_alone() {
        let admission = Admission::new(20, 2, 10 * GRAIN_BYTES);
        let small = admission.memory(3 * GRAIN_BYTES).await.unwrap();
        assert_eq!(admission.memory_taken(), 3 * GRAIN_BYTES);
        let large = admission.memory(u64::MAX);
        tokio::pin!(large);
        let early = tokio::time::timeout(Duration::from_millis(20), &mut large).await;
        assert!(early.is_err(), "it must wait");
        drop(small);
        assert!(large.await.is_some());
    }
}
