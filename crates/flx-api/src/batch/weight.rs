//! How much memory a picture is expected to take while it is worked on.

use flx_core::cost::Cost;
use flx_core::{Effort, Fit, Format, ImageInfo, Options, QualityChoice, SourceFormat};

/// What a job takes besides pixels and engines: threads, tables.
const BASE_BYTES: f64 = 4.0 * 1024.0 * 1024.0;
/// Bytes a pixel that comparing a result with its original takes: 144 measured at 4 megapixels.
const SCORING: f64 = 150.0;
/// Pictures of more pixels are compared in strips, which take no more than this many do whole
/// (510 MiB measured at 16 megapixels, 575 MiB at 4).
const SCORED_PIXELS: f64 = 4_000_000.0;
/// libjpeg decodes at an eighth, a quarter or half of the size as long as this many pixels are
/// left for each of the result, in each direction.
const LEAST_REDUCTION: f64 = 1.5;

/// An estimate in bytes, from the header and the options alone. Simple on purpose, and on the safe
/// side: what the reader and the writer take by [`Cost`], as if both took it at once, the pixels
/// between them, and what a search for a quality adds.
pub(super) fn bytes(info: &ImageInfo, options: &Options, mark: Option<&ImageInfo>) -> u64 {
    let source = pixels(info.width(), info.height());
    let target = source * growth(info, options);
    let deep = if info.bit_depth() > 8 { 2.0 } else { 1.0 };
    let channels = if info.has_alpha() { 4.0 } else { 3.0 };
    let raster = channels * deep;
    // Of an animation a canvas, the frame on it and the frame before stay at hand.
    let frames = if info.frames() > 1 && options.animated() { 3.0 } else { 1.0 };
    let (writer, writer_base) = of_writing(info, options, raster / 3.0);
    let reader_base = to_float(Cost::of_reading(info).base_bytes);
    let scoring = match options.quality() {
        QualityChoice::Auto(_) => target.min(SCORED_PIXELS) * SCORING + 2.0 * target * raster,
        QualityChoice::Fixed(_) => 0.0,
    };
    // It stays as it was decoded, and is scaled and coloured for the picture.
    let mark = mark.map_or(0.0, |mark| of_watermark(mark) + 2.0 * target * 4.0);
    // The source where it is worked on, the result there and on its way out.
    let files = 3.0 * to_float(info.bytes());
    let sum = BASE_BYTES
        + reader_base
        + writer_base
        + files
        + of_reading(info, options, source, target) * frames
        + target * writer * frames
        + scoring
        + mark;
    saturating(sum)
}

/// The same for decoding a watermark.
fn of_watermark(info: &ImageInfo) -> f64 {
    let reading = Cost::of_reading(info);
    let source = pixels(info.width(), info.height());
    // As it is stored, by 4 channels of up to 16 bit, and as it is kept.
    let wide = if info.bit_depth() > 8 { 16.0 } else { 12.0 };
    to_float(reading.base_bytes) + 2.0 * to_float(info.bytes()) + source * wide
}

