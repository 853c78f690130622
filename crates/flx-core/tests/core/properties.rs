//! What holds for every picture, whatever its size, samples and the options.

use flx_core::{Effort, Fit, Format, Options, Quality, compress, probe};
use image::{DynamicImage, ImageBuffer, Luma, LumaA, Rgb, Rgba};
use proptest::prelude::*;

use crate::fixtures::{decoded, difference, exif, png, px};

/// From nothing to odd primes, and around the edges of blocks.
fn side() -> impl Strategy<Value = u32> {
    prop_oneof![1..=9_u32, Just(16), Just(17), Just(31), Just(61), Just(97), Just(128)]
}

/// Grey or colours, with or without alpha, 8 or 16 bit; smooth, so that lossy codecs come close.
fn picture(width: u32, height: u32, samples: u8) -> DynamicImage {
    let across = |x: u32| (x * 40_000 / width) as u16 + 9_000;
    let down = |y: u32| (y * 50_000 / height) as u16 + 5_000;
    let alpha = |x: u32, y: u32| if (x + y).is_multiple_of(5) { u16::MAX } else { across(x) };
    let deep: DynamicImage = match samples % 4 {
        0 => ImageBuffer::from_fn(width, height, |x, y| Luma([across(x) / 2 + down(y) / 2])).into(),
        1 => ImageBuffer::from_fn(width, height, |x, y| LumaA([down(y), alpha(x, y)])).into(),
        2 => ImageBuffer::from_fn(width, height, |x, y| {
            Rgb([across(x), down(y), across(x) / 3 + down(y) / 3])
        })
        .into(),
        _ => ImageBuffer::from_fn(width, height, |x, y| {
            Rgba([across(x), down(y), 20_000, alpha(x, y)])
        })
        .into(),
    };
    if samples >= 4 {
        return deep;
    }
    match deep.color().channel_count() {
        1 => deep.into_luma8().into(),
        2 => deep.into_luma_alpha8().into(),
        3 => deep.into_rgb8().into(),
        _ => deep.into_rgba8().into(),
    }
}

/// The file with an orientation, in a chunk behind the header.
fn turned(png: &[u8], orientation: u8) -> Vec<u8> {
    let (head, tail) = png.split_at(33);
    let data = exif(orientation);
    let named = [b"eXIf".as_slice(), &data].concat();
    let sum = crc32fast::hash(&named).to_be_bytes();
    [head, &(data.len() as u32).to_be_bytes(), &named, &sum, tail].concat()
}

fn format() -> impl Strategy<Value = Format> {
    prop::sample::select(Format::ALL.to_vec())
}

fn fit() -> impl Strategy<Value = Fit> {
    prop::sample::select(vec![Fit::Inside, Fit::Cover, Fit::Contain, Fit::Fill])
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 160, ..ProptestConfig::default() })]

    #[test]
    fn every_size_of_every_sample_type_comes_back_in_every_format(
        width in side(), height in side(), samples in 0..8_u8, format in format(),
        effort in prop::sample::select(Effort::ALL.to_vec()), quality in 40..=100_u8,
    ) {
        let image = picture(width, height, samples);
        let options = Options::new(format)
            .with_effort(effort)
            .with_quality(Quality::new(quality).unwrap());
        let result = compress(&png(image.clone()), &options, &Default::default()).unwrap();
        let shown = decoded(result.bytes());
        prop_assert_eq!((shown.width(), shown.height()), (width, height));
        if format == Format::Png {
            prop_assert_eq!(shown.to_rgba16(), image.to_rgba16());
        } else if format != Format::Jpeg || !image.color().has_alpha() {
            let off = difference(&on_white(&shown), &on_white(&image));
            // Halved chroma leaves a sliver one colour for all of its pixels.
            let most = if width.min(height) < 4 { 18.0 } else { 12.0 };
            prop_assert!(off < most, "off by {}", off);
        }
    }

    #[test]
    fn every_orientation_and_fit_gives_the_size_that_was_asked_for(
        width in side(), height in side(), orientation in 1..=8_u8, fit in fit(),
        box_width in side(), box_height in side(), enlarge: bool, samples in 0..8_u8,
    ) {
        let input = turned(&png(picture(width, height, samples)), orientation);
        let options = Options::new(Format::Png)
            .with_fit(fit)
            .with_max_width(px(box_width))
            .with_max_height(px(box_height))
            .with_enlarge(enlarge);
        let result = compress(&input, &options, &Default::default()).unwrap();
        let (upright_width, upright_height) =
            if orientation >= 5 { (height, width) } else { (width, height) };
        let shown = decoded(result.bytes());
        prop_assert_eq!((shown.width(), shown.height()), (result.width(), result.height()));
        prop_assert_eq!(probe(result.bytes()).unwrap().orientation(), 1);
        let larger = box_width > upright_width || box_height > upright_height;
        if fit == Fit::Inside {
            prop_assert!(shown.width() <= box_width && shown.height() <= box_height);
            // One of the sides is met, or nothing had to change.
            prop_assert!(
                shown.width() == box_width || shown.height() == box_height
                    || (shown.width(), shown.height()) == (upright_width, upright_height)
            );
        } else if enlarge || !larger {
            prop_assert_eq!((shown.width(), shown.height()), (box_width, box_height));
        }
        if !enlarge && fit != Fit::Contain {
            prop_assert!(shown.width() <= upright_width && shown.height() <= upright_height);
        }
    }
}

/// What is seen of a picture, so that colours nobody sees do not count.
fn on_white(image: &DynamicImage) -> DynamicImage {
    let mut white = ImageBuffer::from_pixel(image.width(), image.height(), Rgba([255_u8; 4]));
    image::imageops::overlay(&mut white, &image.to_rgba8(), 0, 0);
    white.into()
}
