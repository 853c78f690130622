//! Quality by look, size by limit, format by choice.

use std::num::NonZeroU64;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use flx_core::{
    AutoQuality, ColourSpace, Effort, Error, Format, FormatChoice, FormatSet, Limits, Options,
    Progress, Quality, Stage, Watermark, compress,
};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use moxcms::ColorProfile;

use crate::animations::apng;
use crate::colour::png_with_profile;
use crate::fixtures::{decoded, file, jpeg, photograph, png, px, screenshot, tiled, to, with};

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

fn list(formats: &[Format]) -> Options {
    Options::new(FormatChoice::Smallest(formats.iter().copied().collect()))
}

fn bytes(count: usize) -> NonZeroU64 {
    NonZeroU64::new(count as u64).unwrap()
}

#[test]
fn a_format_that_fits_as_asked_goes_before_one_that_had_to_give_quality_up() {
    let input = source();
    let sizes = LOSSY.map(|format| with(&input, &Options::new(format)).bytes().len());
    let smallest = *sizes.iter().min().unwrap();
    let fitting = LOSSY[sizes.iter().position(|size| *size == smallest).unwrap()];
    // The others fit too once lowered, in fewer bytes than this.
    let result = with(&input, &list(&LOSSY).with_max_bytes(bytes(smallest)));
    assert_eq!((result.format(), result.quality()), (fitting, Some(82.0)));
    assert_eq!(result.bytes().len(), smallest);
}

#[test]
fn of_formats_that_all_give_quality_up_the_best_looking_is_taken() {
    let input = source();
    let sizes = LOSSY.map(|format| with(&input, &Options::new(format)).bytes().len());
    let limit = bytes(sizes.iter().min().unwrap() * 9 / 10);
    let alone = |format| {
        let options = Options::new(format).with_max_bytes(limit);
        compress(&input, &options, &Limits::default()).ok()?.quality()
    };
    let fitting: Vec<f32> = LOSSY.into_iter().filter_map(alone).collect();
    assert!(fitting.len() > 1, "the test needs another picture");
    let best = fitting.into_iter().fold(0.0, f32::max);
    let result = with(&input, &list(&LOSSY).with_max_bytes(limit));
    assert_eq!(result.quality(), Some(best));
    assert!(result.bytes().len() as u64 <= limit.get());
}

#[test]
fn within_a_bound_on_bytes_a_look_goes_before_fewer_bytes() {
    let input = source();
    let good = |format| Options::new(format).with_auto_quality(AutoQuality::Good);
    let sizes = LOSSY.map(|format| with(&input, &good(format)).bytes().len());
    let smallest = *sizes.iter().min().unwrap();
    let options = list(&LOSSY).with_auto_quality(AutoQuality::Good);
    let result = with(&input, &options.clone().with_max_bytes(bytes(smallest)));
    assert!(result.score().unwrap() >= 75.0, "{:?}", result.score());
    // And where none can look as good, the best of what they can.
    let limit = bytes(smallest * 9 / 10);
    let alone = |format| {
        compress(&input, &good(format).with_max_bytes(limit), &Limits::default()).ok()?.score()
    };
    let fitting: Vec<f32> = LOSSY.into_iter().filter_map(alone).collect();
    assert!(fitting.len() > 1, "the test needs another picture");
    let best = fitting.into_iter().fold(0.0, f32::max);
    let result = with(&input, &options.with_max_bytes(limit));
    assert_eq!(result.score(), Some(best));
}

/// Limits whose deadline passes while the encode of this number begins.
fn late_at(encode: u32) -> Limits {
    let deadline = Instant::now() + Duration::from_secs(20);
    let begun = AtomicU32::new(0);
    let progress = Progress::new(move |stage| {
        if stage == Stage::Encode && begun.fetch_add(1, Ordering::Relaxed) + 1 == encode {
            std::thread::sleep(deadline.saturating_duration_since(Instant::now()));
        }
    });
    Limits::default().with_deadline(deadline).with_progress(progress)
}

