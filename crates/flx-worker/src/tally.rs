//! What is counted over all workers.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// What is counted over all workers that share it.
#[derive(Debug, Default)]
pub struct Tally {
    restarts: AtomicU64,
    down: AtomicUsize,
}

impl Tally {
    /// Processes that were started in place of one that had ended.
    #[must_use]
    pub fn restarts(&self) -> u64 {
        self.restarts.load(Ordering::Relaxed)
    }

    /// Workers that have no process, as none could be started.
    #[must_use]
    pub fn down(&self) -> usize {
        self.down.load(Ordering::Relaxed)
    }

    pub(crate) fn restarted(&self) {
        self.restarts.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn went_down(&self) {
        self.down.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn came_up(&self) {
        self.down.fetch_sub(1, Ordering::Relaxed);
    }
}
