//! Embedded profiles are honoured: colours look right where profiles are ignored.

use std::collections::HashSet;

use flx_core::{Format, Options, Quality, SourceFormat, probe};
use image::{DynamicImage, ImageEncoder, Rgb, RgbImage};
use moxcms::{ColorProfile, Layout, TransformOptions};

use crate::animations::{apng, frames};
use crate::fixtures::{
    crc32, decoded, difference, jpeg, picture, png, segment, to, with, with_segments,
};

pub(crate) fn png_with_profile(image: &RgbImage, profile: &ColorProfile) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut file);
    encoder.set_icc_profile(profile.encode().unwrap()).unwrap();
    let (width, height) = image.dimensions();
    encoder.write_image(image, width, height, image::ExtendedColorType::Rgb8).unwrap();
    file
}

/// The same colours, in the numbers of another colour space.
fn in_space(image: &RgbImage, profile: &ColorProfile) -> RgbImage {
    let transform = ColorProfile::new_srgb()
        .create_transform_8bit(Layout::Rgb, profile, Layout::Rgb, TransformOptions::default())
        .unwrap();
    let mut converted = RgbImage::new(image.width(), image.height());
    transform.transform(image, &mut converted).unwrap();
    converted
}

#[test]
fn wide_gamut_pictures_are_converted_to_srgb_in_every_format() {
    let srgb = picture(120, 80);
    for profile in [ColorProfile::new_display_p3(), ColorProfile::new_adobe_rgb()] {
        let wide = in_space(&srgb, &profile);
        let input = png_with_profile(&wide, &profile);
        // The numbers themselves are visibly other ones, so that ignoring the profile fails.
        assert!(difference(&wide.into(), &srgb.clone().into()) > 3.0);
        for format in Format::ALL {
            let off = difference(&decoded(to(format, &input).bytes()), &srgb.clone().into());
            let allowed = if format == Format::Png { 1.0 } else { 2.6 };
            assert!(off < allowed, "{format} is off by {off}");
        }
    }
}

#[test]
fn a_profile_in_several_jpeg_segments_is_joined() {
    let srgb = picture(120, 80);
    let profile = ColorProfile::new_display_p3();
    let bytes = profile.encode().unwrap();
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let part = |number: u8, data: &[u8]| {
        segment(0xe2, &[b"ICC_PROFILE\0".as_slice(), &[number, 2], data].concat())
    };
    // Out of order on purpose: the numbers count.
    let wide = jpeg(&in_space(&srgb, &profile), 97);
    let input = with_segments(&wide, &[part(2, second), part(1, first)]);
    let off = difference(&decoded(to(Format::Png, &input).bytes()), &srgb.into());
    assert!(off < 2.5, "off by {off}");
}

#[test]
fn an_srgb_profile_changes_no_pixel() {
    let image = picture(120, 80);
    let input = png_with_profile(&image, &ColorProfile::new_srgb());
    assert_eq!(decoded(to(Format::Png, &input).bytes()).into_rgb8(), image);
}

#[test]
fn a_damaged_profile_is_ignored() {
    let image = picture(120, 80);
    let data = [b"ICC_PROFILE\0\x01\x01".as_slice(), &[7; 300]].concat();
    let input = with_segments(&jpeg(&image, 95), &[segment(0xe2, &data)]);
    let off = difference(&decoded(to(Format::Png, &input).bytes()), &image.into());
    assert!(off < 3.0, "off by {off}");
}

#[test]
fn the_colour_space_that_a_png_names_by_number_counts() {
    let srgb = picture(120, 80);
    let plain = png(in_space(&srgb, &ColorProfile::new_display_p3()));
    // Display P3 primaries (12), the transfer of sRGB (13), RGB, full range.
    let chunk = b"\0\0\0\x04cICP\x0c\x0d\0\x01";
    let sum = crc32(&chunk[4..]).to_be_bytes();
    let input = [&plain[..33], chunk.as_slice(), &sum, &plain[33..]].concat();
    let off = difference(&decoded(to(Format::Png, &input).bytes()), &srgb.into());
    assert!(off < 1.0, "off by {off}");
}

#[test]
fn the_transfer_that_a_grey_png_names_by_number_counts() {
    let grey = image::GrayImage::from_fn(64, 40, |x, y| image::Luma([(x * 4 + y / 8) as u8]));
    // Linear light (8), with the primaries of BT.709, unnamed ones and those of Display P3, none of
    // which grey has any use for.
    for primaries in [1, 2, 12] {
        let input = with_chunks(&png(grey.clone()), &[(b"cICP", vec![primaries, 8, 0, 1])]);
        let shown = decoded(to(Format::Png, &input).bytes());
        assert!(!shown.color().has_color());
        for (x, y, pixel) in grey.enumerate_pixels() {
            let light = f64::from(pixel.0[0]) / 255.0;
            let value = if light <= 0.003_130_8 {
                light * 12.92
            } else {
                1.055 * light.powf(1.0 / 2.4) - 0.055
            };
            let (found, expected) =
                (shown.to_luma8().get_pixel(x, y).0[0], (value * 255.0).round() as u8);
            assert!(found.abs_diff(expected) <= 1, "{}: {found}, not {expected}", pixel.0[0]);
        }
    }
    // The transfers of sRGB and of cameras leave grey as it is, whatever the primaries.
    let plain = with_chunks(&png(grey.clone()), &[(b"cICP", vec![12, 13, 0, 1])]);
    assert_eq!(decoded(to(Format::Png, &plain).bytes()).into_luma8(), grey);
}

