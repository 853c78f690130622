//! A control group that bounds memory, of version 1 or 2, whichever the machine has.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::Duration;

use crate::tools;

/// A control group; removed with the value, after the processes in it have ended.
#[derive(Debug)]
pub struct MemoryGroup {
    folder: PathBuf,
    version: Version,
}

#[derive(Debug, Clone, Copy)]
enum Version {
    One,
    Two,
}

impl MemoryGroup {
    /// A group whose processes may take this many bytes together. `None`, with a notice, for
    /// anybody but root.
    ///
    /// # Panics
    /// When root cannot make one, or nobody may although `CI` is set.
    #[must_use]
    pub fn of(bytes: u64) -> Option<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        tools::root()?;
        let tree = Path::new("/sys/fs/cgroup");
        let (tree, version, limit) = if tree.join("memory").is_dir() {
            (tree.join("memory"), Version::One, "memory.limit_in_bytes")
        } else {
            // The root of version 2 hands the controller on only when told.
            let _ = fs::write(tree.join("cgroup.subtree_control"), "+memory");
            (tree.to_owned(), Version::Two, "memory.max")
        };
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = tree.join(format!("flx-tests-{}-{number}", std::process::id()));
        fs::create_dir(&folder).expect("a control group can be made");
        let group = Self { folder, version };
        group.write(limit, bytes);
        Some(group)
    }

    /// The file that takes the ids of processes.
    pub(crate) fn processes(&self) -> PathBuf {
        self.folder.join("cgroup.procs")
    }

    /// Processes that were killed because the memory did not suffice.
    ///
    /// # Panics
    /// When the system does not say.
    #[must_use]
    pub fn killed(&self) -> u64 {
        let file = match self.version {
            Version::One => "memory.oom_control",
            Version::Two => "memory.events",
        };
        let text = self.read(file);
        let line = text.lines().find_map(|line| line.strip_prefix("oom_kill "));
        line.and_then(|count| count.trim().parse().ok()).expect("the system counts kills")
    }

    /// The most memory that was taken, in bytes, the system's cache of files included.
    ///
    /// # Panics
    /// When the system does not say.
    #[must_use]
    pub fn peak(&self) -> u64 {
        let file = match self.version {
            Version::One => "memory.max_usage_in_bytes",
            Version::Two => "memory.peak",
        };
        self.read(file).trim().parse().expect("a number")
    }

    fn read(&self, file: &str) -> String {
        fs::read_to_string(self.folder.join(file)).expect("the control group can be read")
    }

    fn write(&self, file: &str, value: u64) {
        fs::write(self.folder.join(file), value.to_string()).expect("the group takes a limit");
    }
}

impl Drop for MemoryGroup {
    fn drop(&mut self) {
        // The last process may still be on its way out.
        for _ in 0..50 {
            if fs::remove_dir(&self.folder).is_ok() {
                return;
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}
