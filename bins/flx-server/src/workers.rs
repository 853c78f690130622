//! This program as the worker of another one: how it is started then, and its memory.

use std::io;

use flx_worker::Command;

/// The allocator's settings. Address space that is not used is given back, as it is bounded; pages
/// that are not used are given back within a second; and no thread is started before all are bound.
const ALLOCATOR: &str = "background_thread:false,retain:false,dirty_decay_ms:1000";

/// How worker processes are started.
pub(crate) fn command() -> io::Result<Command> {
    Ok(Command::this_program()?.with_variable("MALLOC_CONF", ALLOCATOR))
}

/// Starts the allocator's own thread, so that an idle process gives memory back too.
pub(crate) fn give_back_memory() {
    // Without it memory goes back with the next picture.
    #[cfg(not(target_env = "msvc"))]
    let _ = tikv_jemalloc_ctl::background_thread::write(true);
}
