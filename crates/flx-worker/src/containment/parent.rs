//! Parent and child: who ends with whom, and before whom.

use std::{fs, io};

use rustix::process::{Signal, getppid, set_parent_process_death_signal};

/// Has the kernel end this process when its parent ends. Fails where the parent has ended already.
pub(super) fn bind(parent: u32) -> io::Result<bool> {
    let is_bound = set_parent_process_death_signal(Some(Signal::KILL)).is_ok();
    // It may have ended before it was said.
    let now = getppid().map(|id| id.as_raw_nonzero().get().unsigned_abs());
    if now == Some(parent) { Ok(is_bound) } else { Err(io::ErrorKind::NotConnected.into()) }
}

/// Has the kernel end this process before any other when memory runs out. Anybody may say that of
/// himself.
pub(super) fn go_first() -> io::Result<()> {
    fs::write("/proc/self/oom_score_adj", "1000")
}
