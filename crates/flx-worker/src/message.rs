//! What parent and child tell each other. Both are the same program, so there are no versions.

use std::time::Duration;

use flx_core::{Compressed, Error, Limits, Options};
use serde::{Deserialize, Serialize};

use crate::{Containment, Look};

/// What a child is to do with the file that follows.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Request {
    /// Compress it.
    Compress {
        /// What to make of it.
        options: Options,
        /// Within which limits.
        limits: Limits,
        /// How long it may take.
        time_left: Option<Duration>,
        /// The watermark, whose file follows the picture's.
        mark: Option<MarkHead>,
    },
}

/// A watermark, but for its file.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct MarkHead {
    /// Bytes of its file.
    pub(crate) bytes: u64,
    /// How it is drawn.
    pub(crate) look: Look,
    /// Within which limits it is decoded.
    pub(crate) limits: Limits,
}

/// What a child says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) enum Answer {
    /// It is ready; said once.
    Ready(Containment),
    /// The facts; the picture follows.
    Compressed(Result<Compressed, Error>),
    /// The codec panicked.
    Panicked,
}
