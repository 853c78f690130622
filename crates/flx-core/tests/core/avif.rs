//! AVIF by whichever engine this build has.

use std::num::NonZeroU32;

use flx_core::{Effort, Error, Format, Options, Quality};
use image::{DynamicImage, GrayImage, ImageBuffer, Luma, Rgb, RgbImage, Rgba, RgbaImage};

use crate::fixtures::{decoded, jpeg_with, picture, png, score, to, with};

/// The largest difference of a channel, over all pixels.
fn furthest(left: &DynamicImage, right: &DynamicImage) -> u8 {
    let (left, right) = (left.to_rgba8(), right.to_rgba8());
    assert_eq!(left.dimensions(), right.dimensions());
    left.iter().zip(right.iter()).map(|(a, b)| a.abs_diff(*b)).max().unwrap_or(0)
}

fn best() -> Options {
    Options::new(Format::Avif).with_quality(Quality::MAX)
}

#[test]
fn sides_of_every_parity_come_back_as_they_were() {
    for (width, height) in [(1, 1), (1, 2), (2, 1), (3, 3), (1, 17), (17, 1), (8, 9), (65, 63)] {
        let source = DynamicImage::from(picture(width, height));
        let shown = decoded(with(&png(source.clone()), &best()).bytes());
        assert_eq!((shown.width(), shown.height()), (width, height));
        assert!(furthest(&source, &shown) < 48, "{width}×{height}: {}", furthest(&source, &shown));
    }
}

#[test]
fn plain_colours_stay_what_they_are_at_every_effort() {
    for effort in Effort::ALL {
        for colour in [[0, 0, 0], [255, 255, 255], [255, 0, 0], [0, 255, 0], [0, 0, 255]] {
            let source = DynamicImage::from(RgbImage::from_pixel(33, 21, Rgb(colour)));
            let options = Options::new(Format::Avif).with_effort(effort);
            let shown = decoded(with(&png(source.clone()), &options).bytes());
            let distance = furthest(&source, &shown);
            assert!(distance <= 6, "{colour:?} at {effort}: {distance}");
        }
    }
}

#[test]
fn grey_pictures_stay_grey() {
    let source = GrayImage::from_fn(41, 23, |x, y| Luma([(x * 5 + y) as u8]));
    let shown = decoded(with(&png(source.clone()), &best()).bytes());
    let rgb = shown.to_rgb8();
    assert!(rgb.pixels().all(|pixel| pixel.0[0] == pixel.0[1] && pixel.0[1] == pixel.0[2]));
    assert!(furthest(&source.into(), &shown) < 12);
}

#[test]
fn hidden_colours_cost_nothing_and_alpha_keeps_its_edges() {
    let visible = |x: u32, y: u32| (x as f32 - 48.0).hypot(y as f32 - 40.0) < 30.0;
    let noise = |x: u32, y: u32| (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) as u8;
    let soft = picture(96, 80);
    let make = |hidden: &dyn Fn(u32, u32) -> [u8; 3]| {
        RgbaImage::from_fn(96, 80, |x, y| {
            let [r, g, b] = if visible(x, y) { soft.get_pixel(x, y).0 } else { hidden(x, y) };
            Rgba([r, g, b, if visible(x, y) { 255 } else { 0 }])
        })
    };
    let noisy = to(Format::Avif, &png(make(&|x, y| [noise(x, y), noise(y, x), noise(x + 9, y)])));
    let plain = to(Format::Avif, &png(make(&|_, _| [0; 3])));
    // ravif blurs what is hidden, where libaom is given an even colour.
    if cfg!(feature = "avif-aom") {
        assert!(noisy.bytes().len() <= plain.bytes().len() + plain.bytes().len() / 20);
    }
    let shown = decoded(noisy.bytes()).to_rgba8();
    for (x, y) in [(48, 40), (30, 40), (48, 60)] {
        assert!(shown.get_pixel(x, y).0[3] >= 250, "{x},{y}: {:?}", shown.get_pixel(x, y));
    }
    for (x, y) in [(0, 0), (95, 79), (90, 5)] {
        assert!(shown.get_pixel(x, y).0[3] <= 5, "{x},{y}: {:?}", shown.get_pixel(x, y));
    }
}

#[test]
fn sixteen_bit_pictures_are_taken_as_they_are() {
    let source: ImageBuffer<Rgb<u16>, Vec<u16>> = ImageBuffer::from_fn(67, 45, |x, y| {
        Rgb([(x * 900) as u16, (y * 1400) as u16, 30_000 + (x * y) as u16])
    });
    let shown = decoded(with(&png(source.clone()), &best()).bytes());
    let distance = furthest(&DynamicImage::from(source), &shown);
    assert!(distance < 24, "{distance}");
}

#[test]
fn efforts_differ_in_bytes_and_not_in_looks() {
    let source = picture(256, 192);
    let input = png(source.clone());
    let results = Effort::ALL
        .map(|effort| with(&input, &Options::new(Format::Avif).with_effort(effort)).into_bytes());
    let scores = results.each_ref().map(|bytes| score(&source, &decoded(bytes)));
    let lowest = scores.iter().copied().fold(f64::INFINITY, f64::min);
    let highest = scores.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    assert!(highest - lowest < 6.0, "{scores:?}");
}

#[test]
fn threads_do_not_change_how_a_picture_looks() {
    let source = picture(320, 200);
    let input = png(source.clone());
    let scores = [NonZeroU32::MIN, NonZeroU32::MIN.saturating_add(1)].map(|threads| {
        let options = Options::new(Format::Avif).with_threads(threads);
        score(&source, &decoded(with(&input, &options).bytes()))
    });
    assert!((scores[0] - scores[1]).abs() < 2.0, "{scores:?}");
}

#[test]
fn pictures_wider_than_av1_frames_are_refused_by_name() {
    let input = png(RgbImage::new(65_536, 1));
    let limits = flx_core::Limits::default().with_max_side(100_000);
    let refused = flx_core::compress(&input, &Options::new(Format::Avif), &limits);
    assert!(matches!(refused, Err(Error::OutputTooLarge { .. })), "{refused:?}");
}

#[test]
fn planes_of_a_jpeg_look_like_its_pixels() {
    let source = picture(191, 127);
    for factor in [jpeg_encoder::SamplingFactor::F_1_1, jpeg_encoder::SamplingFactor::F_2_2] {
        let input = jpeg_with(&source, 95, |encoder| encoder.set_sampling_factor(factor));
        let pixels = flx_core::fitting::decode_rgb8(&input).unwrap();
        let pixels = RgbImage::from_raw(191, 127, pixels).unwrap();
        for quality in [60, 95] {
            let options = Options::new(Format::Avif).with_quality(Quality::new(quality).unwrap());
            let scores = [input.clone(), png(pixels.clone())]
                .map(|input| score(&pixels, &decoded(with(&input, &options).bytes())));
            assert!((scores[0] - scores[1]).abs() < 3.0, "{factor:?} at {quality}: {scores:?}");
        }
    }
}
