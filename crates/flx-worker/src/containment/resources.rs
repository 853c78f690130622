//! What a process may have of memory, files and cores.

use std::io;

use rustix::process::{Resource, Rlimit, setrlimit};

/// Pipes, and a few more for libraries.
const OPEN_FILES: u64 = 16;

/// No core, no file that grows, hardly any that is open.
pub(super) fn bound() -> io::Result<()> {
    set(Resource::Core, 0)?;
    set(Resource::Fsize, 0)?;
    set(Resource::Nofile, OPEN_FILES)
}

/// No more than this of address space.
pub(super) fn bound_memory(bytes: u64) -> io::Result<()> {
    set(Resource::As, bytes)
}

fn set(resource: Resource, most: u64) -> io::Result<()> {
    Ok(setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?)
}
