//! Faults that come while a server runs, and go with their value.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::{Service, tools};

/// System calls of a server that fail. The server goes on unharmed when the value goes.
#[derive(Debug)]
pub struct FailingCalls {
    strace: Child,
}

impl FailingCalls {
    /// Makes calls fail as strace's `inject=` says: `fsync,fdatasync:error=EIO`. `None`, with a
    /// notice, where strace is missing.
    ///
    /// # Panics
    /// When strace does not get hold of the server.
    #[must_use]
    pub fn of(service: &Service, injection: &str) -> Option<Self> {
        Self::start(service, injection, &[])
    }

    /// As [`FailingCalls::of`], but only calls that are about one file.
    ///
    /// # Panics
    /// As [`FailingCalls::of`].
    #[must_use]
    pub fn on_file(service: &Service, injection: &str, file: &Path) -> Option<Self> {
        Self::start(service, injection, &["-P".as_ref(), file.as_os_str()])
    }

    fn start(service: &Service, injection: &str, only: &[&OsStr]) -> Option<Self> {
        let mut strace = tools::tool("strace")?;
        strace.args(["-f", "-o", "/dev/null", "-e", &format!("inject={injection}")]).args(only);
        strace.arg("-p").arg(service.process_id().to_string());
        let mut strace = strace.stderr(Stdio::piped()).spawn().expect("strace starts");
        // It says so for every thread; with the first line it has them stopped.
        let mut said = BufReader::new(strace.stderr.take().expect("it is piped"));
        let mut line = String::new();
        said.read_line(&mut line).expect("strace speaks");
        assert!(line.contains("attached"), "{line}");
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        let fault = Self { strace };
        fault.wait_for_all_threads(service);
        Some(fault)
    }

    fn wait_for_all_threads(&self, service: &Service) {
        let tracer = format!("TracerPid:\t{}", self.strace.id());
        let tasks = format!("/proc/{}/task", service.process_id());
        for _ in 0..500 {
            let mut threads = std::fs::read_dir(&tasks).expect("the server runs").flatten();
            let traced = threads.all(|thread| {
                std::fs::read_to_string(thread.path().join("status"))
                    .map_or(true, |status| status.contains(&tracer))
            });
            if traced {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("strace did not attach to every thread");
    }
}

impl Drop for FailingCalls {
    fn drop(&mut self) {
        // An interrupted strace lets go of its threads in good order.
        let id = self.strace.id().to_string();
        let _ = Command::new("sh").arg("-c").arg(format!("kill -INT {id}")).status();
        let _ = self.strace.wait();
    }
}

/// Holds the write lock of a database from another process.
#[derive(Debug)]
pub struct WriteLock {
    holder: Child,
}

impl WriteLock {
    /// Takes it.
    ///
    /// # Panics
    /// When it cannot be taken, or Python is missing.
    #[must_use]
    pub fn of(database: &Path) -> Self {
        const HOLD: &str = "
import sqlite3, sys
database = sqlite3.connect(sys.argv[1], timeout=30, isolation_level=None)
database.execute('BEGIN IMMEDIATE')
print('held', flush=True)
sys.stdin.readline()
database.execute('ROLLBACK')
";
        let mut python = tools::python("sqlite3").expect("Python is needed to hold the lock");
        python.arg("-c").arg(HOLD).arg(database).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut holder = python.spawn().expect("Python starts");
        let mut line = String::new();
        let stdout = holder.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut line).expect("it speaks");
        assert_eq!(line, "held\n");
        Self { holder }
    }
}

impl Drop for WriteLock {
    fn drop(&mut self) {
        if let Some(stdin) = &mut self.holder.stdin {
            let _ = stdin.write_all(b"\n");
        }
        let _ = self.holder.wait();
    }
}