#[test]
fn no_result_carries_a_profile() {
    let profile = ColorProfile::new_display_p3();
    let input = png_with_profile(&RgbImage::from_pixel(200, 200, Rgb([200, 40, 40])), &profile);
    for format in Format::ALL {
        let result = to(format, &input);
        let has = |needle: &[u8]| result.bytes().windows(needle.len()).any(|part| part == needle);
        assert!(!has(b"ICC") && !has(b"iCCP") && !has(b"prof"), "{format}");
        assert_ne!(probe(result.bytes()).unwrap().format(), SourceFormat::Gif);
    }
    let plain = png(picture(10, 10));
    assert_eq!(to(Format::Png, &plain).source().format(), SourceFormat::Png);
}

fn png_with_chunks(image: &RgbImage, chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    with_chunks(&png(image.clone()), chunks)
}

/// Puts chunks right behind the header of a PNG.
fn with_chunks(plain: &[u8], chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let mut file = plain[..33].to_vec();
    for (name, data) in chunks {
        let body = [name.as_slice(), data].concat();
        file.extend((data.len() as u32).to_be_bytes());
        file.extend(&body);
        file.extend(crc32(&body).to_be_bytes());
    }
    file.extend(&plain[33..]);
    file
}

fn numbers(values: &[u32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_be_bytes()).collect()
}

#[test]
fn gamma_and_chromaticities_of_a_png_count_unless_it_is_in_srgb() {
    let image = picture(60, 40);
    let linear = (b"gAMA", numbers(&[100_000]));
    let shown =
        decoded(to(Format::Png, &png_with_chunks(&image, std::slice::from_ref(&linear))).bytes());
    let encoded = |code: u8| {
        let light = f64::from(code) / 255.0;
        let value = if light <= 0.003_130_8 {
            light * 12.92
        } else {
            1.055 * light.powf(1.0 / 2.4) - 0.055
        };
        (value * 255.0).round() as u8
    };
    let expected = RgbImage::from_fn(60, 40, |x, y| Rgb(image.get_pixel(x, y).0.map(encoded)));
    let off = difference(&shown, &expected.into());
    assert!(off < 0.7, "off by {off}");

    let named = [linear.clone(), (b"sRGB", vec![0])];
    let shown = decoded(to(Format::Png, &png_with_chunks(&image, &named)).bytes());
    assert_eq!(shown.into_rgb8(), image);

    // The white and primaries of Display P3 with the usual gamma.
    let points = [31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000];
    let wide = in_space(&image, &ColorProfile::new_display_p3());
    let chunks = [(b"gAMA", numbers(&[45_455])), (b"cHRM", numbers(&points))];
    let shown = decoded(to(Format::Png, &png_with_chunks(&wide, &chunks)).bytes());
    let off = difference(&shown, &image.clone().into());
    assert!(off < 1.0, "off by {off}");

    // Without a gamma the curve is that of sRGB, as in browsers.
    let alone = [(b"cHRM", numbers(&points))];
    let shown = decoded(to(Format::Png, &png_with_chunks(&wide, &alone)).bytes());
    let off = difference(&shown, &image.clone().into());
    assert!(off < 1.0, "off by {off}");

    let nonsense = [(b"gAMA", numbers(&[45_455])), (b"cHRM", numbers(&[0; 8]))];
    let shown = decoded(to(Format::Png, &png_with_chunks(&image, &nonsense)).bytes());
    assert_eq!(shown.into_rgb8(), image);
}

#[test]
fn frames_of_an_animated_png_have_the_colours_of_a_still_one() {
    let image = DynamicImage::from(picture(60, 40)).into_rgba8();
    let mut second = image.clone();
    image::imageops::invert(&mut second);
    let stills = [image, second].map(|image| (image, [0, 0], 0, 0, [1, 10]));
    let plain = apng((60, 40), 0, &stills);
    let points = numbers(&[31_270, 32_900, 68_000, 32_000, 26_500, 69_000, 15_000, 6_000]);
    for chunks in [
        vec![(b"gAMA", numbers(&[100_000]))],
        vec![(b"gAMA", numbers(&[45_455])), (b"cHRM", points.clone())],
        vec![(b"cHRM", points)],
        vec![(b"gAMA", numbers(&[100_000])), (b"sRGB", vec![0])],
        vec![(b"cICP", vec![12, 13, 0, 1])],
    ] {
        // Close enough that numbers left as they are would be seen.
        let options = Options::new(Format::WebP).with_quality(Quality::new(100).unwrap());
        let result = with(&with_chunks(&plain, &chunks), &options);
        let shown = frames(result.bytes());
        assert_eq!(shown.len(), 2);
        for ((image, _), (still, ..)) in shown.into_iter().zip(&stills) {
            let still = png(still.clone());
            let expected = decoded(to(Format::Png, &with_chunks(&still, &chunks)).bytes());
            let off = difference(&image.into(), &expected);
            assert!(off < 1.5, "{chunks:?}: off by {off}");
        }
    }
}

