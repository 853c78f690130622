//! What the caller asks for.

use std::num::NonZeroU32;

use crate::{Error, Format, Quality, Watermark};

/// What to make of a picture. The default is WebP at quality 82, unscaled, without watermark.
#[derive(Debug, Clone, Default)]
pub struct Options {
    format: Format,
    quality: Quality,
    max_width: Option<NonZeroU32>,
    max_height: Option<NonZeroU32>,
    background: Background,
    watermark: Option<Watermark>,
    threads: Option<NonZeroU32>,
}

/// The colour that shows through transparent pixels where a format has no alpha; sRGB, 8 bit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Background {
    /// Red, 0–255.
    pub red: u8,
    /// Green, 0–255.
    pub green: u8,
    /// Blue, 0–255.
    pub blue: u8,
}

impl Default for Background {
    /// White.
    fn default() -> Self {
        Self { red: 255, green: 255, blue: 255 }
    }
}

impl Options {
    /// The defaults with another output format.
    #[must_use]
    pub fn new(format: Format) -> Self {
        Self { format, ..Self::default() }
    }

    /// Output format. Default [`Format::WebP`].
    #[must_use]
    pub fn with_format(mut self, format: Format) -> Self {
        self.format = format;
        self
    }

    /// Quality of lossy formats, 40–100. Default 82. PNG ignores it.
    #[must_use]
    pub fn with_quality(mut self, quality: Quality) -> Self {
        self.quality = quality;
        self
    }

    /// Scales down, in proportion, to at most this width in pixels. Default: unscaled.
    #[must_use]
    pub fn with_max_width(mut self, pixels: NonZeroU32) -> Self {
        self.max_width = Some(pixels);
        self
    }

    /// Scales down, in proportion, to at most this height in pixels. Default: unscaled.
    #[must_use]
    pub fn with_max_height(mut self, pixels: NonZeroU32) -> Self {
        self.max_height = Some(pixels);
        self
    }

    /// Colour behind transparent pixels in JPEG. Default white.
    #[must_use]
    pub fn with_background(mut self, background: Background) -> Self {
        self.background = background;
        self
    }

    /// A picture drawn over the result, after orientation and scaling. Default: none.
    #[must_use]
    pub fn with_watermark(mut self, watermark: Watermark) -> Self {
        self.watermark = Some(watermark);
        self
    }

    /// Threads that one picture may use. Default: as many as the current rayon pool has.
    ///
    /// A server that compresses several pictures at once sets 1.
    #[must_use]
    pub fn with_threads(mut self, threads: NonZeroU32) -> Self {
        self.threads = Some(threads);
        self
    }

    /// The output format.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// The quality.
    #[must_use]
    pub const fn quality(&self) -> Quality {
        self.quality
    }

    /// The largest width in pixels, if any.
    #[must_use]
    pub const fn max_width(&self) -> Option<NonZeroU32> {
        self.max_width
    }

    /// The largest height in pixels, if any.
    #[must_use]
    pub const fn max_height(&self) -> Option<NonZeroU32> {
        self.max_height
    }

    /// The colour behind transparent pixels.
    #[must_use]
    pub const fn background(&self) -> Background {
        self.background
    }

    /// The watermark, if any.
    #[must_use]
    pub const fn watermark(&self) -> Option<&Watermark> {
        self.watermark.as_ref()
    }

    /// The threads one picture may use, if bounded.
    #[must_use]
    pub const fn threads(&self) -> Option<NonZeroU32> {
        self.threads
    }

    /// Refuses a format that this build cannot write.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.format.is_enabled() {
            return Ok(());
        }
        let feature = match self.format {
            Format::Jpeg => "jpeg",
            other => other.extension(),
        };
        Err(Error::FormatDisabled { format: self.format.extension(), feature })
    }
}
