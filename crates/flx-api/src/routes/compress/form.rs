//! The form as the OpenAPI document shows it. It is read as it streams in, not into these types.

#![allow(dead_code, reason = "only their schemas are used")]

use utoipa::ToSchema;

/// The form of `POST /api/compress`.
#[derive(Debug, ToSchema)]
#[schema(title = "CompressForm", rename_all = "camelCase")]
pub struct CompressForm {
    /// A picture: JPEG, PNG, WebP, GIF, AVIF, BMP or TIFF, told by its content. Repeat the part for
    /// a batch (plans with batch; at most 20), each at most 20 MiB.
    #[schema(value_type = Vec<String>, format = Binary, min_items = 1, max_items = 20)]
    file: Vec<Vec<u8>>,
    /// Output format. PNG is lossless.
    #[schema(inline, nullable = false, default = "webp")]
    format: Option<FormatName>,
    /// The same number looks the same in webp, avif and jpg. PNG ignores it.
    #[schema(nullable = false, default = 82, minimum = 40, maximum = 100)]
    quality: Option<u8>,
    /// Scales down, in proportion, to at most this width in pixels. Never enlarges.
    #[schema(nullable = false, minimum = 1)]
    max_width: Option<u32>,
    /// Scales down, in proportion, to at most this height in pixels. Never enlarges.
    #[schema(nullable = false, minimum = 1)]
    max_height: Option<u32>,
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

/// An output format.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "lowercase")]
pub enum FormatName {
    /// Lossy WebP.
    Webp,
    /// AVIF.
    Avif,
    /// Progressive JPEG.
    Jpg,
    /// Lossless PNG.
    Png,
}

/// A corner, an edge or the centre.
#[derive(Debug, ToSchema)]
#[schema(rename_all = "UPPERCASE")]
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
