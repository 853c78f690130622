//! The processes that a server has pictures worked on in, looked at from outside.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use crate::{Service, tools};

/// How long something may take that is to happen at once.
const SOON: Duration = Duration::from_secs(60);

/// A process that a server has started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WorkerProcess(u32);

impl Service {
    /// Its worker processes.
    ///
    /// # Panics
    /// When the system does not tell.
    #[must_use]
    pub fn worker_processes(&self) -> Vec<WorkerProcess> {
        let parent = self.process_id().to_string();
        let processes = fs::read_dir("/proc").expect("the system tells").flatten();
        let ids = processes.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
        ids.map(WorkerProcess)
            .filter(|process| process.status("PPid").as_ref() == Some(&parent) && process.lives())
            .collect()
    }

    /// Waits until one of them has been at work for a moment, and gives it.
    ///
    /// # Panics
    /// When none is.
    #[track_caller]
    #[must_use]
    pub fn worker_at_work(&self) -> WorkerProcess {
        let start = Instant::now();
        while start.elapsed() < SOON {
            // However little of a processor it gets: within a second it shows.
            let before: Vec<_> = self.worker_processes().into_iter().map(timed).collect();
            let from_here = Instant::now();
            while from_here.elapsed() < Duration::from_secs(1) {
                thread::sleep(Duration::from_millis(20));
                let busy = before.iter().find(|(process, ticks)| process.ticks() > ticks + 3);
                if let Some((process, _)) = busy {
                    return *process;
                }
            }
        }
        panic!("no worker process works\n{}", self.stderr())
    }
}

fn timed(process: WorkerProcess) -> (WorkerProcess, u64) {
    (process, process.ticks())
}

impl WorkerProcess {
    /// The process that asks, to compare with.
    #[must_use]
    pub fn this() -> Self {
        Self(std::process::id())
    }

    /// Its folder in `/proc`.
    #[must_use]
    pub fn folder(self) -> PathBuf {
        PathBuf::from(format!("/proc/{}", self.0))
    }

    /// A line of its status, by the kernel's name for it.
    #[must_use]
    pub fn status(self, name: &str) -> Option<String> {
        let status = fs::read_to_string(self.folder().join("status")).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix(&format!("{name}:")))?;
        Some(line.trim().to_owned())
    }

    /// A figure of its memory in bytes, by the kernel's name for it; nothing once it has ended.
    #[must_use]
    pub fn memory(self, name: &str) -> u64 {
        let line = self.status(name).unwrap_or_default();
        let kib = line.strip_suffix("kB").and_then(|kib| kib.trim().parse::<u64>().ok());
        kib.unwrap_or_default() * 1024
    }

    /// Whether it is there and no mere entry of one that has ended.
    #[must_use]
    pub fn lives(self) -> bool {
        self.status("State").is_some_and(|state| !state.starts_with('Z'))
    }

    /// Processor time that it has taken, in the kernel's ticks, which are hundredths of a second.
    #[must_use]
    pub fn ticks(self) -> u64 {
        let stat = fs::read_to_string(self.folder().join("stat")).unwrap_or_default();
        let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let times = after_name.split_whitespace().skip(11).take(2);
        times.filter_map(|time| time.parse::<u64>().ok()).sum()
    }

    /// Sends it a signal by its name, such as `KILL`.
    pub fn signal(self, name: &str) {
        let kill = format!("kill -{name} {}", self.0);
        let _ = tools::run(Command::new("sh").arg("-c").arg(kill));
    }

    /// Leaves it little more address space than it has.
    pub fn starve(self, extra_bytes: u64) {
        let bytes = self.memory("VmSize") + extra_bytes;
        let Some(mut prlimit) = tools::tool("prlimit") else { return };
        let _ = tools::run(prlimit.args([format!("--pid={}", self.0), format!("--as={bytes}")]));
    }

    /// Waits until it has ended, which it must at once.
    ///
    /// # Panics
    /// When it goes on.
    #[track_caller]
    pub fn ends_within(self, patience: Duration) {
        let start = Instant::now();
        while self.lives() {
            assert!(start.elapsed() < patience, "{self:?} goes on");
            thread::sleep(Duration::from_millis(5));
        }
    }
}
