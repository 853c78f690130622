//! How a child is started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};
use std::{env, io};

use crate::Duty;

/// Which program becomes a child, and how it is bounded.
#[derive(Debug, Clone)]
pub struct Command {
    program: PathBuf,
    variables: Vec<(OsString, OsString)>,
    address_space: Option<u64>,
}

impl Command {
    /// The program that runs, started again. On Linux it is the very same file, even if another one
    /// lies in its place by now.
    ///
    /// # Errors
    /// When the system does not tell where the program lies.
    pub fn this_program() -> io::Result<Self> {
        let itself = Path::new("/proc/self/exe");
        let program = if itself.exists() { itself.to_owned() } else { env::current_exe()? };
        Ok(Self::of(program))
    }

    pub(crate) fn of(program: impl Into<PathBuf>) -> Self {
        Self { program: program.into(), variables: Vec::new(), address_space: None }
    }

    /// Adds an environment variable. A child has no others.
    #[must_use]
    pub fn with_variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.into(), value.into()));
        self
    }

    /// Bounds a child's address space, in bytes: what is allocated beyond it ends the child alone.
    /// Default: unbounded.
    #[must_use]
    pub fn with_address_space(mut self, bytes: u64) -> Self {
        self.address_space = Some(bytes);
        self
    }

    /// What one message of a child may have at most: no more than it has memory.
    pub(crate) fn most_bytes(&self) -> u64 {
        self.address_space.unwrap_or(u64::MAX)
    }

    pub(crate) fn to_start(&self) -> process::Command {
        let mut command = process::Command::new(&self.program);
        command
            .args(Duty::arguments(self.address_space))
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            // Folders that the server works in can be removed.
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        // Ctrl-C at a terminal is for the server, which then drains.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command
    }
}
