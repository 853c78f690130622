//! What comes out looks like what went in: size, way up, colours, transparency.

use flx_tests::look::{self, colour_and_alpha_at, colour_at, delta_e, ssimulacra2};
use flx_tests::pictures::{
    animation, bmp, card, card_stored_as, corners, display_p3, gif, gradient_with_alpha, jpeg,
    photo, photo_16_bit, png, tiff, webp, with_exif, with_gps, with_profile,
};
use flx_tests::{Form, Service};
use image::{DynamicImage, GenericImageView as _, Rgb, Rgba};

const FORMATS: [&str; 4] = ["webp", "avif", "jpg", "png"];

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    (service, key)
}

/// The quarters have the card's colours, within a ΔE that no lossy format needs.
#[track_caller]
fn is_upright_card(picture: &DynamicImage, what: &str) {
    let places = [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)];
    for ((x, y), expected) in places.into_iter().zip(corners()) {
        let found = colour_at(picture, x, y);
        let distance = delta_e(found, expected);
        assert!(
            distance < 6.0,
            "{what}: {found:?} at {x}, {y} instead of {expected:?}: ΔE {distance}"
        );
    }
}

#[test]
fn every_format_is_close_to_the_original_at_the_default_quality() {
    let (service, key) = service();
    let original = photo(480, 320, 5);
    let source = png(original.clone());
    for format in FORMATS {
        let form = Form::of("photo.png", &source).text("format", format);
        let (entry, file) = service.compressed(&key, form);
        assert_eq!(look::format(&file), format);
        assert_eq!(entry["format"], format);
        let picture = look::decode(&file).into_rgb8();
        let score = ssimulacra2(&original, &picture);
        println!("{format}: {} bytes of {}, SSIMULACRA2 {score:.1}", file.len(), source.len());
        if format == "png" {
            assert_eq!(picture, original, "PNG is lossless");
        } else {
            assert!(score > 60.0, "{format}: SSIMULACRA2 {score}");
        }
    }
}

#[test]
fn a_higher_quality_is_larger_and_closer() {
    let (service, key) = service();
    let original = photo(360, 240, 6);
    let source = png(original.clone());
    for format in ["webp", "avif", "jpg"] {
        let at = |quality: &str| {
            let form =
                Form::of("photo.png", &source).text("format", format).text("quality", quality);
            let (_, file) = service.compressed(&key, form);
            (file.len(), ssimulacra2(&original, &look::decode(&file).into_rgb8()))
        };
        let (low, high) = (at("40"), at("95"));
        assert!(low.0 < high.0 && low.1 + 5.0 < high.1, "{format}: {low:?} {high:?}");
    }
}

#[test]
fn all_eight_orientations_come_out_upright() {
    let (service, key) = service();
    for orientation in 1..=8 {
        let stored = card_stored_as(orientation, 96, 64);
        let file = with_exif(&jpeg(&stored, 95), orientation);
        for format in FORMATS {
            let form = Form::of("photo.jpg", &file).text("format", format);
            let (entry, result) = service.compressed(&key, form);
            let picture = look::decode(&result);
            assert_eq!(picture.dimensions(), (96, 64), "{orientation} {format}");
            assert_eq!((&entry["width"], &entry["height"]), (&96.into(), &64.into()));
            is_upright_card(&picture, &format!("orientation {orientation} as {format}"));
        }
    }
}

#[test]
fn sizes_are_exact_and_never_larger() {
    let (service, key) = service();
    // Source, limits, result.
    for ((width, height), (max_width, max_height), expected) in [
        ((320, 213), ("100", ""), (100, 67)),
        ((320, 213), ("", "100"), (150, 100)),
        ((320, 213), ("100", "100"), (100, 67)),
        ((213, 320), ("100", "100"), (67, 100)),
        ((320, 213), ("1000", "1000"), (320, 213)),
        ((320, 213), ("320", "212"), (318, 212)),
        ((1000, 3), ("100", ""), (100, 1)),
        ((7, 5), ("3", ""), (3, 2)),
        ((101, 67), ("50", ""), (50, 33)),
    ] {
        let file = png(photo(width, height, 2));
        let form = Form::of("photo.png", &file)
            .text("format", "png")
            .text("maxWidth", max_width)
            .text("maxHeight", max_height);
        let (entry, result) = service.compressed(&key, form);
        let said = (entry["width"].as_u64().unwrap(), entry["height"].as_u64().unwrap());
        let what = format!("{width}×{height} to {max_width}×{max_height}");
        assert_eq!(look::decode(&result).dimensions(), expected, "{what}");
        assert_eq!(said, (expected.0.into(), expected.1.into()), "{what}");
    }
}

