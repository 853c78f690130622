//! What the caller asks for.

use std::num::{NonZeroU32, NonZeroU64};

use crate::{
    AutoQuality, ColourSpace, Effort, Fit, FormatChoice, Gravity, Keep, Quality, Watermark,
};

/// What to make of a picture. The default is WebP at quality 82, unscaled, without watermark.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Options {
    format: FormatChoice,
    quality: QualityChoice,
    max_bytes: Option<NonZeroU64>,
    effort: Effort,
    lossy_png: bool,
    animated: bool,
    max_width: Option<NonZeroU32>,
    max_height: Option<NonZeroU32>,
    fit: Fit,
    gravity: Gravity,
    enlarge: bool,
    background: Background,
    watermark: Option<Watermark>,
    colour_space: ColourSpace,
    keep: Keep,
    threads: Option<NonZeroU32>,
}

/// The quality of lossy formats: a number of the scale, or a look to be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum QualityChoice {
    /// The same number for every picture.
    Fixed(Quality),
    /// The lowest at which this very picture still looks as good as asked.
    Auto(AutoQuality),
}

/// A colour of sRGB in 8 bits a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
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

impl Default for QualityChoice {
    fn default() -> Self {
        Self::Fixed(Quality::default())
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            format: FormatChoice::default(),
            quality: QualityChoice::default(),
            max_bytes: None,
            effort: Effort::default(),
            lossy_png: false,
            animated: true,
            max_width: None,
            max_height: None,
            fit: Fit::default(),
            gravity: Gravity::default(),
            enlarge: false,
            background: Background::default(),
            watermark: None,
            colour_space: ColourSpace::default(),
            keep: Keep::NOTHING,
            threads: None,
        }
    }
}

impl Options {
    /// The defaults with another output format, or another way to choose it.
    #[must_use]
    pub fn new(format: impl Into<FormatChoice>) -> Self {
        Self::default().with_format(format)
    }

    /// Output format, or how to choose it. Default [`Format::WebP`](crate::Format::WebP).
    #[must_use]
    pub fn with_format(mut self, format: impl Into<FormatChoice>) -> Self {
        self.format = format.into();
        self
    }

    /// Quality of lossy formats, 40–100. Default 82. Lossless PNG ignores it.
    #[must_use]
    pub fn with_quality(mut self, quality: Quality) -> Self {
        self.quality = QualityChoice::Fixed(quality);
        self
    }

    /// The smallest file that still looks as good as asked, in place of a fixed quality.
    #[must_use]
    pub fn with_auto_quality(mut self, look: AutoQuality) -> Self {
        self.quality = QualityChoice::Auto(look);
        self
    }

    /// Most bytes of the result: quality is lowered, to 40 at the least, until it fits. Default:
    /// any size.
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: NonZeroU64) -> Self {
        self.max_bytes = Some(bytes);
        self
    }

    /// The same with results of any size.
    pub(crate) fn without_max_bytes(mut self) -> Self {
        self.max_bytes = None;
        self
    }

    /// Time against bytes. Default [`Effort::Balanced`].
    #[must_use]
    pub fn with_effort(mut self, effort: Effort) -> Self {
        self.effort = effort;
        self
    }

    /// Reduces PNG to a palette of at most 256 colours where that is smaller. Default: no, every
    /// pixel as it is.
    #[must_use]
    pub fn with_lossy_png(mut self, lossy: bool) -> Self {
        self.lossy_png = lossy;
        self
    }

    /// Whether an animation stays one, in formats that can hold it (WebP); else its first frame is
    /// taken. Default: yes.
    #[must_use]
    pub fn with_animated(mut self, animated: bool) -> Self {
        self.animated = animated;
        self
    }

    /// Width of the box that the picture is scaled to, in pixels. Default: unscaled.
    #[must_use]
    pub fn with_max_width(mut self, pixels: NonZeroU32) -> Self {
        self.max_width = Some(pixels);
        self
    }

    /// Height of the box that the picture is scaled to, in pixels. Default: unscaled.
    #[must_use]
    pub fn with_max_height(mut self, pixels: NonZeroU32) -> Self {
        self.max_height = Some(pixels);
        self
    }

    /// How the picture fills the box. Default [`Fit::Inside`].
    #[must_use]
    pub fn with_fit(mut self, fit: Fit) -> Self {
        self.fit = fit;
        self
    }

    /// Which part [`Fit::Cover`] keeps, and where [`Fit::Contain`] puts the picture. Default: the
    /// centre.
    #[must_use]
    pub fn with_gravity(mut self, gravity: Gravity) -> Self {
        self.gravity = gravity;
        self
    }

    /// Whether a picture smaller than the box is enlarged. Default: no.
    #[must_use]
    pub fn with_enlarge(mut self, enlarge: bool) -> Self {
        self.enlarge = enlarge;
        self
    }

    /// Colour behind transparent pixels in JPEG, and around the picture in [`Fit::Contain`].
    /// Default white.
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

    /// The result's colour space. Default [`ColourSpace::Srgb`].
    #[must_use]
    pub fn with_colour_space(mut self, colour_space: ColourSpace) -> Self {
        self.colour_space = colour_space;
        self
    }

    /// Metadata that is carried over. Default: none.
    #[must_use]
    pub fn with_keep(mut self, keep: Keep) -> Self {
        self.keep = keep;
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

    /// The output format, or how to choose it.
    #[must_use]
    pub const fn format(&self) -> FormatChoice {
        self.format
    }

    /// The quality.
    #[must_use]
    pub const fn quality(&self) -> QualityChoice {
        self.quality
    }

    /// Most bytes of the result, if bounded.
    #[must_use]
    pub const fn max_bytes(&self) -> Option<NonZeroU64> {
        self.max_bytes
    }

    /// The effort.
    #[must_use]
    pub const fn effort(&self) -> Effort {
        self.effort
    }

    /// Whether PNG may be reduced to a palette.
    #[must_use]
    pub const fn lossy_png(&self) -> bool {
        self.lossy_png
    }

    /// Whether an animation stays one.
    #[must_use]
    pub const fn animated(&self) -> bool {
        self.animated
    }

    /// The box's width in pixels, if any.
    #[must_use]
    pub const fn max_width(&self) -> Option<NonZeroU32> {
        self.max_width
    }

    /// The box's height in pixels, if any.
    #[must_use]
    pub const fn max_height(&self) -> Option<NonZeroU32> {
        self.max_height
    }

    /// How the picture fills the box.
    #[must_use]
    pub const fn fit(&self) -> Fit {
        self.fit
    }

    /// The part that is kept, or the place that is taken.
    #[must_use]
    pub const fn gravity(&self) -> Gravity {
        self.gravity
    }

    /// Whether small pictures are enlarged.
    #[must_use]
    pub const fn enlarge(&self) -> bool {
        self.enlarge
    }

    /// The background.
    #[must_use]
    pub const fn background(&self) -> Background {
        self.background
    }

    /// The watermark, if any.
    #[must_use]
    pub const fn watermark(&self) -> Option<&Watermark> {
        self.watermark.as_ref()
    }

    /// The result's colour space.
    #[must_use]
    pub const fn colour_space(&self) -> ColourSpace {
        self.colour_space
    }

    /// Metadata that is carried over.
    #[must_use]
    pub const fn keep(&self) -> Keep {
        self.keep
    }

    /// The threads one picture may use, if bounded.
    #[must_use]
    pub const fn threads(&self) -> Option<NonZeroU32> {
        self.threads
    }
}
