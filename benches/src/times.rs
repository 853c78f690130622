//! Measured durations and what sums them up.

use std::time::{Duration, Instant};

/// Durations of the same thing, measured again and again.
#[derive(Debug, Default)]
pub struct Times(Vec<Duration>);

impl Times {
    /// Runs something and notes how long it took.
    pub fn measure<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begin = Instant::now();
        let result = work();
        self.0.push(begin.elapsed());
        result
    }

    /// Notes a duration.
    pub fn push(&mut self, duration: Duration) {
        self.0.push(duration);
    }

    /// The duration that half of them do not exceed; zero when nothing was measured.
    #[must_use]
    pub fn median(&self) -> Duration {
        self.percentile(50)
    }

    /// The duration that so many percent of them do not exceed, the shortest one for 0; zero when
    /// nothing was measured.
    #[must_use]
    pub fn percentile(&self, percent: usize) -> Duration {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent.min(100)).div_ceil(100);
        sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
    }
}

/// A duration in microseconds, for tables.
#[must_use]
pub fn micros(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e6
}

/// A duration in milliseconds, for tables.
#[must_use]
pub fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
