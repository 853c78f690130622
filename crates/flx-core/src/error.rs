//! Everything that can go wrong, with the number and the limit it broke.

use crate::{Format, SourceFormat, Stage};

/// Words that stand in the program. By this name serde does not take them for borrowed from what it
/// reads.
type Words = &'static str;

/// Why a picture was not compressed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Error {
    /// The input is none of the formats this build reads.
    #[error("unsupported input: {found}; supported are {}", SourceFormat::supported_list())]
    Unsupported {
        /// What the first bytes look like, in words ("a PDF document", "an empty file").
        #[cfg_attr(feature = "serde", serde(with = "crate::serialised::words"))]
        found: Words,
    },
    /// The input has a known format, in a variant that no decoder here handles.
    #[error("unsupported {format} picture: {variant}")]
    UnsupportedVariant {
        /// The format found.
        format: SourceFormat,
        /// The variant, in words.
        variant: String,
    },
    /// The input is damaged or cut short.
    #[error("damaged {format} picture: {reason}")]
    Corrupt {
        /// The format found.
        format: SourceFormat,
        /// What the parser or decoder stumbled over.
        reason: String,
    },
    /// The input has more bytes than allowed.
    #[error("input is {bytes} bytes, the limit is {limit}")]
    TooManyBytes {
        /// Size of the input in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// The picture has more pixels than allowed.
    #[error("image is {width}×{height} px ({} pixels), the limit is {limit} pixels", u64::from(*width) * u64::from(*height))]
    TooManyPixels {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit in pixels.
        limit: u64,
    },
    /// A side of the picture is longer than allowed.
    #[error("image is {width}×{height} px, the limit is {limit} px per side")]
    SideTooLong {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
        /// The limit in pixels per side.
        limit: u32,
    },
    /// The animation has more frames than allowed.
    #[error("image has {frames} frames, the limit is {limit}")]
    TooManyFrames {
        /// Frames found.
        frames: u32,
        /// The limit in frames.
        limit: u32,
    },
    /// The animation has more pixels, over all its frames, than allowed: as it is, or as it is to
    /// become where it is enlarged.
    #[error(
        "animation has {frames} frames of {width}×{height} px, {pixels} pixels in all, the limit is {limit} pixels"
    )]
    TooManyAnimationPixels {
        /// Frames found.
        frames: u32,
        /// Width in pixels, of the source or of the result.
        width: u32,
        /// Height in pixels, of the source or of the result.
        height: u32,
        /// Pixels to be decoded or coded, over all frames.
        pixels: u64,
        /// The limit in pixels.
        limit: u64,
    },
    /// A part of the file that is not pixels (scans, colour profile, …) exceeds its cap.
    #[error("{format} picture has {found} {what}, the limit is {limit}")]
    TooComplex {
        /// The format found.
        format: SourceFormat,
        /// What was counted, with its unit.
        #[cfg_attr(feature = "serde", serde(with = "crate::serialised::words"))]
        what: Words,
        /// How many were found.
        found: u64,
        /// The limit.
        limit: u64,
    },
    /// The output format cannot hold a picture of this size.
    #[error(
        "{format} cannot hold {width}×{height} px (at most {limit} px per side); set a maximum of {suggested_width}×{suggested_height} px"
    )]
    OutputTooLarge {
        /// The output format.
        format: Format,
        /// Width after resizing, in pixels.
        width: u32,
        /// Height after resizing, in pixels.
        height: u32,
        /// The format's limit in pixels per side.
        limit: u32,
        /// The largest width in proportion that fits, usable as `max_width`.
        suggested_width: u32,
        /// The largest height in proportion that fits, usable as `max_height`.
        suggested_height: u32,
    },
    /// The result has more pixels than the output format may have: [`Limits`](crate::Limits) bind
    /// AVIF, whose encoders take more time and memory than others.
    #[error(
        "{format} of {width}×{height} px is {} pixels, the limit is {limit}; set a maximum of {suggested_width}×{suggested_height} px or ask for another format",
        u64::from(*width) * u64::from(*height)
    )]
    OutputTooManyPixels {
        /// The output format.
        format: Format,
        /// Width after resizing, in pixels.
        width: u32,
        /// Height after resizing, in pixels.
        height: u32,
        /// The limit in pixels.
        limit: u64,
        /// The largest width in proportion that fits, usable as `max_width`.
        suggested_width: u32,
        /// The largest height in proportion that fits, usable as `max_height`.
        suggested_height: u32,
    },
    /// Even the lowest quality gives a file larger than allowed.
    #[error("{format} takes {bytes} bytes at the lowest quality, the limit is {limit}")]
    CannotFit {
        /// The output format.
        format: Format,
        /// Size of the smallest file found, in bytes.
        bytes: u64,
        /// The limit in bytes.
        limit: u64,
    },
    /// Even the highest quality does not look as good as asked.
    #[error("{format} reaches a score of {score} at the highest quality, asked was {target}")]
    TargetNotReached {
        /// The output format.
        format: Format,
        /// The SSIMULACRA2 score reached.
        score: String,
        /// The score asked for.
        target: String,
    },
    /// The result would be larger than its source, and than allowed.
    #[error(
        "the result would be {width}×{height} px ({} pixels), the limit is {max_pixels} pixels and {max_side} px per side",
        u64::from(*width) * u64::from(*height)
    )]
    ResultTooLarge {
        /// Width of the result in pixels.
        width: u32,
        /// Height of the result in pixels.
        height: u32,
        /// The limit in pixels.
        max_pixels: u64,
        /// The limit in pixels per side.
        max_side: u32,
    },
    /// An option's value is outside its range.
    #[error("{name} is {value}, allowed is {allowed}")]
    InvalidOption {
        /// The option's name, as in [`Options`](crate::Options).
        #[cfg_attr(feature = "serde", serde(with = "crate::serialised::words"))]
        name: Words,
        /// The value given.
        value: String,
        /// The range allowed, in words.
        #[cfg_attr(feature = "serde", serde(with = "crate::serialised::words"))]
        allowed: Words,
    },
    /// The watermark is not a picture that can be drawn.
    #[error("watermark: {0}")]
    Watermark(#[source] Box<Error>),
    /// The format was left out of this build.
    #[error("{format} is not in this build (cargo feature `{feature}`)")]
    FormatDisabled {
        /// The format's name.
        #[cfg_attr(feature = "serde", serde(with = "crate::serialised::words"))]
        format: Words,
        /// The cargo feature that adds it.
        #[cfg_attr(feature = "serde", serde(with = "crate::serialised::words"))]
        feature: Words,
    },
    /// The deadline passed before the stage was done.
    #[error("deadline passed before {stage} was done")]
    DeadlineExceeded {
        /// The stage that was not done.
        stage: Stage,
    },
    /// The caller cancelled before the stage was done.
    #[error("cancelled before {stage} was done")]
    Cancelled {
        /// The stage that was not done.
        stage: Stage,
    },
    /// An encoder refused a picture that it should have taken.
    #[error("{format} encoder failed: {reason}")]
    Encode {
        /// The output format.
        format: Format,
        /// What the encoder reported.
        reason: String,
    },
}
