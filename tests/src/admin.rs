//! Runs of flx-admin.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::Value;

use crate::leaks::holds_a_key;
use crate::programs::flx_admin;

/// What a run of a program left.
#[derive(Debug)]
pub struct Run {
    /// Its exit code; −1 when a signal ended it.
    pub code: i32,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

impl Run {
    /// The run, which must have exit code 0.
    ///
    /// # Panics
    /// When it has another one.
    #[track_caller]
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// The run, which must have this exit code and nothing on standard output.
    ///
    /// # Panics
    /// When it has another one.
    #[track_caller]
    pub fn refused(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:?}");
        assert_eq!(self.stdout, "", "{self:?}");
        assert!(self.stderr.starts_with("flx-admin: "), "{self:?}");
        self
    }

    /// Standard output as one JSON value.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Runs flx-admin on a data folder, without a terminal and without settings from outside.
///
/// # Panics
/// When it cannot be started.
#[must_use]
pub fn admin(data_dir: &Path, arguments: &[&str]) -> Run {
    Running::start(data_dir, arguments).ended()
}

/// A run of flx-admin that is not over yet.
#[derive(Debug)]
pub struct Running {
    child: Child,
    gives_a_key: bool,
}

impl Running {
    /// Starts it as [`admin`] does.
    ///
    /// # Panics
    /// When it cannot be started.
    #[must_use]
    pub fn start(data_dir: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(flx_admin());
        without_settings(&mut command);
        command.arg("--data-dir").arg(data_dir).args(arguments).env("USER", "tester");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let gives_a_key = ["generate-key", "roll-key"].iter().any(|name| arguments.contains(name));
        Self { child: command.spawn().expect("flx-admin starts"), gives_a_key }
    }

    /// Whether its main thread sleeps for a while, as SQLite does between two looks at a lock.
    #[must_use]
    pub fn naps(&self) -> bool {
        // nanosleep and clock_nanosleep, on x86-64 and on ARM.
        let calls = if cfg!(target_arch = "x86_64") { ["35 ", "230 "] } else { ["101 ", "115 "] };
        let inside = fs::read_to_string(format!("/proc/{}/syscall", self.child.id()));
        inside.is_ok_and(|call| calls.iter().any(|number| call.starts_with(number)))
    }

    /// Waits for its end.
    ///
    /// # Panics
    /// When it prints what is not text.
    #[must_use]
    pub fn ended(self) -> Run {
        let output = self.child.wait_with_output().expect("flx-admin ends");
        let run = Run {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).expect("it prints UTF-8"),
            stderr: String::from_utf8(output.stderr).expect("it prints UTF-8"),
        };
        assert!(self.gives_a_key || !holds_a_key(&run.stdout), "a key where none belongs: {run:?}");
        assert!(!holds_a_key(&run.stderr), "a key among messages: {run:?}");
        run
    }
}

/// Keeps settings of whoever runs the tests out of the programs under test.
pub(crate) fn without_settings(command: &mut Command) {
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("FLX_")
            || name.to_lowercase().ends_with("_proxy")
            || name == "SUDO_USER"
        {
            command.env_remove(name);
        }
    }
}
