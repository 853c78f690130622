//! Why the service does not start or stops.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

/// Why the service does not start or stops.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}")]
    Bind {
        /// The address asked for.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}: {source}", path.display())]
    DataDir {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The plan file cannot be read.
    #[error("cannot read the plan file {}: {source}", path.display())]
    PlanFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The plan file is wrong; the message names file and line.
    #[error(transparent)]
    Plans(flx_plans::Error),
    /// Keys cannot be verified.
    #[error("cannot verify keys: {0}")]
    Keys(#[source] flx_keys::Error),
    /// The database refused.
    #[error(transparent)]
    Store(#[from] flx_store::StoreError),
    /// A thread could not be started.
    #[error("cannot start a worker thread: {0}")]
    Thread(#[from] io::Error),
    /// A worker process could not be started.
    #[error(transparent)]
    Worker(#[from] flx_worker::Error),
    /// There is no tokio runtime around the call.
    #[error("the service must be built within a tokio runtime")]
    NoRuntime,
    /// The server's sockets failed.
    #[error("the server stopped: {0}")]
    Serve(#[source] io::Error),
    /// The log level is not understood.
    #[error("log level is {level:?}: {source}")]
    LogLevel {
        /// The level given.
        level: String,
        /// What is wrong with it.
        source: tracing_subscriber::filter::ParseError,
    },
    /// The process has another log already.
    #[error("logging is set up already: {0}")]
    LogTaken(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A setting has a value that cannot work.
    #[error("{name} is {value}, allowed is {allowed}")]
    Setting {
        /// The setting's flag.
        name: &'static str,
        /// The value given.
        value: String,
        /// What is allowed, in words.
        allowed: String,
    },
}
