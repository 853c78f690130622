//! How times spread.

use std::fmt;
use std::time::Duration;

/// Times, in order.
#[derive(Debug, Clone)]
pub struct Spread(Vec<Duration>);

impl Spread {
    /// Of these times.
    #[must_use]
    pub fn of(mut times: Vec<Duration>) -> Self {
        times.sort_unstable();
        Self(times)
    }

    /// The time that `share` percent of them do not exceed; zero when there are none.
    #[must_use]
    pub fn percentile(&self, share: usize) -> Duration {
        let at = (self.0.len() * share).div_ceil(100).max(1) - 1;
        self.0.get(at).copied().unwrap_or_default()
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |share| self.percentile(share).as_secs_f64() * 1000.0;
        let (p50, p99, most) = (ms(50), ms(99), ms(100));
        write!(f, "p50 {p50:.2} ms, p99 {p99:.2} ms, longest {most:.1} ms of {}", self.0.len())
    }
}
