//! The database as a file: created for its owner only, because it holds hashes and a secret.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::ErrorKind;
use std::path::Path;

use crate::{DatabaseUrl, Result, StoreError, StoreOptions};

/// Creates the empty database file when there is none, mode 0600, and its folder when asked.
/// SQLite gives `-wal` and `-shm` the mode of the database.
pub(crate) fn create_database_file(url: &DatabaseUrl, options: &StoreOptions) -> Result<()> {
    if options.creates_folder()
        && let Some(folder) = url.path().parent()
        && !folder.as_os_str().is_empty()
    {
        create_private_folder(folder)?;
    }
    match create_private_file(url.path()) {
        Ok(_) => sync_folder_of(url.path()),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) if error.kind() == ErrorKind::NotFound => Err(StoreError::DatabaseMissing),
        Err(error) => Err(StoreError::file("creating the database file")(error)),
    }
}

/// A new file that only its owner may read and write; fails when it exists.
pub(crate) fn create_private_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(path)
}

/// Makes a creation, rename or removal in the file's folder survive a power cut.
pub(crate) fn sync_folder_of(path: &Path) -> Result<()> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    // Folders cannot be opened as files everywhere; where they can, the sync has to succeed.
    match File::open(folder) {
        Ok(folder) => folder.sync_all().map_err(StoreError::file("syncing the folder")),
        Err(_) => Ok(()),
    }
}

fn create_private_folder(folder: &Path) -> Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(folder).map_err(StoreError::file("creating the database folder"))
}
