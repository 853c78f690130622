//! How much memory a picture is expected to take while it is worked on.

use flx_core::{Fit, Format, ImageInfo, Options, QualityChoice, SourceFormat};

/// What a job takes besides its pixels: tables, threads, the result.
const BASE_BYTES: f64 = 4.0 * 1024.0 * 1024.0;
/// Bytes a pixel that comparing a result with its original takes: 144 measured at 4 megapixels.
const SCORING: f64 = 150.0;
/// Pictures of more pixels are compared in strips, which take no more than this many do whole
/// (510 MiB measured at 16 megapixels, 575 MiB at 4).
const SCORED_PIXELS: f64 = 4_000_000.0;

/// An estimate in bytes, from the header and the options alone. Simple on purpose, and on the safe
/// side: decoder, the rasters before and after scaling twice over, encoder, and what a search for a
/// quality adds. It comes to one and a half to three times what was measured for pictures of 4 and
/// 16 megapixels (the server's peak above its start, one picture at a time).
pub(super) fn bytes(info: &ImageInfo, options: &Options) -> u64 {
    let source = pixels(info.width(), info.height());
    let target = source * growth(info, options);
    let channels = if info.has_alpha() { 4.0 } else { 3.0 };
    let sample = if info.bit_depth() > 8 { 2.0 } else { 1.0 };
    let candidates = options.format().candidates(info.format());
    let encoder = candidates.iter().map(of_encoder).fold(0.0, f64::max);
    // Of an animation a canvas, the frame on it and the frame before stay at hand.
    let frames = if info.frames() > 1 && options.animated() { 3.0 } else { 1.0 };
    let decoded = decoded(info, source, target);
    #[expect(clippy::float_cmp, reason = "the same number when nothing is scaled")]
    let scaled = if target == source { 0.0 } else { target };
    let rasters = 2.0 * (decoded + scaled) * channels * sample * frames;
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
    let (scale, is_box) = match (across, down) {
        (Some(across), Some(down)) if options.fit() == Fit::Inside => (across.min(down), false),
        (Some(across), Some(down)) => (across.max(down), true),
        (Some(only), None) | (None, Some(only)) => (only, false),
        (None, None) => (1.0, false),
    };
    // A frame is as large as the box, whatever stands in it.
    let may_grow = options.enlarge() || (is_box && options.fit() == Fit::Contain);
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

/// Bytes that an encoder takes a pixel of the result, as measured and a little more.
const fn of_encoder(format: Format) -> f64 {
    match format {
        Format::WebP => 5.0,
        Format::Png => 14.0,
        // The portable engine; the other takes less.
        Format::Avif => 34.0,
        _ => 12.0,
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use flx_core::AutoQuality;

    use super::*;

    /// The facts of a BMP of 24 bits a pixel, of which there is no more than the header.
    fn picture(width: u32, height: u32) -> ImageInfo {
        let mut file = b"BM".to_vec();
        for number in [54, 0, 54, 40, width, height, 0x0018_0001, 0, 0, 0, 0, 0, 0] {
            file.extend(number.to_le_bytes());
        }
        flx_core::probe(&file).unwrap()
    }

    fn side(pixels: u32) -> NonZeroU32 {
        NonZeroU32::new(pixels).unwrap()
    }

    #[test]
    fn what_takes_more_memory_weighs_more() {
        let (large, small) = (picture(4000, 3000), picture(2000, 1500));
        let plain = Options::new(Format::WebP);
        assert!(bytes(&large, &plain) > 3 * bytes(&small, &plain));
        assert!(bytes(&large, &plain.clone().with_max_width(side(1000))) < bytes(&large, &plain));
        assert!(bytes(&large, &Options::new(Format::Avif)) > bytes(&large, &plain));
        let searched = plain.clone().with_auto_quality(AutoQuality::Good);
        assert!(bytes(&large, &searched) > bytes(&large, &plain) + 400_000_000);
    }

    #[test]
    fn a_box_weighs_by_the_result_it_gives() {
        let source = picture(1000, 800);
        let plain = Options::new(Format::Png);
        let boxed = plain.clone().with_max_width(side(u32::MAX)).with_max_height(side(u32::MAX));
        assert_eq!(bytes(&source, &boxed), bytes(&source, &plain), "nothing is enlarged");
        let framed = plain.clone().with_max_width(side(4000)).with_max_height(side(4000));
        assert!(bytes(&source, &framed.with_fit(Fit::Contain)) > 10 * bytes(&source, &plain));
        assert!(bytes(&source, &boxed.with_enlarge(true)) > 1 << 60, "as much as there is");
    }
}
