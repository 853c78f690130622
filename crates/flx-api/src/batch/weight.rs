//! How much memory a picture is expected to take while it is worked on.

use flx_core::{Fit, Format, ImageInfo, Options, QualityChoice, SourceFormat};

/// What a job takes besides its pixels: tables, threads, the result.
const BASE_BYTES: f64 = 4.0 * 1024.0 * 1024.0;
/// Bytes a pixel that comparing a result with its original takes.
const SCORING: f64 = 150.0;
/// Pictures of more pixels are compared in strips, which take no more than this many do whole.
const SCORED_PIXELS: f64 = 4_000_000.0;

/// An estimate in bytes, from the header and the options alone. Simple on purpose, and on the safe
/// side: decoder, the rasters before and after scaling twice over, encoder, and what a search for a
/// quality adds.
pub(super) fn bytes(info: &ImageInfo, options: &Options) -> u64 {
    let source = pixels(info.width(), info.height());
    let target = source * growth(info, options);
    let channels = if info.has_alpha() { 4.0 } else { 3.0 };
    let sample = if info.bit_depth() > 8 { 2.0 } else { 1.0 };
    let candidates = options.format().candidates(info.format());
    let encoder = candidates.iter().map(of_encoder).fold(0.0, f64::max);
    // Of an animation a canvas, the frame on it and the frame before stay at hand.
    let frames = if info.frames() > 1 && options.animated() { 3.0 } else { 1.0 };
    let rasters = 2.0 * (decoded(info, source, target) + target) * channels * sample * frames;
    let scoring = match options.quality() {
        QualityChoice::Auto(_) => {
            target.min(SCORED_PIXELS) * SCORING + 2.0 * target * channels * sample
        }
        QualityChoice::Fixed(_) => 0.0,
    };
    let files = 2.0 * to_float(info.bytes());
    let sum = BASE_BYTES + files + source * of_decoder(info) + rasters + target * encoder + scoring;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it saturates")]
    let bytes = sum as u64;
    bytes
}

fn pixels(width: u32, height: u32) -> f64 {
    f64::from(width) * f64::from(height)
}

#[expect(clippy::cast_precision_loss, reason = "an estimate")]
fn to_float(bytes: u64) -> f64 {
    bytes as f64
}

/// Pixels of the result for each of the source, at most.
fn growth(info: &ImageInfo, options: &Options) -> f64 {
    let (width, height) = (f64::from(info.width()), f64::from(info.height()));
    let across = options.max_width().map(|limit| f64::from(limit.get()) / width);
    let down = options.max_height().map(|limit| f64::from(limit.get()) / height);
    let scale = match (across, down) {
        (Some(across), Some(down)) if options.fit() == Fit::Inside => across.min(down),
        (Some(across), Some(down)) => across.max(down),
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => 1.0,
    };
    let may_grow = options.enlarge() || options.fit() == Fit::Contain;
    let scale = if may_grow { scale } else { scale.min(1.0) };
    scale * scale
}

/// Pixels that the decoder gives: those of a JPEG at an eighth, a quarter or half of its size, as
/// long as that is at least twice the size asked for.
fn decoded(info: &ImageInfo, source: f64, target: f64) -> f64 {
    if info.format() != SourceFormat::Jpeg {
        return source;
    }
    [64.0, 16.0, 4.0]
        .into_iter()
        .map(|shrink| source / shrink)
        .find(|pixels| *pixels >= 4.0 * target)
        .unwrap_or(source)
}

/// Bytes that a decoder takes a pixel of the source besides what it gives.
fn of_decoder(info: &ImageInfo) -> f64 {
    match info.format() {
        // A progressive one keeps all its coefficients.
        SourceFormat::Jpeg => 6.0,
        SourceFormat::Avif => 6.0,
        _ => 4.0,
    }
}

/// Bytes that an encoder takes a pixel of the result.
const fn of_encoder(format: Format) -> f64 {
    match format {
        Format::WebP => 8.0,
        Format::Avif => 20.0,
        Format::Png => 12.0,
        _ => 12.0,
    }
}
