//! Why there is no result.

use std::io;
use std::process::ExitStatus;

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The codec's own answer.
    #[error(transparent)]
    Picture(#[from] flx_core::Error),
    /// The codec panicked.
    #[error("the codec panicked")]
    Panicked,
    /// The process died of the picture.
    #[error("the worker process died: {0}")]
    Died(ExitStatus),
    /// The process was killed by somebody else, and so was the one after it: by the kernel, as a
    /// rule, for want of memory.
    #[error("the worker process was killed from outside: {0}")]
    Killed(ExitStatus),
    /// The deadline was over, and the codec did not end.
    #[error("the worker process did not end in time")]
    Late,
    /// Nobody wanted the result any more.
    #[error("the work was cancelled")]
    Cancelled,
    /// The process answered with something that is no answer.
    #[error("the worker process does not keep to the protocol: {0}")]
    Protocol(#[source] postcard::Error),
    /// The picture could not be read from where it lies.
    #[error("the picture cannot be read: {0}")]
    Source(#[source] io::Error),
    /// No process could be started, or it ended before it was ready.
    #[error("cannot start a worker process: {0}")]
    Start(#[source] io::Error),
    /// Processes could not be started of late, and the time to try again has not come.
    #[error("worker processes cannot be started")]
    Down,
}
