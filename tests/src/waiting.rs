//! Waiting for what is to happen, on however slow a machine.

use std::thread;
use std::time::{Duration, Instant};

/// Far longer than anything takes that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// Waits until something holds.
///
/// # Panics
/// When it does not within a minute.
#[track_caller]
pub fn wait_until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < PATIENCE, "waited in vain: {what}");
        thread::sleep(Duration::from_millis(5));
    }
}
