//! Runs of flx-admin.

use std::path::Path;
use std::process::{Command, Stdio};

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
    let mut command = Command::new(flx_admin());
    without_settings(&mut command);
    command.arg("--data-dir").arg(data_dir).args(arguments).env("USER", "tester");
    let output = command.stdin(Stdio::null()).output().expect("flx-admin starts");
    let run = Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout).expect("it prints UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("it prints UTF-8"),
    };
    let gives_a_key = ["generate-key", "roll-key"].iter().any(|name| arguments.contains(name));
    assert!(gives_a_key || !holds_a_key(&run.stdout), "a key where none belongs: {run:?}");
    assert!(!holds_a_key(&run.stderr), "a key among messages: {run:?}");
    run
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
