//! One connection that writes and several that read.

use std::sync::Arc;
use std::time::Duration;

use diesel::r2d2::{
    ConnectionManager, CustomizeConnection, Error, HandleError, Pool, PooledConnection,
};

use super::{Connection, OpenMode, classify, open, pragmas};
use crate::lock::UseLock;
use crate::{DatabaseUrl, Result, StoreError, StoreOptions};

type Manager = ConnectionManager<Connection>;

/// SQLite lets one writer in at a time, so a second writing connection would only wait inside
/// SQLite, which polls, instead of in the pool's queue, which wakes.
#[derive(Clone)]
pub(crate) struct Pools {
    writer: Pool<Manager>,
    readers: Pool<Manager>,
}

impl Pools {
    /// Connections are made in the background; each keeps the database marked as used.
    pub(crate) fn new(
        url: &DatabaseUrl,
        options: &StoreOptions,
        lock: &Arc<UseLock>,
    ) -> Result<Self> {
        let pool = |mode: OpenMode, size: u32| -> Result<Pool<Manager>> {
            Ok(Pool::builder()
                .max_size(size)
                .test_on_check_out(false)
                .idle_timeout(None)
                .max_lifetime(None)
                .connection_timeout(options.connection_timeout())
                .error_handler(Box::new(Traced))
                .connection_customizer(Box::new(Setup {
                    options: options.clone(),
                    mode,
                    _lock: Arc::clone(lock),
                }))
                .build_unchecked(Manager::new(open::address(url.path())?)))
        };
        Ok(Self {
            writer: pool(OpenMode::Write, 1)?,
            readers: pool(OpenMode::Read, options.readers())?,
        })
    }

    pub(crate) fn writer(&self) -> Result<PooledConnection<Manager>> {
        get(&self.writer)
    }

    pub(crate) fn reader(&self) -> Result<PooledConnection<Manager>> {
        get(&self.readers)
    }
}

/// The pool reports a timeout with the last connection error's words, if there was one.
fn get(pool: &Pool<Manager>) -> Result<PooledConnection<Manager>> {
    pool.get()
        .map_err(|error| classify::from_message(&error.to_string()).unwrap_or(StoreError::Busy))
}

#[derive(Debug)]
struct Setup {
    options: StoreOptions,
    mode: OpenMode,
    /// Held here because the pool outlives the store while a connection is being made.
    _lock: Arc<UseLock>,
}

impl CustomizeConnection<Connection, Error> for Setup {
    fn on_acquire(&self, connection: &mut Connection) -> Result<(), Error> {
        pragmas::apply(connection, &self.options, self.mode).map_err(|error| {
            Error::QueryError(diesel::result::Error::QueryBuilderError(Box::new(error)))
        })
    }
}

#[derive(Debug)]
struct Traced;

impl HandleError<Error> for Traced {
    fn handle_error(&self, error: Error) {
        tracing::warn!(error = %error, "a database connection could not be made");
        // The pool tries again at once; a folder that is away should not cost a whole core.
        std::thread::sleep(Duration::from_millis(20));
    }
}
