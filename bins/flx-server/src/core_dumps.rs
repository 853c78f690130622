//! No picture of this process's memory is written to a disk: keys of running requests and the
//! secret that links are signed with are in it.

use std::io;

/// Turns core dumps off for this process. Where the kernel hands them to a program, which no size
/// limit stops, it is told that this process is not for dumping; nobody but root can then look into
/// its memory or its environment either.
pub(crate) fn turn_off() -> io::Result<()> {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, setrlimit};
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) })?;
    }
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{DumpableBehavior, set_dumpable_behavior};
        set_dumpable_behavior(DumpableBehavior::NotDumpable)?;
    }
    Ok(())
}
