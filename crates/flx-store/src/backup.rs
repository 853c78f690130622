//! Backups of a database that is in use.

use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::connection::{OpenMode, copy_into, create_private_file, open, sync_folder_of};
use crate::ids::uuid_text;
use crate::{Result, Store, StoreError};

impl Store {
    /// Writes a consistent copy of the whole database to a new file, mode 0600, while others read
    /// and write. The file appears under its name only when it is whole and on disk.
    ///
    /// It holds what the database holds, key hashes and the signing secret among it: keep it as
    /// safe. The results' files are not in it.
    ///
    /// # Errors
    /// [`StoreError::BackupExists`] when `target` exists, [`StoreError::File`] when it cannot be
    /// written, [`StoreError::DiskFull`].
    pub fn backup(&self, target: &Path) -> Result<()> {
        if target.symlink_metadata().is_ok() {
            return Err(StoreError::BackupExists);
        }
        let partial = Partial::beside(target)?;
        let mut connection = open(self.url(), self.options(), OpenMode::Write)?;
        copy_into(&mut connection, &partial.path)?;
        partial.publish(target)
    }
}

/// A file in the making, removed when it does not get its name.
struct Partial {
    path: PathBuf,
}

impl Partial {
    fn beside(target: &Path) -> Result<Self> {
        let mut name = target.as_os_str().to_owned();
        name.push(format!(".partial-{}", uuid_text(0)));
        let path = PathBuf::from(name);
        // SQLite fills an empty file that exists, and so keeps its mode.
        create_private_file(&path).map_err(StoreError::file("creating the backup file"))?;
        Ok(Self { path })
    }

    /// A hard link, unlike a rename, never replaces a file that has appeared meanwhile.
    fn publish(self, target: &Path) -> Result<()> {
        File::open(&self.path)
            .and_then(|file| file.sync_all())
            .map_err(StoreError::file("syncing the backup file"))?;
        match fs::hard_link(&self.path, target) {
            Ok(()) => {}
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                return Err(StoreError::BackupExists);
            }
            // Some file systems have no hard links.
            Err(_) if !target.exists() => fs::rename(&self.path, target)
                .map_err(StoreError::file("naming the backup file"))?,
            Err(_) => return Err(StoreError::BackupExists),
        }
        sync_folder_of(target)
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // Gone already when it was renamed; what cannot be removed has a telling name.
        let _ = fs::remove_file(&self.path);
    }
}
