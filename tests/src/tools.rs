//! Programs of other people that tests are run with. `just test` installs them where it can.

use std::env;
use std::path::Path;
use std::process::{Command, Output};

/// The program, or a notice that its part of the test is left out.
///
/// # Panics
/// When it is missing although `CI` is set: nothing is left out there.
#[must_use]
pub fn tool(name: &str) -> Option<Command> {
    let folders = env::var_os("PATH").unwrap_or_default();
    let found = env::split_paths(&folders).any(|folder| folder.join(name).is_file());
    found.then(|| Command::new(name)).or_else(|| left_out(name))
}

/// Python with the module in it, on the same terms.
///
/// # Panics
/// As [`tool`].
#[must_use]
pub fn python(module: &str) -> Option<Command> {
    let python = env::var_os("FLX_TEST_PYTHON").unwrap_or_else(|| "python3".into());
    let has_it = Command::new(&python).args(["-c", &format!("import {module}")]).output();
    let has_it = has_it.is_ok_and(|output| output.status.success());
    has_it.then(|| Command::new(&python)).or_else(|| left_out(&format!("Python's {module}")))
}

/// Nothing, where the tests run as root; otherwise the notice.
///
/// # Panics
/// As [`tool`].
#[must_use]
pub fn root() -> Option<()> {
    let id = run(Command::new("id").arg("-u"));
    if id.stdout == b"0\n" {
        return Some(());
    }
    assert!(env::var_os("CI").is_none(), "this needs root, and in CI nothing is left out");
    eprintln!("NOT CHECKED: this needs root");
    None
}

fn left_out(what: &str) -> Option<Command> {
    assert!(env::var_os("CI").is_none(), "{what} is not installed, and in CI nothing is left out");
    eprintln!("NOT CHECKED: {what} is not installed");
    None
}

/// Runs a command to its end.
///
/// # Panics
/// When it fails; with what it said.
#[track_caller]
pub fn run(command: &mut Command) -> Output {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}: {said}", output.status);
    output
}

/// What Chromium prints of a page after its scripts have run.
///
/// # Panics
/// When it does not start.
#[track_caller]
#[must_use]
pub fn chromium_prints(mut chromium: Command, page: &Path, profile: &Path) -> String {
    chromium.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--allow-file-access-from-files",
        "--virtual-time-budget=60000",
        "--dump-dom",
    ]);
    chromium.arg(format!("--user-data-dir={}", profile.display()));
    chromium.arg(format!("file://{}", page.display()));
    String::from_utf8_lossy(&run(&mut chromium).stdout).into_owned()
}
