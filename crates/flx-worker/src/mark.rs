//! A watermark on its way to a child.

use flx_core::{Limits, Opacity, Position, Watermark, WatermarkScale};
use serde::{Deserialize, Serialize};

use crate::process::Part;

/// A watermark to be drawn over a picture: a PNG that is decoded where the picture is, so that its
/// pixels are nowhere else.
#[derive(Debug)]
pub struct Mark<'a> {
    pub(crate) file: Part<'a>,
    pub(crate) look: Look,
    pub(crate) limits: Limits,
}

/// How a watermark is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Look {
    /// Its width.
    pub scale: WatermarkScale,
    /// How much of the picture shows through.
    pub opacity: Opacity,
    /// Its place.
    pub position: Position,
}

impl<'a> Mark<'a> {
    /// Of a file, which is decoded within limits of its own.
    pub fn new(file: Part<'a>, look: Look, limits: Limits) -> Self {
        Self { file, look, limits }
    }
}

impl Look {
    /// The watermark as it is drawn.
    #[must_use]
    pub fn of(self, mark: Watermark) -> Watermark {
        mark.with_scale(self.scale).with_opacity(self.opacity).with_position(self.position)
    }
}
