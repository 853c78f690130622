//! The form as the OpenAPI document shows it. It is read as it streams in, not into these types.

#![allow(dead_code, reason = "only their schemas are used")]

mod words;

use utoipa::ToSchema;

pub use self::words::{
    ColourName, EffortName, FitName, FormatField, FormatList, FormatName, FoundName, GravityField,
    LookName, PositionName, QualityField, QualityPoint,
};

/// The form of `POST /api/compress`.
#[derive(Debug, ToSchema)]
#[schema(title = "CompressForm", rename_all = "camelCase")]
pub struct CompressForm {
    /// A picture: JPEG, PNG, WebP, GIF, AVIF, BMP or TIFF, told by its content. Repeat the part for
    /// a batch (plans with batch; at most 20), each at most 20 MiB.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 20)]
    file: Vec<Vec<u8>>,
    /// Output format, or how to choose it. `same`: the file's own; webp for GIF, BMP and TIFF, and
    /// a still picture of an animated PNG. `auto`: the smallest of the formats that `Accept` names,
    /// when there is one file and `Accept` asks for the picture itself, else of webp and avif. A
    /// list: the smallest of these, in such an answer of those that `Accept` takes.
    #[schema(inline, nullable = false, default = "webp")]
    format: Option<FormatField>,
    /// The same number looks the same in webp, avif and jpg. `auto` finds for each picture the
    /// smallest file that looks good enough, and tells its `score` (SSIMULACRA2): at least 60 for
    /// `auto:low` (differences show, but do not disturb), 75 for `auto` and `auto:good` (they are
    /// hard to find), 85 for `auto:best` (they are hard to find side by side). With `maxBytes`,
    /// the bound on bytes goes first. Lossless PNG ignores it.
    #[schema(inline, nullable = false, default = 82)]
    quality: Option<QualityField>,
    /// Most bytes of a result: `quality`, also one that was found, is lowered until it fits, to 40
    /// at the least. A picture that does not fit even then is refused.
    #[schema(nullable = false, minimum = 1)]
    max_bytes: Option<u64>,
    /// Time against bytes, at the same quality. `fast`: the least time. `balanced`: most of what can
    /// be saved, in little more time. `small`: as a rule, the fewest bytes, in several times the time.
    #[schema(inline, nullable = false, default = "balanced")]
    effort: Option<EffortName>,
    /// Whether PNG may be reduced to a palette of at most 256 colours, where that is smaller. Other
    /// formats ignore it.
    #[schema(nullable = false, default = false)]
    lossy: Option<bool>,
    /// Whether an animation stays one in formats that can hold it; else its first frame is taken.
    #[schema(nullable = false, default = true)]
    animated: Option<bool>,
    /// Width in pixels of the box that the picture is scaled to.
    #[schema(nullable = false, minimum = 1)]
    max_width: Option<u32>,
    /// Height in pixels of the box that the picture is scaled to.
    #[schema(nullable = false, minimum = 1)]
    max_height: Option<u32>,
    /// How the picture fills the box of `maxWidth` and `maxHeight`. `inside`: in proportion, as
    /// large as fits into it. `cover`: in proportion, over the whole box; what stands out is cut
    /// away. `contain`: as `inside`, and the rest of the box is filled with the background.
    /// `fill`: to the box's own proportion. With one side only all are `inside`.
    #[schema(inline, nullable = false, default = "inside")]
    fit: Option<FitName>,
    /// Which part `fit=cover` keeps, and where `fit=contain` puts the picture: top, centre or
    /// bottom, then left, centre or right. For `cover` also `entropy`, the part with the most
    /// detail, and `attention`, the part that draws the eye.
    #[schema(inline, nullable = false, default = "CC")]
    gravity: Option<GravityField>,
    /// Whether a picture smaller than the box is enlarged.
    #[schema(nullable = false, default = false)]
    enlarge: Option<bool>,
    /// Colour behind transparent pixels in jpg, and around the picture in `fit=contain`.
    #[schema(
        nullable = false,
        default = "#ffffff",
        pattern = "^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6})$"
    )]
    background: Option<String>,
    /// Colour space of the result: sRGB, which every viewer shows right, or the file's own with its
    /// profile. Pictures that are grey or in inks, and those whose profile cannot be read or has
    /// more than 1 MiB, become sRGB all the same.
    #[schema(inline, nullable = false, default = "srgb")]
    colour: Option<ColourName>,
    /// Metadata to carry over, by names separated by commas: `copyright` (notice, credit and
    /// artist of EXIF, XMP and a JPEG's IPTC), `icc` (a profile of sRGB where the file had one and
    /// its colours became sRGB; with `colour=keep` the file's own is there anyway), `exif` and
    /// `xmp` (without the place), `gps` (the place). None by default; orientation never.
    #[schema(
        nullable = false,
        pattern = "^(copyright|icc|exif|xmp|gps)(,(copyright|icc|exif|xmp|gps))*$",
        example = "copyright,icc"
    )]
    keep: Option<String>,
    /// Groups results. Random by default.
    #[schema(nullable = false, pattern = "^[A-Za-z0-9._:-]{1,64}$")]
    session_id: Option<String>,
    /// A PNG of at most 16 megapixels that is drawn over every picture (plans with watermarks).
    #[schema(value_type = Option<String>, format = Binary, nullable = false)]
    watermark_file: Option<Vec<u8>>,
    /// Width of the watermark in percent of the picture's width.
    #[schema(nullable = false, default = 20.0, minimum = 5.0, maximum = 50.0)]
    watermark_scale: Option<f32>,
    /// Opacity of the watermark in percent: 0 is invisible, 100 opaque.
    #[schema(nullable = false, default = 70.0, minimum = 0.0, maximum = 100.0)]
    watermark_opacity: Option<f32>,
    /// Where the watermark stands: top, centre or bottom, then left, centre or right.
    #[schema(inline, nullable = false, default = "BR")]
    watermark_position: Option<PositionName>,
}
