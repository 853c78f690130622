//! Quality by look, size by limit, format by choice.

use std::num::NonZeroU64;
use std::sync::{Arc, Mutex};

use flx_core::{
    AutoQuality, Error, Format, FormatChoice, FormatSet, Limits, Options, Progress, Quality, Stage,
    Watermark, compress,
};

use image::{DynamicImage, ImageFormat, Rgba, RgbaImage};

use crate::animations::apng;
use crate::fixtures::{decoded, file, jpeg, photograph, png, px, to, with};

fn source() -> Vec<u8> {
    png(photograph(640, 480))
}

const LOSSY: [Format; 3] = [Format::WebP, Format::Avif, Format::Jpeg];

#[test]
fn a_result_looks_at_least_as_good_as_asked_and_not_much_better() {
    for format in LOSSY {
        for look in AutoQuality::ALL {
            let options = Options::new(format).with_auto_quality(look);
            let result = compress(&source(), &options, &Limits::default()).unwrap();
            let score = result.score().unwrap();
            let at_lowest = result.quality() == Some(40.0);
            assert!(score >= look.target(), "{format} {look}: {score}");
            assert!(score <= look.target() + 3.0 || at_lowest, "{format} {look}: {score}");
            assert!(result.encodes() <= 5, "{format} {look}: {} encodes", result.encodes());
        }
    }
}

#[test]
fn a_better_look_takes_more_bytes() {
    for format in LOSSY {
        let size = |look| {
            let options = Options::new(format).with_auto_quality(look);
            compress(&source(), &options, &Limits::default()).unwrap().bytes().len()
        };
        let sizes = AutoQuality::ALL.map(size);
        assert!(sizes.is_sorted(), "{format}: {sizes:?}");
    }
}

#[test]
fn the_best_quality_that_fits_the_limit_is_taken() {
    for format in LOSSY {
        let full = compress(&source(), &Options::new(format), &Limits::default()).unwrap();
        let limit = full.bytes().len() as u64 * 3 / 4;
        let options = Options::new(format).with_max_bytes(NonZeroU64::new(limit).unwrap());
        let result = compress(&source(), &options, &Limits::default()).unwrap();
        let size = result.bytes().len() as u64;
        assert!(size <= limit && size >= limit * 9 / 10, "{format}: {size} of {limit}");
        assert!(result.quality().unwrap() < 82.0);
    }
}

#[test]
fn a_limit_that_is_met_anyway_changes_nothing() {
    let plain = compress(&source(), &Options::default(), &Limits::default()).unwrap();
    let options = Options::default().with_max_bytes(NonZeroU64::new(10_000_000).unwrap());
    let limited = compress(&source(), &options, &Limits::default()).unwrap();
    assert_eq!(plain.bytes(), limited.bytes());
    assert_eq!(limited.encodes(), 1);
}

#[test]
fn what_cannot_fit_is_refused_with_both_sizes() {
    for format in Format::ALL {
        let options = Options::new(format).with_max_bytes(NonZeroU64::new(100).unwrap());
        match compress(&source(), &options, &Limits::default()) {
            Err(Error::CannotFit { format: named, bytes, limit: 100 }) => {
                assert_eq!(named, format);
                assert!(bytes > 100);
            }
            other => panic!("{format}: {other:?}"),
        }
    }
}

#[test]
fn the_smallest_of_the_formats_is_taken() {
    let alone = |format| {
        compress(&source(), &Options::new(format), &Limits::default()).unwrap().bytes().len()
    };
    let formats: FormatSet = [Format::WebP, Format::Jpeg].into_iter().collect();
    let options = Options::new(FormatChoice::Smallest(formats));
    let result = compress(&source(), &options, &Limits::default()).unwrap();
    assert_eq!(result.bytes().len(), alone(Format::WebP).min(alone(Format::Jpeg)));
    assert_ne!(result.format(), Format::Png);
}

#[test]
fn the_same_format_comes_back_and_webp_for_what_is_only_read() {
    let choice = Options::new(FormatChoice::Same);
    for format in Format::ALL {
        let result = with(to(format, &source()).bytes(), &choice);
        assert_eq!(result.format(), format);
    }
    let image = DynamicImage::from(photograph(40, 30));
    for only_read in [ImageFormat::Bmp, ImageFormat::Tiff, ImageFormat::Gif] {
        let result = with(&file(&image, only_read), &choice);
        assert_eq!(result.format(), Format::WebP, "{only_read:?}");
    }
}

#[test]
fn the_same_format_of_an_animated_png_is_its_first_frame() {
    let frame = |colour| (RgbaImage::from_pixel(24, 16, Rgba(colour)), [0, 0], 0, 0, [1, 10]);
    let input = apng((24, 16), 0, &[frame([200, 10, 20, 255]), frame([10, 20, 200, 255])]);
    let result = with(&input, &Options::new(FormatChoice::Same));
    assert_eq!((result.format(), result.frames()), (Format::Png, 1));
    let shown = decoded(result.bytes()).into_rgba8();
    assert!(shown.pixels().all(|pixel| pixel.0 == [200, 10, 20, 255]));
}

#[test]
fn progress_names_the_stages_in_order_and_each_encode() {
    let whole = photograph(640, 480);
    let mark = Watermark::from_png(&png(photograph(64, 48)), &Limits::default()).unwrap();
    let plain = Options::new(Format::Jpeg).with_auto_quality(AutoQuality::Good);
    let marked = plain.clone().with_watermark(mark).with_max_width(px(400));
    for (input, options, passed_over) in [
        (png(whole.clone()), plain.clone(), Some(Stage::Watermark)),
        (png(whole.clone()), marked.clone(), None),
        (jpeg(&whole, 95), plain, Some(Stage::Watermark)),
        (jpeg(&whole, 95), marked, None),
    ] {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let told = Arc::clone(&seen);
        let progress = Progress::new(move |stage| told.lock().unwrap().push(stage));
        let limits = Limits::default().with_progress(progress);
        let result = compress(&input, &options, &limits).unwrap();
        let mut expected = Stage::ALL.to_vec();
        expected.retain(|stage| Some(*stage) != passed_over);
        // The last stage once for each encode.
        expected.pop();
        expected.extend((0..result.encodes()).map(|_| Stage::Encode));
        assert_eq!(*seen.lock().unwrap(), expected);
    }
}

#[test]
fn a_fixed_quality_is_not_scored() {
    let options = Options::default().with_quality(Quality::new(70).unwrap());
    let result = compress(&source(), &options, &Limits::default()).unwrap();
    assert_eq!((result.score(), result.quality(), result.encodes()), (None, Some(70.0), 1));
}
