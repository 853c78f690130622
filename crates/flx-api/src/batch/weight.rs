//! How much memory a picture is expected to take while it is worked on.

use flx_core::{Format, FormatChoice, ImageInfo, SourceFormat};

/// Bytes a pixel that every picture takes: the decoded raster and the one being encoded.
const RASTERS: u64 = 8;
/// What a job takes besides its pixels: tables, threads, the result.
const BASE_BYTES: u64 = 2 * 1024 * 1024;

/// An estimate in bytes, from the header alone. Simple on purpose: seeds from published figures,
/// on the safe side.
pub(super) fn bytes(info: &ImageInfo, choice: FormatChoice) -> u64 {
    let pixels = u64::from(info.width()) * u64::from(info.height());
    let decoder = match info.format() {
        // A progressive JPEG keeps all its coefficients.
        SourceFormat::Jpeg => 6,
        SourceFormat::Avif => 6,
        _ => 4,
    };
    let encoder = choice.candidates(info.format()).iter().map(of_encoder).max().unwrap_or_default();
    let depth = if info.bit_depth() > 8 { 2 } else { 1 };
    let per_pixel = (RASTERS + decoder) * depth + encoder;
    BASE_BYTES.saturating_add(pixels.saturating_mul(per_pixel)).saturating_add(info.bytes())
}

/// Bytes a pixel.
const fn of_encoder(format: Format) -> u64 {
    match format {
        Format::WebP => 8,
        Format::Avif => 20,
        Format::Png => 12,
        _ => 6,
    }
}
