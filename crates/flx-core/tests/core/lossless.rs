//! PNG output is the picture, sample for sample.

use flx_core::{Effort, Format, Options, compress};
use image::{DynamicImage, GrayAlphaImage, ImageBuffer, Luma, LumaA, Rgb, Rgba};

use crate::fixtures::{decoded, picture, png, to};

#[track_caller]
fn check(image: impl Into<DynamicImage>) {
    let image = image.into();
    let result = to(Format::Png, &png(image.clone()));
    let shown = decoded(result.bytes());
    let depth =
        |image: &DynamicImage| image.color().bytes_per_pixel() / image.color().channel_count();
    assert_eq!(depth(&shown), depth(&image), "bits per sample");
    assert_eq!(shown.to_rgba16(), image.to_rgba16());
}

#[test]
fn eight_bit_pictures_are_identical() {
    check(picture(97, 61));
    check(DynamicImage::from(picture(97, 61)).into_luma8());
    check(ImageBuffer::from_fn(61, 97, |x, y| LumaA([(x * y) as u8, (x + y) as u8])));
    check(ImageBuffer::from_fn(61, 97, |x, y| Rgba([x as u8, y as u8, 7, (x * 3) as u8])));
}

#[test]
fn sixteen_bit_pictures_are_identical() {
    check(ImageBuffer::from_fn(61, 97, |x, y| Luma([(x * 1009 + y * 13) as u16])));
    check(ImageBuffer::from_fn(61, 97, |x, y| {
        Rgb([(x * 1009) as u16, (y * 641) as u16, (x * y * 7) as u16])
    }));
    check(ImageBuffer::from_fn(61, 97, |x, y| {
        Rgba([(x * 1009) as u16, (y * 641) as u16, (x * y * 7) as u16, (y * 677) as u16])
    }));
}

#[test]
fn colours_of_invisible_pixels_survive() {
    check(ImageBuffer::from_fn(40, 40, |x, y| Rgba([(x * 6) as u8, (y * 6) as u8, 99, 0])));
}

#[test]
fn png_is_lossless_whatever_the_quality_says() {
    let image = picture(80, 60);
    let options = flx_core::Options::new(Format::Png).with_quality(flx_core::Quality::MIN);
    let result = crate::fixtures::with(&png(image.clone()), &options);
    assert_eq!(decoded(result.bytes()).into_rgb8(), image);
}

#[test]
fn a_picture_one_pixel_wide_gets_the_filter_that_suits_it() {
    // A slope of rows too short to judge filters by: each row is the one above and two more.
    let slope = GrayAlphaImage::from_fn(1, 120, |_, y| LumaA([2 * y as u8, 255]));
    for effort in Effort::ALL {
        let options = Options::new(Format::Png).with_effort(effort);
        let result = compress(&png(slope.clone()), &options, &Default::default()).unwrap();
        assert_eq!(decoded(result.bytes()).into_luma_alpha8(), slope);
        assert!(result.bytes().len() < 120, "{effort}: {} bytes", result.bytes().len());
    }
}
