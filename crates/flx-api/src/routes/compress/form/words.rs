//! The words that fields take.

use serde::Serialize;
use utoipa::ToSchema;

/// A format, several to choose from, or how to choose.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum FormatField {
    /// A format, or how to choose one.
    Name(#[schema(inline)] FormatName),
    /// Formats separated by commas: the one with the smallest file is taken.
    List(#[schema(inline)] FormatList),
}

/// Formats to choose from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(pattern = "^(webp|avif|jpg|png)(,(webp|avif|jpg|png))+$", example = "webp,avif")]
pub struct FormatList(String);

/// An output format, or how to choose one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FormatName {
    /// WebP; animations stay animated.
    Webp,
    /// AVIF.
    Avif,
    /// Progressive JPEG.
    Jpg,
    /// PNG: lossless, unless `lossy` is `true`.
    Png,
    /// The smallest of the formats that the client takes: those its `Accept` names when that asks
    /// for the picture itself, else WebP and AVIF.
    Auto,
    /// The file's own; WebP for GIF, BMP and TIFF.
    Same,
}

/// A point of the scale, or a look.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum QualityField {
    /// A point of the scale.
    Point(#[schema(inline)] QualityPoint),
    /// The smallest file that still looks as good as that.
    Look(#[schema(inline)] LookName),
}

/// The same number looks the same in webp, avif and jpg.
#[derive(Debug, Serialize, ToSchema)]
#[schema(minimum = 40, maximum = 100)]
pub struct QualityPoint(u8);

/// How good a result must look, as a SSIMULACRA2 score.
#[derive(Debug, Serialize, ToSchema)]
pub enum LookName {
    /// As `auto:good`.
    #[serde(rename = "auto")]
    Auto,
    /// A score of at least 60: differences show, but do not disturb.
    #[serde(rename = "auto:low")]
    Low,
    /// A score of at least 75: differences are hard to find.
    #[serde(rename = "auto:good")]
    Good,
    /// A score of at least 85: differences are hard to find side by side.
    #[serde(rename = "auto:best")]
    Best,
}

/// Time against bytes, at the same quality.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum EffortName {
    /// The least time.
    Fast,
    /// Little more time for most of what can be saved.
    Balanced,
    /// The fewest bytes, in several times the time.
    Small,
}

/// How a picture fills the box of `maxWidth` and `maxHeight`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FitName {
    /// In proportion, as large as fits into the box.
    Inside,
    /// In proportion, covering the box; what stands out is cut away.
    Cover,
    /// In proportion, inside the box, whose rest is filled with the background.
    Contain,
    /// To the box's own proportion.
    Fill,
}

/// Which part a cut keeps.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
pub enum GravityField {
    /// A corner, an edge or the centre.
    Point(#[schema(inline)] PositionName),
    /// A part found by looking at the picture.
    Found(#[schema(inline)] FoundName),
}

/// A part found by looking at the picture.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum FoundName {
    /// The part with the most detail.
    Entropy,
    /// The part that draws the eye.
    Attention,
}

/// A colour space.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ColourName {
    /// sRGB, which every viewer shows right.
    Srgb,
    /// The file's own, with its profile.
    Keep,
}

/// A corner, an edge or the centre.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum PositionName {
    /// Top left.
    Tl,
    /// Top centre.
    Tc,
    /// Top right.
    Tr,
    /// Centre left.
    Cl,
    /// Centre.
    Cc,
    /// Centre right.
    Cr,
    /// Bottom left.
    Bl,
    /// Bottom centre.
    Bc,
    /// Bottom right.
    Br,
}