#[test]
fn out_of_time_what_the_first_formats_gave_is_the_answer() {
    let input = png(photograph(200, 150));
    let formats = list(&[Format::WebP, Format::Avif, Format::Jpeg]);
    let result = compress(&input, &formats, &late_at(2)).unwrap();
    assert!(result.encodes() < 3, "{}", result.encodes());
    let error = compress(&input, &formats, &late_at(1)).map(|result| result.encodes());
    // libwebp, the first, stops half-way.
    assert!(matches!(error, Err(Error::DeadlineExceeded { .. })), "{error:?}");
}

#[test]
fn out_of_time_a_graphic_stays_as_lossy_as_it_was_asked_for() {
    let result = compress(&png(screenshot(300, 200)), &Options::default(), &late_at(2)).unwrap();
    assert_eq!((result.quality(), result.encodes()), (Some(82.0), 2));
}

#[test]
fn what_was_found_does_not_outlast_a_cancel() {
    let flag = flx_core::CancelFlag::new();
    let (raised, begun) = (flag.clone(), AtomicU32::new(0));
    let progress = Progress::new(move |stage| {
        if stage == Stage::Encode && begun.fetch_add(1, Ordering::Relaxed) == 1 {
            raised.raise();
        }
    });
    let limits = Limits::default().with_cancel(flag).with_progress(progress);
    let error = compress(&source(), &list(&[Format::WebP, Format::Jpeg, Format::Png]), &limits);
    assert!(matches!(error, Err(Error::Cancelled { .. })));
}

#[test]
fn short_of_time_more_effort_is_asked_for_than_spent() {
    // A megapixel is sure of `balanced` in a quarter of the time that `small` is sure of.
    let input = png(tiled(&photograph(250, 200), 1_250, 800));
    let options = |effort| Options::new(Format::Png).with_effort(effort);
    let limits = Limits::default().with_deadline(Instant::now() + Duration::from_secs(6));
    let result = compress(&input, &options(Effort::Small), &limits).unwrap();
    let of = |effort| with(&input, &options(effort)).into_bytes();
    let spent_less = [Effort::Balanced, Effort::Fast].map(of).contains(&result.bytes().to_vec());
    assert!(spent_less && result.into_bytes() != of(Effort::Small));
}

#[test]
fn an_original_that_fits_is_the_answer_where_no_coding_does() {
    let small = Options::new(Format::Png).with_effort(Effort::Small);
    let packed = with(&png(photograph(320, 240)), &small).into_bytes();
    let fast = Options::new(Format::Png).with_effort(Effort::Fast);
    assert!(with(&png(photograph(320, 240)), &fast).bytes().len() > packed.len());
    let bound = fast.with_max_bytes(bytes(packed.len()));
    let result = with(&packed, &bound);
    assert!(result.unchanged() && result.bytes().len() <= packed.len());
    assert_eq!((result.quality(), result.score()), (None, None));
    let scored = with(&packed, &bound.clone().with_auto_quality(AutoQuality::Good));
    assert_eq!((scored.unchanged(), scored.score()), (true, Some(100.0)));
    // In another format, or with something drawn on it, it would be no honest answer.
    let marked = bound.clone().with_watermark(
        flx_core::Watermark::from_png(&png(RgbImage::new(9, 9)), &Limits::default()).unwrap(),
    );
    let other = bound.with_format(Format::WebP).with_max_bytes(bytes(300));
    for options in [marked, other] {
        let refused = compress(&packed, &options, &Limits::default());
        assert!(matches!(refused, Err(Error::CannotFit { .. })));
    }
}

