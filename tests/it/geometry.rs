//! Boxes: how pictures fill them, what is cut away, what is filled in.

use flx_tests::look::{self, colour_at, delta_e};
use flx_tests::pictures::{card, corners, gradient_with_alpha, photo, png};
use flx_tests::{Form, Service};
use image::{DynamicImage, GenericImageView as _, Rgb, RgbImage};

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    (service, key)
}

/// The picture that comes back for a form's fields, as PNG.
#[track_caller]
fn made(service: &Service, key: &str, file: &[u8], fields: &[(&str, &str)]) -> DynamicImage {
    let form = Form::of("a", file).text("format", "png");
    let form = fields.iter().fold(form, |form, (name, value)| form.text(name, value));
    look::decode(&service.compressed(key, form).1)
}

#[track_caller]
fn is_like(picture: &DynamicImage, (x, y): (f32, f32), expected: Rgb<u8>, what: &str) {
    let found = colour_at(picture, x, y);
    let distance = delta_e(found, expected);
    assert!(distance < 6.0, "{what}: {found:?} at {x}, {y} instead of {expected:?}");
}

#[test]
fn cover_fills_the_box_with_the_part_that_gravity_names() {
    let (service, key) = service();
    let file = png(card(200, 100));
    let [red, green, blue, yellow] = corners();
    for (gravity, above, below) in [("CL", red, blue), ("tr", green, yellow)] {
        let fields =
            [("maxWidth", "50"), ("maxHeight", "50"), ("fit", "cover"), ("gravity", gravity)];
        let picture = made(&service, &key, &file, &fields);
        assert_eq!(picture.dimensions(), (50, 50), "{gravity}");
        for x in [0.15, 0.85] {
            is_like(&picture, (x, 0.2), above, gravity);
            is_like(&picture, (x, 0.8), below, gravity);
        }
    }
}

#[test]
fn entropy_and_attention_keep_the_part_with_something_in_it() {
    let (service, key) = service();
    let grey = Rgb([128, 128, 128]);
    let detail = photo(100, 100, 9);
    let file = png(RgbImage::from_fn(300, 100, |x, y| {
        if x < 200 { grey } else { *detail.get_pixel(x - 200, y) }
    }));
    for gravity in ["entropy", "attention"] {
        let fields =
            [("maxWidth", "100"), ("maxHeight", "100"), ("fit", "cover"), ("gravity", gravity)];
        let picture = made(&service, &key, &file, &fields).into_rgb8();
        let flat = picture.pixels().filter(|pixel| **pixel == grey).count();
        assert!(flat < 3000, "{gravity}: {flat} of 10000 pixels are of the empty part");
    }
}

#[test]
fn contain_fills_the_rest_with_the_background() {
    let (service, key) = service();
    let file = png(card(200, 100));
    let fields =
        [("maxWidth", "80"), ("maxHeight", "80"), ("fit", "contain"), ("background", "#1e6432")];
    let picture = made(&service, &key, &file, &fields);
    assert_eq!(picture.dimensions(), (80, 80));
    is_like(&picture, (0.5, 0.1), Rgb([0x1e, 0x64, 0x32]), "above");
    is_like(&picture, (0.5, 0.9), Rgb([0x1e, 0x64, 0x32]), "below");
    is_like(&picture, (0.25, 0.4), corners()[0], "inside");
}

#[test]
fn fill_stretches_to_the_box() {
    let (service, key) = service();
    let fields = [("maxWidth", "40"), ("maxHeight", "90"), ("fit", "fill")];
    let picture = made(&service, &key, &png(card(200, 100)), &fields);
    assert_eq!(picture.dimensions(), (40, 90));
    is_like(&picture, (0.75, 0.75), corners()[3], "stretched");
}

#[test]
fn pictures_are_enlarged_only_when_asked_and_never_beyond_the_limits() {
    let (service, key) = service();
    let file = png(card(60, 40));
    let plain = made(&service, &key, &file, &[("maxWidth", "120")]);
    assert_eq!(plain.dimensions(), (60, 40));
    let larger = made(&service, &key, &file, &[("maxWidth", "120"), ("enlarge", "true")]);
    assert_eq!(larger.dimensions(), (120, 80));
    is_like(&larger, (0.75, 0.25), corners()[1], "enlarged");
    let form = Form::of("a.png", &file).text("maxWidth", "4294967295").text("enlarge", "true");
    let answer = service.compress(&key, form.text("format", "png"));
    assert_eq!(answer.status, 422, "{answer}");
    assert!(answer.json()["limit"].is_u64(), "{answer}");
}

#[test]
fn transparency_in_jpg_shows_the_background() {
    let (service, key) = service();
    let file = png(gradient_with_alpha(256, 96, 4));
    let form = Form::of("a.png", &file).text("format", "jpg").text("background", "#0af");
    let picture = look::decode(&service.compressed(&key, form).1);
    let found = colour_at(&picture, 0.98, 0.5);
    assert!(delta_e(found, Rgb([0x00, 0xaa, 0xff])) < 10.0, "{found:?}");
}
