//! Embedded profiles are honoured: colours look right where profiles are ignored.

use flx_core::{Format, SourceFormat, probe};
use image::{ImageEncoder, Rgb, RgbImage};
use moxcms::{ColorProfile, Layout, TransformOptions};

use crate::fixtures::{crc32, decoded, difference, jpeg, picture, png, segment, to, with_segments};

fn png_with_profile(image: &RgbImage, profile: &ColorProfile) -> Vec<u8> {
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