fn saturating(sum: f64) -> u64 {
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

/// Bytes that the reader takes with the pixels it gives, twice over where the next stage (colours,
/// the resize) needs them beside its own.
fn of_reading(info: &ImageInfo, options: &Options, source: f64, target: f64) -> f64 {
    let deep = if info.bit_depth() > 8 { 2.0 } else { 1.0 };
    let raster = if info.has_alpha() { 4.0 } else { 3.0 } * deep;
    let reader = to_float(Cost::of_reading(info).bytes_a_pixel);
    if info.format() != SourceFormat::Jpeg || info.is_cmyk() {
        return source * (reader * raster / 3.0 + raster);
    }
    let decoded = source / shrink(source, target);
    // Rows are scaled as they come, but for a crop that depends on what the picture shows.
    let in_rows = target < source && options.fit() != Fit::Cover && !info.is_progressive();
    let held = if in_rows { decoded / 4.0 + target } else { 2.0 * decoded };
    source * reader + held * raster
}

/// Pixels of a JPEG for each that its decoder gives.
fn shrink(source: f64, target: f64) -> f64 {
    [8.0, 4.0, 2.0]
        .into_iter()
        .find(|shrink| (source / target).sqrt() / shrink >= LEAST_REDUCTION)
        .map_or(1.0, |shrink| shrink * shrink)
}

/// Bytes a pixel of the result and bytes besides, of the hungriest writer that may be chosen.
/// Costs are of three channels of 8 bit; these here are `wider` by a factor.
fn of_writing(info: &ImageInfo, options: &Options, wider: f64) -> (f64, f64) {
    let formats = options.format().candidates(info.format());
    // A deadline that is near lowers the effort, and lower efforts may have other engines.
    let efforts = Effort::ALL.into_iter().filter(|effort| *effort <= options.effort());
    let mut most = (0.0_f64, 0.0_f64);
    for effort in efforts {
        for format in formats.iter() {
            let cost = match format {
                Format::Png if options.lossy_png() => Cost::of_palette(effort),
                _ => Cost::of_writing(format, effort),
            };
            most.0 = most.0.max(to_float(cost.bytes_a_pixel) * wider);
            most.1 = most.1.max(to_float(cost.base_bytes));
            if format == Format::WebP {
                most.0 = most.0.max(to_float(Cost::of_lossless_webp().bytes_a_pixel));
            }
        }
    }
    most
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use flx_core::{AutoQuality, Limits, Watermark, compress};

    use super::*;

    /// The header of a BMP of 24 bits a pixel.
    fn bmp(width: u32, height: u32) -> Vec<u8> {
        let mut file = b"BM".to_vec();
        for number in [54, 0, 54, 40, width, height, 0x0018_0001, 0, 0, 0, 0, 0, 0] {
            file.extend(number.to_le_bytes());
        }
        file
    }

    fn bytes(info: &ImageInfo, options: &Options) -> u64 {
        super::bytes(info, options, None)
    }

    fn picture(width: u32, height: u32) -> ImageInfo {
        flx_core::probe(&bmp(width, height)).unwrap()
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
        let [avif, jpeg] = [Format::Avif, Format::Jpeg].map(Options::new);
        assert!(bytes(&large, &avif) > bytes(&large, &jpeg));
        let searched = plain.clone().with_auto_quality(AutoQuality::Good);
        assert!(bytes(&large, &searched) > bytes(&large, &plain) + 400_000_000);
    }

    /// The facts of a JPEG of some kind of frame and so many components, on the same terms.
    fn jpeg(frame: u8, components: u8, width: u16, height: u16) -> ImageInfo {
        let mut file = vec![0xff, 0xd8, 0xff, frame, 0, 8 + 3 * components, 8];
        file.extend(height.to_be_bytes());
        file.extend(width.to_be_bytes());
        file.push(components);
        (0..components).for_each(|number| file.extend([number, 0x11, 0]));
        file.extend([0xff, 0xda, 0, 2, 0xff, 0xd9]);
        flx_core::probe(&file).unwrap()
    }

    #[test]
    fn a_jpeg_weighs_by_what_of_it_is_decoded() {
        let scaled = Options::new(Format::Jpeg).with_max_width(side(2000));
        let weigh = |info: &ImageInfo| bytes(info, &scaled);
        let (wide, high) = (8000, 6250);
        let baseline = weigh(&jpeg(0xc0, 3, wide, high));
        let progressive = weigh(&jpeg(0xc2, 3, wide, high));
        let inks = weigh(&jpeg(0xc0, 4, wide, high));
        // 89 and 218 MB were measured, with the file.
        assert!((89_000_000..200_000_000).contains(&baseline), "{baseline}");
        assert!((218_000_000..600_000_000).contains(&progressive), "{progressive}");
        assert!(inks > baseline + 50_000_000 * 7, "{inks}: four inks are decoded whole");
        assert!(weigh(&jpeg(0xc2, 4, wide, high)) >= inks + 50_000_000 * 8, "and coefficients");
    }

    #[test]
    fn a_jpeg_is_halved_from_three_pixels_for_one_of_the_result() {
        let shrink_of = |side: f64, target: f64| shrink(side * side, target * target);
        for (source, halvings) in [(299.0, 1.0), (300.0, 4.0), (600.0, 16.0), (1200.0, 64.0)] {
            assert!((shrink_of(source, 100.0) - halvings).abs() < 1e-9, "{source} to 100");
        }
    }

    #[test]
    fn nothing_weighs_less_than_its_writer_was_measured_to_take() {
        let source = jpeg(0xc0, 3, 4096, 2730);
        for format in Format::ALL {
            for effort in Effort::ALL {
                let cost = Cost::of_writing(format, effort);
                let measured = cost.base_bytes + 4096 * 2730 * cost.bytes_a_pixel;
                let options = Options::new(format).with_effort(effort);
                assert!(bytes(&source, &options) > measured, "{format} at {effort}");
            }
        }
    }

    #[test]
    fn a_watermark_has_a_share_of_every_picture() {
        let file = [bmp(500, 400), vec![0; 500 * 400 * 3]].concat();
        let limits = Limits::default();
        let png = compress(&file, &Options::new(Format::Png), &limits).unwrap().into_bytes();
        let mark = Watermark::probe(&png, &limits).unwrap();
        let (plain, source) = (Options::new(Format::Jpeg), picture(1000, 1000));
        let marked = super::bytes(&source, &plain, Some(&mark));
        assert!(marked >= bytes(&source, &plain) + 500 * 400 * 8 + 1000 * 1000 * 8);
    }

    #[test]
    fn a_box_weighs_by_the_result_it_gives() {
        let source = picture(4000, 3200);
        let plain = Options::new(Format::Png);
        let boxed = plain.clone().with_max_width(side(u32::MAX)).with_max_height(side(u32::MAX));
        assert_eq!(bytes(&source, &boxed), bytes(&source, &plain), "nothing is enlarged");
        let framed = plain.clone().with_max_width(side(16_000)).with_max_height(side(16_000));
        assert!(bytes(&source, &framed.with_fit(Fit::Contain)) > 8 * bytes(&source, &plain));
        assert!(bytes(&source, &boxed.with_enlarge(true)) > 1 << 60, "as much as there is");
    }
}
