//! Ending a child that is late or no longer wanted.

use std::io;
use std::process::Child;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use flx_core::CancelFlag;

/// How often the watch looks.
const PAUSE: Duration = Duration::from_millis(20);

/// Why a child was ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Its time was over.
    Late,
    /// Nobody wanted the result any more.
    Unwanted,
}

/// Does what waits for a child, and meanwhile ends the child at the moment given, or when the flag
/// is raised; then what waits is woken by the end of the child's pipes.
pub(crate) fn watched<T>(
    child: &mut Child,
    until: Option<Instant>,
    cancel: Option<&CancelFlag>,
    work: impl FnOnce() -> T,
) -> io::Result<(T, Option<Ended>)> {
    thread::scope(|scope| {
        let (done, waiting) = mpsc::channel::<()>();
        let watch = thread::Builder::new().name(String::from("flx-watch")).spawn_scoped(
            scope,
            move || loop {
                let left = until.map(|until| until.saturating_duration_since(Instant::now()));
                let why = if cancel.is_some_and(CancelFlag::is_raised) {
                    Ended::Unwanted
                } else if left == Some(Duration::ZERO) {
                    Ended::Late
                } else {
                    let pause = left.map_or(PAUSE, |left| left.min(PAUSE));
                    match waiting.recv_timeout(pause) {
                        Err(RecvTimeoutError::Timeout) => continue,
                        Ok(()) | Err(RecvTimeoutError::Disconnected) => return None,
                    }
                };
                // It may have ended by itself meanwhile.
                let _ = child.kill();
                return Some(why);
            },
        )?;
        let result = work();
        drop(done);
        Ok((result, watch.join().unwrap_or_default()))
    })
}
