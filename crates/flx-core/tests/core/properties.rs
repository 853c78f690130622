//! What holds for every picture, whatever its size, samples and the options.

use flx_core::{Effort, Fit, Format, Options, Quality, compress, probe};
use image::metadata::Orientation;
use image::{DynamicImage, ImageBuffer, Luma, LumaA, Rgb, RgbImage, Rgba};
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
    // Next to nothing, next to all and both ends, in bands, and a slope.
    let alpha = |x: u32, y: u32| match (y * 6 / height, samples >= 4) {
        (0, _) => 0,
        (1, true) => 1,
        (1, false) => 257,
        (2, true) => u16::MAX - 1,
        (2, false) => 254 * 257,
        (3, _) => u16::MAX,
        _ => across(x),
    };
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
        } else {
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
        // The original coding, where it is the smaller one, stays turned as it was.
        let turned_by = if result.unchanged() { orientation } else { 1 };
        prop_assert_eq!(probe(result.bytes()).unwrap().orientation(), turned_by);
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

    #[test]
    fn what_is_shown_stands_where_orientation_and_fit_put_it(
        width in 40..=120_u32, height in 40..=120_u32, orientation in 1..=8_u8, fit in fit(),
        box_width in 24..=140_u32, box_height in 24..=140_u32, enlarge: bool,
    ) {
        let quarters = RgbImage::from_fn(width, height, |x, y| {
            Rgb(QUARTERS[usize::from(x >= width / 2) + 2 * usize::from(y >= height / 2)])
        });
        let mut upright = DynamicImage::from(quarters.clone());
        upright.apply_orientation(Orientation::from_exif(orientation).unwrap());
        let upright = upright.into_rgb8();
        let options = Options::new(Format::Png)
            .with_fit(fit)
            .with_max_width(px(box_width))
            .with_max_height(px(box_height))
            .with_enlarge(enlarge);
        let input = turned(&png(quarters), orientation);
        let result = compress(&input, &options, &Default::default()).unwrap();
        let shown = decoded(result.bytes()).into_rgb8();
        let (across, down) = scales(&upright, shown.dimensions(), fit, enlarge);
        for share_x in [0.02, 0.25, 0.5, 0.75, 0.98] {
            for share_y in [0.02, 0.25, 0.5, 0.75, 0.98] {
                let x = (f64::from(shown.width()) * share_x) as u32;
                let y = (f64::from(shown.height()) * share_y) as u32;
                let Some(wanted) = seen(&upright, shown.dimensions(), (across, down), (x, y))
                else {
                    continue;
                };
                let Rgb(found) = *shown.get_pixel(x, y);
                let off = found.iter().zip(wanted).map(|(a, b)| a.abs_diff(b)).max().unwrap();
                prop_assert!(off < 40, "{:?} for {:?} at {}, {}", found, wanted, x, y);
            }
        }
    }

    #[test]
    fn pngs_of_few_bits_and_palettes_keep_every_pixel(
        width in side(), height in side(), bits in 0..3_u8, palette: bool, tells_alpha: bool,
        seed: u8,
    ) {
        let input = few_bits(width, height, bits, palette, tells_alpha, seed);
        let expected = image::load_from_memory(&input).unwrap();
        for format in [Format::Png, Format::WebP] {
            let options = Options::new(format).with_quality(Quality::new(100).unwrap());
            let result = compress(&input, &options, &Default::default()).unwrap();
            let shown = decoded(result.bytes());
            prop_assert_eq!((shown.width(), shown.height()), (width, height));
            if format == Format::Png {
                prop_assert_eq!(shown.to_rgba8(), expected.to_rgba8());
            }
        }
    }

    #[test]
    fn a_palette_comes_close_to_every_picture(
        width in side(), height in side(), samples in 0..8_u8,
    ) {
        let image = picture(width, height, samples);
        let options = Options::new(Format::Png).with_lossy_png(true);
        let result = compress(&png(image.clone()), &options, &Default::default()).unwrap();
        let shown = decoded(result.bytes());
        prop_assert_eq!((shown.width(), shown.height()), (width, height));
        let off = difference(&on_white(&shown), &on_white(&image));
        prop_assert!(off < 6.0, "off by {}", off);
    }
}