#[test]
fn an_original_is_the_answer_where_no_quality_looks_as_good_as_asked() {
    let options = Options::new(Format::Jpeg).with_auto_quality(AutoQuality::Best);
    // Noise of which one strength or the other is beyond every engine.
    let refused = [4, 9, 30, 80, 255].into_iter().find_map(|strength| {
        let noise = RgbImage::from_fn(96, 96, |x, y| {
            let mixed = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77);
            let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x2c1b_3c6d);
            let code = |shift: u32| ((mixed >> shift & 0xff) * strength / 255) as u8;
            Rgb([code(24), code(16), code(8)])
        });
        let input = jpeg(&noise, 100);
        match compress(&png(decoded(&input)), &options, &Limits::default()) {
            Err(Error::TargetNotReached { score, .. }) => Some((input, score)),
            _ => None,
        }
    });
    // Where this fails, the test needs another picture.
    let (input, score) = refused.unwrap();
    assert_eq!(score.split('.').nth(1).map(str::len), Some(1), "{score}");
    let result = with(&input, &options);
    assert_eq!((result.unchanged(), result.score()), (true, Some(100.0)));
}

#[test]
fn an_original_in_any_of_the_formats_is_a_candidate() {
    let coarse = Options::new(Format::WebP).with_quality(Quality::MIN).with_effort(Effort::Small);
    let coarse = with(&source(), &coarse);
    let options =
        list(&[Format::WebP, Format::Avif, Format::Jpeg]).with_quality(Quality::new(93).unwrap());
    let made = with(&png(decoded(coarse.bytes())), &options);
    assert!(made.format() != Format::WebP && made.bytes().len() > coarse.bytes().len());
    let result = with(coarse.bytes(), &options);
    assert_eq!((result.format(), result.unchanged()), (Format::WebP, true));
    assert!(result.bytes().len() <= coarse.bytes().len());
}

#[test]
fn a_size_is_refused_in_the_numbers_of_who_asked_for_it() {
    let input = png_with_profile(&photograph(160, 120), &ColorProfile::new_display_p3());
    for format in Format::ALL {
        let options = Options::new(format).with_colour_space(ColourSpace::Source);
        match compress(&input, &options.with_max_bytes(bytes(700)), &Limits::default()) {
            Err(Error::CannotFit { bytes, limit, .. }) => {
                assert_eq!(limit, 700);
                // The profile alone takes more.
                assert!(bytes > 1_000, "{format}: {bytes}");
            }
            other => panic!("{format}: {:?}", other.map(|made| made.bytes().len())),
        }
    }
}

#[test]
fn clear_losers_are_told_by_a_piece_and_not_coded_in_full() {
    let input = png(tiled(&photograph(300, 220), 1_200, 1_100));
    let result = with(&input, &list(&[Format::WebP, Format::Png]));
    assert_eq!((result.format(), result.encodes()), (Format::WebP, 1));
    assert_eq!(result.bytes(), with(&input, &Options::new(Format::WebP)).bytes());
}

#[test]
fn a_screenshot_stays_in_the_running_for_webp_without_loss() {
    let input = png(screenshot(1_200, 1_100));
    let result = with(&input, &list(&[Format::WebP, Format::Avif]));
    let alone = |format| with(&input, &Options::new(format)).bytes().len();
    assert!(alone(Format::WebP) < alone(Format::Avif), "the test needs another picture");
    assert_eq!((result.format(), result.quality()), (Format::WebP, None));
}

#[test]
fn a_palette_that_keeps_every_pixel_has_no_quality() {
    let lossy =
        |input: &[u8]| with(input, &Options::new(Format::Png).with_lossy_png(true)).quality();
    // One has few colours, the other is smaller without a palette.
    let few = RgbImage::from_fn(90, 70, |x, y| Rgb([(x / 9 * 25) as u8, (y / 7 * 20) as u8, 77]));
    let ramp = RgbImage::from_fn(300, 300, |x, y| Rgb([x as u8, y as u8, (x + y) as u8]));
    for exact in [few, ramp] {
        let input = png(exact.clone());
        let result = with(&input, &Options::new(Format::Png).with_lossy_png(true));
        assert_eq!(decoded(result.bytes()).into_rgb8(), exact, "the test needs another picture");
        assert_eq!(lossy(&input), None);
    }
    assert_eq!(lossy(&source()), Some(82.0));
}
