//! Who uses the database: a lock file beside it, so that a restore never pulls the file away from
//! under a server. The operating system drops the lock with the process, however that ends.

use std::fs::{File, OpenOptions, TryLockError};

use std::time::{Duration, Instant};

use crate::{DatabaseUrl, Result, StoreError};

/// How long a restore waits for users that are on their way out: a pool that is still making a
/// connection outlives its store for a moment.
const LAST_USER_PATIENCE: Duration = Duration::from_millis(500);

/// The database is in use while this value lives.
///
/// Every [`Store`](crate::Store) holds one of its own; a program that wants to keep restores out
/// without having the database open takes one by [`ServerLock::shared`].
#[derive(Debug)]
pub struct ServerLock {
    _lock: UseLock,
}

impl ServerLock {
    /// Marks the database as used. Any number of processes may.
    ///
    /// # Errors
    /// [`StoreError::BeingRestored`] while a restore runs, [`StoreError::DatabaseMissing`] when
    /// the folder does not exist.
    pub fn shared(url: &DatabaseUrl) -> Result<Self> {
        Ok(Self { _lock: UseLock::shared(url)? })
    }
}

/// The lock itself: `<database>.lock`, which is created and never removed (removing it would let
/// two processes lock two different files of one name).
#[derive(Debug)]
pub(crate) struct UseLock {
    _file: File,
}

impl UseLock {
    pub(crate) fn shared(url: &DatabaseUrl) -> Result<Self> {
        let file = open(url)?;
        match file.try_lock_shared() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::BeingRestored),
            Err(TryLockError::Error(error)) => Err(StoreError::file("locking the database")(error)),
        }
    }

    pub(crate) fn exclusive(url: &DatabaseUrl) -> Result<Self> {
        let file = open(url)?;
        let begin = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { _file: file }),
                Err(TryLockError::WouldBlock) if begin.elapsed() < LAST_USER_PATIENCE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => return Err(StoreError::InUse),
                Err(TryLockError::Error(error)) => {
                    return Err(StoreError::file("locking the database")(error));
                }
            }
        }
    }
}

fn open(url: &DatabaseUrl) -> Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options.open(url.beside(".lock")).map_err(|error| {
        if error.kind() == std::io::ErrorKind::NotFound {
            StoreError::DatabaseMissing
        } else {
            StoreError::file("opening the lock file")(error)
        }
    })
}