#[test]
fn sixteen_bits_of_a_wide_gamut_stay_sixteen_bits() {
    let steps = image::ImageBuffer::from_fn(4096, 1, |x, _| Rgb([(x * 16) as u16; 3]));
    let mut file = Vec::new();
    let mut encoder = image::codecs::png::PngEncoder::new(&mut file);
    encoder.set_icc_profile(ColorProfile::new_adobe_rgb().encode().unwrap()).unwrap();
    let bytes: Vec<u8> = steps.iter().flat_map(|sample: &u16| sample.to_ne_bytes()).collect();
    encoder.write_image(&bytes, 4096, 1, image::ExtendedColorType::Rgb16).unwrap();
    let shown = decoded(to(Format::Png, &file).bytes()).into_rgb16();
    let mut greens: Vec<u16> = shown.pixels().map(|pixel| pixel.0[1]).collect();
    assert!(greens.is_sorted());
    greens.dedup();
    assert!(greens.len() > 3_500, "{} of 4,096 steps are left", greens.len());
}

#[test]
fn sixteen_bits_are_not_cut_to_eight_where_the_engine_codes_ten() {
    // Sixty codes of eight bits, over a thousand pixels.
    let ramp = |x: u32| (60 * 257 + x * 15) as u16;
    let image = image::ImageBuffer::from_fn(1024, 64, |x, _| Rgb([ramp(x); 3]));
    let options = Options::new(Format::Avif).with_quality(Quality::new(97).unwrap());
    let result = with(&png(DynamicImage::ImageRgb16(image)), &options);
    let shown = decoded(result.bytes()).into_rgb16();
    let levels: HashSet<u16> = shown.rows().nth(32).unwrap().map(|pixel| pixel.0[1]).collect();
    let libaom = flx_core::engines().iter().any(|engine| engine.name == "libaom");
    let wanted = if libaom { 150 } else { 50 };
    assert!(levels.len() >= wanted, "{} levels are left", levels.len());
    for (x, pixel) in shown.rows().nth(32).unwrap().enumerate() {
        let off = pixel.0[1].abs_diff(ramp(x as u32));
        assert!(off < 3 * 257, "off by {off} at {x}");
    }
}

/// IEC 61966-2-1.
fn encoded(light: f64) -> f64 {
    let light = light.clamp(0.0, 1.0);
    let value =
        if light <= 0.003_130_8 { light * 12.92 } else { 1.055 * light.powf(1.0 / 2.4) - 0.055 };
    value * 255.0
}

#[test]
fn adobe_rgb_becomes_what_the_published_equations_say() {
    // Adobe RGB (1998), 4.3.5.3 to 4.3.6.2, and IEC 61966-2-1, both for D65.
    let to_xyz = [
        [0.576_669, 0.185_558, 0.188_229],
        [0.297_345, 0.627_364, 0.075_291],
        [0.027_031, 0.070_689, 0.991_338],
    ];
    let to_srgb = [
        [3.240_454, -1.537_139, -0.498_531],
        [-0.969_266, 1.876_011, 0.041_556],
        [0.055_643, -0.204_026, 1.057_225],
    ];
    let times = |matrix: &[[f64; 3]; 3], vector: [f64; 3]| {
        [0, 1, 2].map(|row| (0..3).map(|column| matrix[row][column] * vector[column]).sum::<f64>())
    };
    let image = picture(120, 80);
    let input = png_with_profile(&image, &ColorProfile::new_adobe_rgb());
    let shown = decoded(to(Format::Png, &input).bytes()).into_rgb8();
    for (from, shown) in image.pixels().zip(shown.pixels()) {
        let light = from.0.map(|code| (f64::from(code) / 255.0).powf(563.0 / 256.0));
        let expected = times(&to_srgb, times(&to_xyz, light)).map(encoded);
        for (expected, shown) in expected.into_iter().zip(shown.0) {
            assert!((expected - f64::from(shown)).abs() < 1.6, "{from:?}: {expected} {shown}");
        }
    }
}

#[test]
fn inks_without_a_profile_take_away_light() {
    use jpeg_encoder::{ColorType, Encoder};
    let (cyan, black) = ([255, 0, 0, 0], [0, 0, 0, 255]);
    let samples: Vec<u8> =
        (0..64 * 64).flat_map(|at| if at % 64 < 32 { cyan } else { black }).collect();
    let mut file = Vec::new();
    Encoder::new(&mut file, 100).encode(&samples, 64, 64, ColorType::Cmyk).unwrap();
    let shown = decoded(to(Format::Png, &file).bytes()).into_rgb8();
    for (place, expected) in [((8, 8), [0, 255, 255]), ((56, 8), [0, 0, 0])] {
        let pixel = shown.get_pixel(place.0, place.1).0;
        assert!(pixel.iter().zip(expected).all(|(a, b)| a.abs_diff(b) < 6), "{pixel:?}");
    }
}
