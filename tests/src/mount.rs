//! File systems that are small, or read-only, over a folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::tools;

/// A file system over a folder, until the value goes.
#[derive(Debug)]
pub struct Mount {
    at: PathBuf,
}

impl Mount {
    /// An empty file system of this size (`2m`) over a folder, which is created when missing.
    /// `None`, with a notice, for anybody but root.
    ///
    /// # Panics
    /// When root may not mount, or nobody may although `CI` is set.
    #[must_use]
    pub fn small(at: &Path, size: &str) -> Option<Self> {
        Self::tmpfs(at, &format!("size={size},mode=700"))
    }

    /// A file system without room for anything to be written, over a folder.
    ///
    /// # Panics
    /// As [`Mount::small`].
    #[must_use]
    pub fn read_only(at: &Path) -> Option<Self> {
        Self::tmpfs(at, "ro")
    }

    /// The folder over itself, read-only.
    ///
    /// # Panics
    /// As [`Mount::small`].
    #[must_use]
    pub fn of_itself_read_only(at: &Path) -> Option<Self> {
        tools::root()?;
        tools::run(Command::new("mount").arg("--bind").arg(at).arg(at));
        tools::run(Command::new("mount").args(["-o", "remount,ro,bind"]).arg(at));
        Some(Self { at: at.to_owned() })
    }

    fn tmpfs(at: &Path, options: &str) -> Option<Self> {
        tools::root()?;
        std::fs::create_dir_all(at).expect("a folder can be made");
        tools::run(Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at));
        Some(Self { at: at.to_owned() })
    }

    /// Fills what is free; removed again by [`Mount::relieve`].
    ///
    /// # Panics
    /// When something else than the lack of room stops it.
    pub fn fill(&self) {
        use std::io::Write as _;
        let mut file = std::fs::File::create(self.filler()).expect("a file can be made");
        let zeros = [0; 4096];
        let full = loop {
            if let Err(error) = file.write(&zeros) {
                break error;
            }
        };
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull, "{full}");
    }

    /// Frees what [`Mount::fill`] took.
    ///
    /// # Panics
    /// When it cannot.
    pub fn relieve(&self) {
        std::fs::remove_file(self.filler()).expect("it was filled");
    }

    fn filler(&self) -> PathBuf {
        self.at.join("filler")
    }
}

impl Drop for Mount {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.at).status();
    }
}
