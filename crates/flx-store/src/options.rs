//! Settings of a store.

use std::time::Duration;

/// What a commit waits for, and so what it survives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Durability {
    /// `synchronous=NORMAL`: a commit survives the end of the process (kill -9 included). After a
    /// power cut or a crash of the operating system the database is intact, but the last commits
    /// before it may be missing. The default.
    #[default]
    Normal,
    /// `synchronous=FULL`: a commit also survives a power cut, at one fsync a commit.
    Full,
}

/// Settings of a [`Store`](crate::Store). Every setting has a default that suits a server.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    durability: Durability,
    readers: u32,
    busy_timeout: Duration,
    connection_timeout: Duration,
    create_folder: bool,
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            durability: Durability::Normal,
            readers: 4,
            busy_timeout: Duration::from_secs(5),
            connection_timeout: Duration::from_secs(5),
            create_folder: false,
        }
    }
}

impl StoreOptions {
    /// What a commit survives. Default [`Durability::Normal`].
    #[must_use]
    pub fn with_durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How many connections read at once; raised to 1 when 0 is given. Default 4. There is always
    /// exactly one connection that writes.
    #[must_use]
    pub fn with_readers(mut self, readers: u32) -> Self {
        self.readers = readers.max(1);
        self
    }

    /// How long a statement waits for another process's write lock before
    /// [`StoreError::Busy`](crate::StoreError::Busy). Whole milliseconds, default 5 s.
    #[must_use]
    pub fn with_busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// How long a caller waits for a free connection of this process before
    /// [`StoreError::Busy`](crate::StoreError::Busy). At least 1 ms, default 5 s.
    #[must_use]
    pub fn with_connection_timeout(mut self, timeout: Duration) -> Self {
        self.connection_timeout = timeout.max(Duration::from_millis(1));
        self
    }

    /// Creates the database's folder, readable by its owner only, when a database is created in
    /// one that is missing. Default: a missing folder is an error.
    #[must_use]
    pub fn with_created_folder(mut self) -> Self {
        self.create_folder = true;
        self
    }

    pub(crate) fn durability(&self) -> Durability {
        self.durability
    }

    pub(crate) fn readers(&self) -> u32 {
        self.readers
    }

    pub(crate) fn busy_timeout(&self) -> Duration {
        self.busy_timeout
    }

    pub(crate) fn connection_timeout(&self) -> Duration {
        self.connection_timeout
    }

    pub(crate) fn creates_folder(&self) -> bool {
        self.create_folder
    }
}