#[test]
fn a_turned_picture_is_limited_as_it_is_shown() {
    let (service, key) = service();
    let file = with_exif(&jpeg(&card_stored_as(6, 200, 100), 95), 6);
    let form = Form::of("photo.jpg", &file).text("maxWidth", "50").text("format", "png");
    let (_, result) = service.compressed(&key, form);
    let picture = look::decode(&result);
    assert_eq!(picture.dimensions(), (50, 25));
    is_upright_card(&picture, "turned and scaled");
}

#[test]
fn every_input_format_is_read_whatever_it_is_called() {
    let (service, key) = service();
    let picture = card(120, 80);
    let (_, avif) =
        service.compressed(&key, Form::of("x", &png(picture.clone())).text("format", "avif"));
    for (kind, file) in [
        ("JPEG", jpeg(&picture, 95)),
        ("PNG", png(picture.clone())),
        ("WebP", webp(picture.clone())),
        ("GIF", gif(picture.clone())),
        ("BMP", bmp(picture.clone())),
        ("TIFF", tiff(picture.clone())),
        ("AVIF", avif),
    ] {
        let form = Form::of("misleading.pdf", &file).text("format", "webp");
        let (_, result) = service.compressed(&key, form);
        is_upright_card(&look::decode(&result), kind);
    }
}

#[test]
fn the_first_frame_of_an_animation_is_taken() {
    let (service, key) = service();
    let (first, second) = (card(80, 60), photo(80, 60, 1));
    let (_, result) = service.compressed(&key, Form::of("a.gif", &animation(&[first, second])));
    is_upright_card(&look::decode(&result), "animation");
}

#[test]
fn transparency_stays_in_webp_avif_and_png_and_becomes_white_in_jpg() {
    let (service, key) = service();
    let original = gradient_with_alpha(256, 96, 4);
    let source = png(original.clone());
    for format in FORMATS {
        let (_, result) =
            service.compressed(&key, Form::of("logo.png", &source).text("format", format));
        let picture = look::decode(&result);
        if format == "jpg" {
            assert!(!picture.color().has_alpha());
            let right = colour_at(&picture, 0.98, 0.5);
            assert!(delta_e(right, Rgb([255, 255, 255])) < 8.0, "{right:?}");
        } else {
            for x in [0.1, 0.5, 0.9] {
                let Rgba([.., expected]) =
                    colour_and_alpha_at(&DynamicImage::ImageRgba8(original.clone()), x, 0.5);
                let Rgba([.., found]) = colour_and_alpha_at(&picture, x, 0.5);
                assert!(found.abs_diff(expected) <= 4, "{format} at {x}: {found}, not {expected}");
            }
        }
    }
}

#[test]
fn sixteen_bits_stay_sixteen_bits_in_png() {
    let (service, key) = service();
    let original = photo_16_bit(90, 60, 8);
    let source = png(original.clone());
    let (_, result) = service.compressed(&key, Form::of("deep.png", &source).text("format", "png"));
    let picture = look::decode(&result);
    assert_eq!(picture.color(), image::ColorType::Rgb16);
    assert_eq!(picture.into_rgb16(), original);
    let (_, webp) = service.compressed(&key, Form::of("deep.png", &source));
    let eight = DynamicImage::ImageRgb16(original).into_rgb8();
    let score = ssimulacra2(&eight, &look::decode(&webp).into_rgb8());
    assert!(score > 60.0, "SSIMULACRA2 {score}");
}

#[test]
fn wide_gamut_colours_are_converted_to_srgb() {
    let (service, key) = service();
    let in_p3 = Rgb([180u8, 110, 60]);
    let expected = p3_to_srgb(in_p3);
    assert!(delta_e(in_p3, expected) > 4.0, "the conversion must be visible");
    let plain = jpeg(&image::RgbImage::from_pixel(64, 64, in_p3), 100);
    let file = with_profile(&plain, &display_p3());
    for format in FORMATS {
        let (_, result) =
            service.compressed(&key, Form::of("p3.jpg", &file).text("format", format));
        let found = colour_at(&look::decode(&result), 0.5, 0.5);
        let distance = delta_e(found, expected);
        assert!(distance < 2.5, "{format}: {found:?} instead of {expected:?}: ΔE {distance}");
    }
}

