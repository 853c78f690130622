//! The handle that everything else hangs on.

use std::fmt;
use std::sync::Arc;

use crate::connection::{
    Connection, OpenMode, Pools, create_database_file, immediate, open, query_is_alive, snapshot,
};
use crate::lock::UseLock;
use crate::migrations::{self, Migrated};
use crate::{DatabaseUrl, Result, StoreError, StoreOptions};

/// A handle on one database. Cloning is cheap and shares the connections; every method blocks for
/// as long as the database takes, so async callers run them on a thread that may block.
///
/// While a handle lives, the database is marked as used and cannot be restored over.
///
/// Besides its own errors every method can fail with one whose
/// [`outage`](StoreError::outage) is `Some`: the database cannot serve just now.
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    pools: Pools,
    url: DatabaseUrl,
    options: StoreOptions,
}

impl Store {
    /// Opens a database that exists and whose schema is exactly the one this program knows.
    ///
    /// # Errors
    /// [`StoreError::DatabaseMissing`], [`StoreError::SchemaMissing`],
    /// [`StoreError::SchemaTooOld`], [`StoreError::SchemaTooNew`], [`StoreError::NotOurs`],
    /// [`StoreError::BeingRestored`], [`StoreError::SqliteTooOld`].
    pub fn open(url: &DatabaseUrl, options: &StoreOptions) -> Result<Self> {
        if !url.path().exists() {
            return Err(StoreError::DatabaseMissing);
        }
        let lock = Arc::new(UseLock::shared(url)?);
        let mut connection = open(url, options, OpenMode::Write)?;
        migrations::check(&mut connection)?;
        let pools = Pools::new(url, options, &lock)?;
        Ok(Self { inner: Arc::new(Inner { pools, url: url.clone(), options: options.clone() }) })
    }

    /// As [`Store::open`], but a database that is missing or empty is created first: what a server
    /// does at its start. One that is merely older is refused, so that an upgrade is a decision.
    ///
    /// # Errors
    /// As [`Store::open`] and [`Store::migrate`].
    pub fn open_or_create(url: &DatabaseUrl, options: &StoreOptions) -> Result<Self> {
        match Self::open(url, options) {
            Err(StoreError::DatabaseMissing | StoreError::SchemaMissing) => {
                Self::migrate(url, options)?;
                Self::open(url, options)
            }
            other => other,
        }
    }

    /// Creates the database when it is missing and applies the migrations it lacks. Safe to repeat
    /// and safe when several processes do it at once.
    ///
    /// # Errors
    /// [`StoreError::SchemaTooNew`], [`StoreError::NotOurs`], [`StoreError::DatabaseMissing`] when
    /// the folder does not exist and [`StoreOptions::with_created_folder`] was not set.
    pub fn migrate(url: &DatabaseUrl, options: &StoreOptions) -> Result<Migrated> {
        create_database_file(url, options)?;
        let _lock = UseLock::shared(url)?;
        let mut connection = open(url, options, OpenMode::Write)?;
        migrations::run(&mut connection)
    }

    /// Whether the database answers: its file is there and a page of it can be read.
    ///
    /// # Errors
    /// One whose [`outage`](StoreError::outage) is `Some`.
    pub fn ping(&self) -> Result<()> {
        if !self.inner.url.path().exists() {
            return Err(StoreError::DatabaseMissing);
        }
        self.read(query_is_alive)
    }

    /// The address this handle was opened with.
    #[must_use]
    pub fn url(&self) -> &DatabaseUrl {
        &self.inner.url
    }

    pub(crate) fn options(&self) -> &StoreOptions {
        &self.inner.options
    }

    /// One statement that reads.
    pub(crate) fn read<T>(&self, ask: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        ask(&mut *self.inner.pools.reader()?)
    }

    /// Several statements that read one state of the database.
    pub(crate) fn read_snapshot<T>(
        &self,
        ask: impl FnOnce(&mut Connection) -> Result<T>,
    ) -> Result<T> {
        snapshot(&mut *self.inner.pools.reader()?, ask)
    }

    /// A transaction that takes the write lock at its beginning. On an error nothing of it stays.
    pub(crate) fn write<T>(&self, change: impl FnOnce(&mut Connection) -> Result<T>) -> Result<T> {
        immediate(&mut *self.inner.pools.writer()?, change)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Store").finish_non_exhaustive()
    }
}
