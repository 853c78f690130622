//! PNG with a palette.

use flx_core::{Format, Options, Quality};
use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};

use crate::fixtures::{decoded, photograph, png, score, to, with};

fn lossy(quality: u8) -> Options {
    Options::new(Format::Png).with_lossy_png(true).with_quality(Quality::new(quality).unwrap())
}

#[test]
fn a_photograph_shrinks_by_a_third_and_still_looks_good() {
    let image = photograph(320, 240);
    let input = png(image.clone());
    let (reduced, whole) = (with(&input, &lossy(82)), to(Format::Png, &input));
    assert!(reduced.bytes().len() * 3 < whole.bytes().len() * 2);
    let seen = score(&image, &decoded(reduced.bytes()));
    assert!(seen > 60.0, "{seen}");
}

#[test]
fn a_lower_quality_takes_fewer_bytes() {
    let input = png(photograph(320, 240));
    let sizes = [40, 55, 70].map(|quality| with(&input, &lossy(quality)).bytes().len());
    assert!(sizes.is_sorted() && sizes[0] < sizes[2], "{sizes:?}");
}

#[test]
fn a_palette_is_never_larger_than_what_loses_nothing() {
    let flat = RgbImage::from_fn(64, 64, |x, y| {
        if (x / 8 + y / 8) % 2 == 0 { Rgb([9; 3]) } else { Rgb([250, 20, 40]) }
    });
    let dot = RgbImage::from_pixel(1, 1, Rgb([1, 2, 3]));
    for image in [flat, dot, photograph(17, 13), photograph(211, 7)] {
        check_not_larger(image);
    }
}

/// For want of time the whole is not always written to know.
#[test]
fn nor_is_that_of_a_large_picture_wherever_its_detail_lies() {
    let noise = photograph(300, 260);
    // What a gradient in two directions takes without loss is nothing beside what dithering takes.
    let smooth = |x: u32, y: u32| Rgb([(x * 255 / 300) as u8, (y * 255 / 260) as u8, 90]);
    let strip = |rows: std::ops::Range<u32>| {
        RgbImage::from_fn(300, 260, |x, y| {
            if rows.contains(&y) { *noise.get_pixel(x, y) } else { smooth(x, y) }
        })
    };
    let bands =
        RgbImage::from_fn(
            300,
            260,
            |x, y| {
                if y % 85 < 6 { *noise.get_pixel(x, y) } else { smooth(x, y) }
            },
        );
    let grain = RgbImage::from_fn(300, 260, |x, y| {
        let [red, green, blue] = smooth(x, y).0;
        Rgb([red ^ (noise.get_pixel(x, y).0[0] & 1), green, blue])
    });
    for image in [noise.clone(), strip(0..20), strip(120..140), bands, grain, strip(0..0)] {
        check_not_larger(image);
    }
}

#[track_caller]
fn check_not_larger(image: RgbImage) {
    let input = png(image);
    let (reduced, whole) = (with(&input, &lossy(82)), to(Format::Png, &input));
    let (reduced, whole) = (reduced.bytes().len(), whole.bytes().len());
    assert!(reduced <= whole, "{reduced} bytes in place of {whole}");
}

#[test]
fn few_colours_stay_as_they_are() {
    let image = RgbImage::from_fn(90, 70, |x, y| Rgb([(x / 9 * 25) as u8, (y / 7 * 20) as u8, 77]));
    let result = with(&png(image.clone()), &lossy(82));
    assert_eq!(decoded(result.bytes()).into_rgb8(), image);
}

#[test]
fn invisible_stays_invisible_and_opaque_stays_opaque() {
    let base = photograph(120, 90);
    let image = RgbaImage::from_fn(120, 90, |x, y| {
        let [r, g, b] = base.get_pixel(x, y).0;
        let alpha = match x {
            0..40 => 0,
            40..80 => (x - 40) as u8 * 6,
            _ => 255,
        };
        Rgba([r, g, b, alpha])
    });
    for quality in [40, 82, 100] {
        let result = with(&png(DynamicImage::from(image.clone())), &lossy(quality));
        let shown = decoded(result.bytes()).into_rgba8();
        for (before, after) in image.pixels().zip(shown.pixels()) {
            match before.0[3] {
                0 => assert_eq!(after.0[3], 0),
                255 => assert!(after.0[3] >= 250),
                _ => {}
            }
        }
    }
}
