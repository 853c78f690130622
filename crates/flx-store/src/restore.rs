//! Putting a backup in the place of the database.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use crate::connection::{
    OpenMode, check_integrity, create_private_file, fold_wal_into_database, open, sync_folder_of,
};
use crate::ids::uuid_text;
use crate::lock::UseLock;
use crate::migrations;
use crate::{DatabaseUrl, Result, Store, StoreError, StoreOptions};

/// What a restore found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restored {
    /// Whether the backup is of an older program: run the migrations before a server starts.
    pub needs_migration: bool,
}

impl Store {
    /// Replaces the database, whatever state it is in, by a backup made with [`Store::backup`]. The
    /// backup is copied and checked before the database is touched, and takes its place by a
    /// rename: after a crash there is the old database or the new one.
    ///
    /// # Errors
    /// [`StoreError::InUse`] while a server or any other [`Store`] has the database open;
    /// [`StoreError::BackupInvalid`], [`StoreError::NotOurs`], [`StoreError::SchemaTooNew`] for a
    /// file that must not be restored.
    pub fn restore(url: &DatabaseUrl, backup: &Path, options: &StoreOptions) -> Result<Restored> {
        let _lock = UseLock::exclusive(url)?;
        refuse_unfinished(backup)?;
        let copy = Copy::of(backup, url)?;
        let restored = check(&copy.url, options)?;
        retire_old(url, options)?;
        fs::rename(copy.url.path(), url.path())
            .map_err(StoreError::file("putting the backup in place"))?;
        sync_folder_of(url.path())?;
        Ok(restored)
    }
}

/// A file with a write-ahead log beside it is a database in use, copied or not: without the log it
/// lacks commits.
fn refuse_unfinished(backup: &Path) -> Result<()> {
    let mut log = backup.as_os_str().to_owned();
    log.push("-wal");
    if fs::metadata(PathBuf::from(log)).is_ok_and(|log| log.len() > 0) {
        return Err(StoreError::BackupInvalid {
            reason: "it has a write-ahead log beside it, so it is a database in use and no backup"
                .to_owned(),
        });
    }
    Ok(())
}

/// The backup's copy in the database's folder; removed when it does not take its place.
struct Copy {
    url: DatabaseUrl,
}

impl Copy {
    fn of(backup: &Path, url: &DatabaseUrl) -> Result<Self> {
        let mut source = File::open(backup).map_err(|error| match error.kind() {
            ErrorKind::NotFound => StoreError::NotFound { what: "backup file" },
            _ => StoreError::file("opening the backup")(error),
        })?;
        let path = url.beside(&format!(".restore-{}", uuid_text(0)));
        let mut target =
            create_private_file(&path).map_err(StoreError::file("creating the copy"))?;
        let copy = Self { url: DatabaseUrl::of_path(path) };
        io::copy(&mut source, &mut target).map_err(StoreError::file("copying the backup"))?;
        target.sync_all().map_err(StoreError::file("syncing the copy"))?;
        Ok(copy)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        for ending in ["", "-wal", "-shm", "-journal"] {
            // Mostly they do not exist: renamed, or closed cleanly.
            let _ = fs::remove_file(self.url.beside(ending));
        }
    }
}

/// Opens the copy, checks all of it, and leaves it as one file.
fn check(copy: &DatabaseUrl, options: &StoreOptions) -> Result<Restored> {
    let mut connection = open(copy, options, OpenMode::Write)?;
    check_integrity(&mut connection).map_err(|error| match error {
        StoreError::Corrupt => {
            StoreError::BackupInvalid { reason: "it fails SQLite's integrity check".to_owned() }
        }
        other => other,
    })?;
    let needs_migration = !migrations::is_current(&mut connection)?;
    fold_wal_into_database(&mut connection)?;
    drop(connection);
    File::open(copy.path())
        .and_then(|file| file.sync_all())
        .map_err(StoreError::file("syncing the copy"))?;
    Ok(Restored { needs_migration })
}

/// Makes sure that no log of the old database is left which SQLite would replay into the new one.
fn retire_old(url: &DatabaseUrl, options: &StoreOptions) -> Result<()> {
    // Closing the last connection folds the log in and removes it, so that until the rename the old
    // database is whole. A damaged one cannot; it is to be replaced anyway.
    if let Ok(mut connection) = open(url, options, OpenMode::Write) {
        let _ = fold_wal_into_database(&mut connection);
    }
    for ending in ["-wal", "-shm"] {
        match fs::remove_file(url.beside(ending)) {
            Err(error) if error.kind() != ErrorKind::NotFound => {
                return Err(StoreError::file("removing the old database's log")(error));
            }
            _ => {}
        }
    }
    sync_folder_of(url.path())
}