/// Display P3 to sRGB: the same curve, other primaries (SMPTE RP 431-2 with D65).
fn p3_to_srgb(colour: Rgb<u8>) -> Rgb<u8> {
    const MATRIX: [[f32; 3]; 3] = [
        [1.224_94, -0.224_94, 0.0],
        [-0.042_057, 1.042_057, 0.0],
        [-0.019_638, -0.078_636, 1.098_274],
    ];
    let light = colour.0.map(|value| look::linear(f32::from(value) / 255.0));
    Rgb(MATRIX.map(|row| {
        let sum: f32 = row.iter().zip(light).map(|(factor, value)| factor * value).sum();
        (look::encoded(sum) * 255.0).round() as u8
    }))
}

#[test]
fn metadata_is_stripped_gps_first_of_all() {
    let (service, key) = service();
    let file = with_gps(&jpeg(&card_stored_as(6, 96, 64), 95), 6);
    assert!(holds(&file, b"Secretcam") && holds(&file, b"Exif"));
    for format in FORMATS {
        let (_, result) =
            service.compressed(&key, Form::of("gps.jpg", &file).text("format", format));
        assert!(!holds(&result, b"Secretcam"), "{format} names the camera");
        assert!(!holds(&result, b"\x25\x88"), "{format} has a GPS directory");
    }
}

#[test]
fn a_result_is_never_larger_when_nothing_visible_was_asked() {
    let (service, key) = service();
    let picture = photo(200, 150, 3);
    // At 82, a file that was written at 30 cannot get smaller in its own format.
    let small = with_gps(&jpeg(&picture, 30), 1);
    let form = Form::of("small.jpg", &small).text("format", "jpg").text("quality", "100");
    let (entry, result) = service.compressed(&key, form);
    assert_eq!(entry["unchanged"], true, "{entry}");
    assert!(result.len() <= small.len());
    assert!(!holds(&result, b"Secretcam"), "its metadata is stripped all the same");
    let before = image::load_from_memory(&small).unwrap().into_rgb8();
    assert_eq!(look::decode(&result).into_rgb8(), before, "not a pixel changed");
    assert!(entry["savings"].as_f64().unwrap() >= 0.0, "{entry}");
}

#[test]
fn an_unchanged_picture_still_shows_upright_and_in_its_colours() {
    let (service, key) = service();
    let stored = card_stored_as(8, 96, 64);
    let plain = jpeg(&stored, 40);
    let file = with_profile(&with_exif(&plain, 8), &display_p3());
    let form = Form::of("a.jpg", &file).text("format", "jpg").text("quality", "100");
    let (entry, result) = service.compressed(&key, form);
    // Either drawn anew and upright, or kept with what shows it upright.
    let again = Form::of("again.jpg", &result).text("format", "png");
    let (_, png) = service.compressed(&key, again);
    let picture = look::decode(&png);
    assert_eq!(picture.dimensions(), (96, 64), "{entry}");
    for ((x, y), stored) in
        [(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)].into_iter().zip(corners())
    {
        let (found, expected) = (colour_at(&picture, x, y), p3_to_srgb(stored));
        assert!(delta_e(found, expected) < 8.0, "{found:?} instead of {expected:?}: {entry}");
    }
}

#[test]
fn the_answer_is_the_picture_itself_when_asked_for() {
    let (service, key) = service();
    let file = jpeg(&photo(200, 100, 1), 90);
    for (accept, format, media) in [
        ("image/webp", "webp", "image/webp"),
        ("image/*", "avif", "image/avif"),
        ("application/octet-stream", "jpg", "image/jpeg"),
        ("image/*", "png", "image/png"),
    ] {
        let form = Form::of("photo.jpg", &file).text("format", format);
        let answer = flx_tests::send(service.compressing(&key, form).header("accept", accept));
        let answer = answer.expect(200);
        assert_eq!(answer.header("content-type"), media);
        assert_eq!(look::format(&answer.body), format);
        let disposition = answer.header("content-disposition");
        assert_eq!(disposition, format!("attachment; filename=\"photo.{format}\""));
        assert_eq!(answer.header("content-length"), answer.body.len().to_string());
        assert_eq!(answer.header("x-original-size"), file.len().to_string());
        assert_eq!(answer.header("x-size"), answer.body.len().to_string());
        assert_eq!((answer.header("x-width"), answer.header("x-height")), ("200", "100"));
        assert_eq!(answer.header("x-content-type-options"), "nosniff");
    }
    let two = Form::new().file("a.jpg", &file).file("b.jpg", &file);
    let answer = flx_tests::send(service.compressing(&key, two).header("accept", "image/webp"));
    assert_eq!(answer.expect(200).header("content-type"), "application/json");
    let broken = service.compressing(&key, Form::of("a.jpg", b"x")).header("accept", "image/webp");
    flx_tests::send(broken).problem(415, "unsupported-image");
}

fn holds(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}
