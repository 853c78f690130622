//! A wall clock that jumps while a server runs. (The library of `faketime` does not get along with
//! programs that bring an allocator of their own.)

use std::fs::{self, File};
use std::os::unix::fs::FileExt as _;
use std::path::PathBuf;

use crate::{Setup, tools};

const SOURCE: &str = include_str!("jumping_clock.c");

/// What a server on this clock is told of the time.
#[derive(Debug)]
pub struct JumpingClock {
    ahead: File,
    library: PathBuf,
    folder: tempfile::TempDir,
}

impl JumpingClock {
    /// A clock that shows the system's time. `None`, with a notice, where there is no C compiler.
    ///
    /// # Panics
    /// When the compiler fails.
    #[must_use]
    pub fn new() -> Option<Self> {
        let mut compiler = tools::tool("cc")?;
        let folder = tempfile::tempdir().expect("a folder");
        let (source, library) = (folder.path().join("clock.c"), folder.path().join("clock.so"));
        fs::write(&source, SOURCE).expect("a file can be written");
        tools::run(compiler.args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(&source));
        let ahead = File::create(folder.path().join("ahead")).expect("a file can be made");
        let clock = Self { ahead, library, folder };
        clock.jump(0);
        Some(clock)
    }

    /// Puts a server on this clock; its waits and timeouts stay on the system's.
    #[must_use]
    pub fn tells(&self, setup: Setup) -> Setup {
        let text = |path: PathBuf| path.display().to_string();
        setup
            .with_variable("LD_PRELOAD", &text(self.library.clone()))
            .with_variable("JUMPING_CLOCK", &text(self.folder.path().join("ahead")))
    }

    /// From now on it is ahead of the system's by so many days; behind, when negative.
    ///
    /// # Panics
    /// When its file cannot be written.
    pub fn jump(&self, days: i64) {
        let seconds = days * 24 * 60 * 60;
        self.ahead.write_all_at(&seconds.to_ne_bytes(), 0).expect("the clock can be set");
    }
}