const QUARTERS: [[u8; 3]; 4] = [[200, 40, 40], [40, 180, 60], [50, 60, 200], [220, 200, 60]];

/// Pixels of the result for one of the source, across and down.
fn scales(source: &RgbImage, shown: (u32, u32), fit: Fit, enlarge: bool) -> (f64, f64) {
    let across = f64::from(shown.0) / f64::from(source.width());
    let down = f64::from(shown.1) / f64::from(source.height());
    match fit {
        Fit::Cover => (across.max(down), across.max(down)),
        Fit::Contain if enlarge => (across.min(down), across.min(down)),
        Fit::Contain => (across.min(down).min(1.0), across.min(down).min(1.0)),
        _ => (across, down),
    }
}

/// The colour that belongs to a pixel of the result, whose middle shows the source's: white around
/// it, and nothing where colours meet.
fn seen(
    source: &RgbImage,
    shown: (u32, u32),
    scales: (f64, f64),
    pixel: (u32, u32),
) -> Option<[u8; 3]> {
    let place = |pixel: u32, shown: u32, scale: f64, side: u32| {
        (f64::from(pixel) + 0.5 - f64::from(shown) / 2.0) / scale + f64::from(side) / 2.0
    };
    let x = place(pixel.0, shown.0, scales.0, source.width());
    let y = place(pixel.1, shown.1, scales.1, source.height());
    // The filter reaches three pixels of the coarser of both, and rounding moves the picture by one.
    let reach = |scale: f64| 4.0 / scale.min(1.0);
    let clear = |place: f64, side: u32, scale: f64| {
        let side = f64::from(side);
        [0.0, side / 2.0, side].into_iter().all(|edge| (place - edge).abs() > reach(scale))
    };
    let outside = |place: f64, side: u32, scale: f64| {
        place < -reach(scale) || place > f64::from(side) + reach(scale)
    };
    if outside(x, source.width(), scales.0) || outside(y, source.height(), scales.1) {
        return Some([255; 3]);
    }
    (clear(x, source.width(), scales.0) && clear(y, source.height(), scales.1))
        .then(|| source.get_pixel(x as u32, y as u32).0)
}

/// A PNG of 1, 2 or 4 bits a pixel, in grey or by a palette, with or without a tRNS chunk.
fn few_bits(width: u32, height: u32, bits: u8, palette: bool, alpha: bool, seed: u8) -> Vec<u8> {
    let (depth, bits) =
        [(png::BitDepth::One, 1_u32), (png::BitDepth::Two, 2), (png::BitDepth::Four, 4)]
            [usize::from(bits)];
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_depth(depth);
    if palette {
        encoder.set_color(png::ColorType::Indexed);
        let colours = 1_u8 << bits;
        encoder
            .set_palette((0..colours * 3).map(|at| at.wrapping_mul(37) ^ seed).collect::<Vec<_>>());
        if alpha {
            encoder.set_trns([0, 1, 254, 255].into_iter().take(colours.into()).collect::<Vec<_>>());
        }
    } else {
        encoder.set_color(png::ColorType::Grayscale);
        if alpha {
            encoder.set_trns(vec![0, seed % (1 << bits)]);
        }
    }
    let stride = (width * bits).div_ceil(8);
    let bytes: Vec<u8> =
        (0..stride * height).map(|at| (at.wrapping_mul(29) as u8).wrapping_add(seed)).collect();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&bytes).unwrap();
    writer.finish().unwrap();
    file
}

/// What is seen of a picture, so that colours nobody sees do not count.
fn on_white(image: &DynamicImage) -> DynamicImage {
    let mut white = ImageBuffer::from_pixel(image.width(), image.height(), Rgba([255_u8; 4]));
    image::imageops::overlay(&mut white, &image.to_rgba8(), 0, 0);
    white.into()
}
