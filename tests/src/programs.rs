//! The programs under test.

use std::env;
use std::path::{Path, PathBuf};

/// The server: `FLX_TEST_SERVER`, or the one that cargo built beside this test.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn flx_server() -> PathBuf {
    program("flx-server", "FLX_TEST_SERVER")
}

/// The operator's program: `FLX_TEST_ADMIN`, or the one that cargo built beside this test.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn flx_admin() -> PathBuf {
    program("flx-admin", "FLX_TEST_ADMIN")
}

fn program(name: &str, variable: &str) -> PathBuf {
    let path = env::var_os(variable).map_or_else(|| beside_this_test(name), PathBuf::from);
    assert!(
        path.is_file(),
        "{} does not exist: run `just test-e2e`, or `cargo build -p flx-server -p flx-admin` in the \
         same profile as the tests, or name another one in {variable}",
        path.display()
    );
    path
}

/// Tests run from `<target>/<profile>/deps`, programs are one folder up.
fn beside_this_test(name: &str) -> PathBuf {
    let test = env::current_exe().expect("a running program has a path");
    let profile = test.parent().and_then(Path::parent).expect("cargo puts tests into a folder");
    profile.join(format!("{name}{}", env::consts::EXE_SUFFIX))
}
