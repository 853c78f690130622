//! The watermark of a request.

use std::panic::catch_unwind;
use std::sync::Arc;

use flx_core::{ImageInfo, Limits, Watermark};
use flx_worker::Look;

use crate::problem::Problem;
use crate::refuse;
use crate::state::State;
use crate::upload::Spooled;

/// Most pixels of a watermark: it is decoded with every picture it is drawn over.
const MAX_PIXELS: u64 = 16_000_000;

/// A watermark's file, whose header was looked at. It is decoded where the pictures are and with
/// each of them, so that no pixels lie about while they wait.
#[derive(Debug, Clone)]
pub(crate) struct Mark {
    /// The file.
    pub(super) file: Spooled,
    /// What its header tells.
    pub(super) info: ImageInfo,
    /// How it is drawn.
    pub(super) look: Look,
    /// Within which limits it is decoded.
    pub(super) limits: Limits,
}

impl Mark {
    /// Looks at the header.
    ///
    /// # Errors
    /// What is wrong with the file, as far as the header tells.
    pub(crate) async fn of(state: &Arc<State>, file: Spooled, look: Look) -> Result<Self, Problem> {
        let limits = state.picture_limits().with_max_pixels(MAX_PIXELS);
        let (looked, within) = (file.clone(), limits.clone());
        let probed = state.blocking(move || {
            let bytes = looked.load().map_err(|error| refuse::unreadable(&error))?;
            match catch_unwind(|| Watermark::probe(&bytes, &within)) {
                Ok(info) => info.map_err(|error| refuse::picture(&error, "watermarkFile")),
                Err(_) => Err(refuse::panicked()),
            }
        });
        Ok(Self { info: probed.await??, file, look, limits })
    }
}
