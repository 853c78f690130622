//! Watermarks: place, width, opacity.

use flx_tests::look::{self, colour_at, delta_e};
use flx_tests::pictures::{card_stored_as, jpeg, png, with_exif};
use flx_tests::{Form, Service};
use image::{DynamicImage, GenericImageView as _, Rgb, RgbImage, Rgba, RgbaImage};

const GREY: Rgb<u8> = Rgb([120, 120, 120]);
const PINK: Rgba<u8> = Rgba([255, 0, 160, 255]);

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account("a@example.org", "starter");
    (service, key)
}

/// Twice as wide as high.
fn logo() -> Vec<u8> {
    png(RgbaImage::from_pixel(60, 30, PINK))
}

fn marked(service: &Service, key: &str, form: Form) -> DynamicImage {
    let picture = png(RgbImage::from_pixel(400, 300, GREY));
    let form = form.file("grey.png", &picture).watermark(&logo()).text("format", "png");
    look::decode(&service.compressed(key, form).1)
}

/// Left, top, width and height of what is not grey.
fn place(picture: &DynamicImage) -> Option<(u32, u32, u32, u32)> {
    let pixels = picture.to_rgb8();
    let changed: Vec<_> =
        pixels.enumerate_pixels().filter(|(_, _, pixel)| **pixel != GREY).collect();
    let left = changed.iter().map(|(x, ..)| *x).min()?;
    let right = changed.iter().map(|(x, ..)| *x).max()?;
    let top = changed.iter().map(|(_, y, _)| *y).min()?;
    let bottom = changed.iter().map(|(_, y, _)| *y).max()?;
    Some((left, top, right - left + 1, bottom - top + 1))
}

#[test]
fn nine_positions_keep_a_margin_of_two_percent_of_the_width() {
    let (service, key) = service();
    // 20 % of 400 is 80 wide and 40 high; the margin is 8.
    let (left, middle, right) = (8, 160, 312);
    let (top, centre, bottom) = (8, 130, 252);
    for (position, x, y) in [
        ("TL", left, top),
        ("TC", middle, top),
        ("TR", right, top),
        ("CL", left, centre),
        ("CC", middle, centre),
        ("CR", right, centre),
        ("BL", left, bottom),
        ("BC", middle, bottom),
        ("BR", right, bottom),
    ] {
        let picture = marked(&service, &key, Form::new().text("watermarkPosition", position));
        assert_eq!(place(&picture), Some((x, y, 80, 40)), "{position}");
    }
    let default = marked(&service, &key, Form::new());
    assert_eq!(place(&default), Some((right, bottom, 80, 40)), "BR is the default");
}

#[test]
fn scale_is_the_share_of_the_width() {
    let (service, key) = service();
    for (scale, width) in [("5", 20), ("20", 80), ("50", 200)] {
        let picture = marked(&service, &key, Form::new().text("watermarkScale", scale));
        let (.., found, height) = place(&picture).unwrap();
        assert_eq!((found, height), (width, width / 2), "{scale} %");
    }
}

#[test]
fn opacity_mixes_mark_and_picture() {
    let (service, key) = service();
    let opaque = Rgb([255, 0, 160]);
    let mixed = |share: f32| {
        Rgb([0, 1, 2].map(|channel| {
            let (mark, under) = (f32::from(opaque.0[channel]), f32::from(GREY.0[channel]));
            (mark * share + under * (1.0 - share)).round() as u8
        }))
    };
    for (opacity, expected) in [("100", opaque), ("70", mixed(0.7)), ("30", mixed(0.3))] {
        let form = Form::new().text("watermarkOpacity", opacity).text("watermarkPosition", "CC");
        let found = colour_at(&marked(&service, &key, form), 0.5, 0.5);
        assert!(delta_e(found, expected) < 1.5, "{opacity} %: {found:?} instead of {expected:?}");
    }
    let invisible = marked(&service, &key, Form::new().text("watermarkOpacity", "0"));
    assert_eq!(place(&invisible), None);
    let default = marked(&service, &key, Form::new().text("watermarkPosition", "CC"));
    assert!(delta_e(colour_at(&default, 0.5, 0.5), mixed(0.7)) < 1.5, "70 % is the default");
}

#[test]
fn the_watermark_is_drawn_on_the_upright_scaled_picture_in_every_format() {
    let (service, key) = service();
    let file = with_exif(&jpeg(&card_stored_as(6, 400, 300), 95), 6);
    for format in ["webp", "avif", "jpg", "png"] {
        let form = Form::of("photo.jpg", &file)
            .watermark(&logo())
            .text("maxWidth", "200")
            .text("watermarkOpacity", "100")
            .text("format", format);
        let picture = look::decode(&service.compressed(&key, form).1);
        assert_eq!(picture.dimensions(), (200, 150));
        // 40 × 20 at 156, 126: its middle is at 176, 136.
        let found = colour_at(&picture, 176.0 / 200.0, 136.0 / 150.0);
        assert!(delta_e(found, Rgb([255, 0, 160])) < 12.0, "{format}: {found:?}");
    }
}

#[test]
fn one_watermark_is_drawn_over_every_picture_of_a_batch() {
    let (service, _) = service();
    let key = service.account("b@example.org", "agency");
    let grey = png(RgbImage::from_pixel(400, 300, GREY));
    let form = Form::new().file("1.png", &grey).file("2.png", &grey).watermark(&logo());
    let answer = service.compress(&key, form.text("format", "png")).expect(200).json();
    for entry in answer["results"].as_array().unwrap() {
        let picture = look::decode(&service.get(entry["downloadUrl"].as_str().unwrap()).body);
        assert_eq!(place(&picture), Some((312, 252, 80, 40)));
    }
}
