//! What comes out of one call.

use crate::{Format, ImageInfo, Timings};

/// A compressed picture and the facts about it. Serialised are the facts alone: the bytes are a file
/// of their own, which [`with_bytes`](Self::with_bytes) puts back.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Compressed {
    #[cfg_attr(feature = "serde", serde(skip))]
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: Format,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) frames: u32,
    pub(crate) unchanged: bool,
    pub(crate) quality: Option<f32>,
    pub(crate) score: Option<f32>,
    pub(crate) encodes: u32,
    pub(crate) source: ImageInfo,
    pub(crate) timings: Timings,
}

impl Compressed {
    /// The file's bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The file's bytes, by value.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// The same facts of these bytes.
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn with_bytes(mut self, bytes: Vec<u8>) -> Self {
        self.bytes = bytes;
        self
    }

    /// The bytes, by value, out of the facts, which stay.
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn take_bytes(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }

    /// The output format.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// Width in pixels as shown.
    #[must_use]
    pub const fn width(&self) -> u32 {
        self.width
    }

    /// Height in pixels as shown.
    #[must_use]
    pub const fn height(&self) -> u32 {
        self.height
    }

    /// Frames of the result: 1 for a still picture. Repeated frames of an animation may have become
    /// one of their joint duration.
    #[must_use]
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// Whether the source's own coding was kept, with its metadata stripped, because encoding it
    /// anew would not have made it smaller, or not as good within a bound on bytes.
    ///
    /// Its pixels then stand as the source has them. What is needed to show them right is kept: an
    /// orientation other than upright, as a tag and nothing else, and a colour profile that says
    /// anything but sRGB, whatever the options say of colours.
    #[must_use]
    pub const fn unchanged(&self) -> bool {
        self.unchanged
    }

    /// The point of the quality scale at which the result was coded, 40–100; fractions occur where
    /// it was searched for. None when every pixel is as it was, or nearly so: graphics in WebP may
    /// lose the last bits of their colours, and are then scored.
    #[must_use]
    pub const fn quality(&self) -> Option<f32> {
        self.quality
    }

    /// The result's SSIMULACRA2 score against the scaled and watermarked source, at most 100; when
    /// it was measured, as it is when the options ask for a look. Of an animation, the lowest of its
    /// frames', of which not all are scored beyond 32 megapixels together.
    #[must_use]
    pub const fn score(&self) -> Option<f32> {
        self.score
    }

    /// How many times the picture was coded until the result was found.
    #[must_use]
    pub const fn encodes(&self) -> u32 {
        self.encodes
    }

    /// The source's facts.
    #[must_use]
    pub const fn source(&self) -> &ImageInfo {
        &self.source
    }

    /// Wall time per stage.
    #[must_use]
    pub const fn timings(&self) -> &Timings {
        &self.timings
    }
}
