//! What is made of a picture's content: effort, palettes, frames, colours, metadata.

use std::io::Cursor;

use flx_tests::look::{self, colour_at, delta_e};
use flx_tests::pictures::{
    animation, card, corners, display_p3, jpeg, photo, png, with_gps, with_profile,
};
use flx_tests::{Form, Service};
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder as _, DynamicImage, Rgb, RgbImage};

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    (service, key)
}

#[track_caller]
fn is_like(picture: &DynamicImage, (x, y): (f32, f32), expected: Rgb<u8>, what: &str) {
    let found = colour_at(picture, x, y);
    let distance = delta_e(found, expected);
    assert!(distance < 6.0, "{what}: {found:?} at {x}, {y} instead of {expected:?}");
}

fn holds(file: &[u8], text: &[u8]) -> bool {
    file.windows(text.len()).any(|window| window == text)
}

#[test]
fn more_effort_is_fewer_bytes() {
    let (service, key) = service();
    let file = png(photo(256, 192, 4));
    let at = |effort: &str| {
        service.compressed(&key, Form::of("a.png", &file).text("effort", effort)).1.len()
    };
    let (fast, small) = (at("fast"), at("small"));
    assert!(small < fast, "{small} bytes, with less effort {fast}");
}

#[test]
fn lossy_png_has_a_palette_and_fewer_bytes() {
    let (service, key) = service();
    let file = png(photo(240, 160, 3));
    let with = |lossy: &str| {
        let form = Form::of("a.png", &file).text("format", "png").text("lossy", lossy);
        service.compressed(&key, form).1
    };
    let (exact, reduced) = (with("false"), with("true"));
    assert!(reduced.len() * 2 < exact.len(), "{} of {}", reduced.len(), exact.len());
    let picture = look::decode(&reduced).into_rgb8();
    let colours: std::collections::HashSet<_> = picture.pixels().collect();
    assert!(colours.len() <= 256, "{} colours", colours.len());
}

#[test]
fn an_animation_stays_one_in_webp_unless_its_first_frame_is_asked_for() {
    let (service, key) = service();
    let frames = [card(80, 60), photo(80, 60, 1), card(80, 60)];
    let file = animation(&frames);
    let (entry, moving) = service.compressed(&key, Form::of("a.gif", &file));
    assert_eq!(entry["frames"], 3, "{entry}");
    let decoder = WebPDecoder::new(Cursor::new(&moving)).unwrap();
    assert!(decoder.has_animation());
    let shown = decoder.into_frames().collect_frames().unwrap();
    assert_eq!(shown.len(), frames.len());
    let first = DynamicImage::ImageRgba8(shown[0].buffer().clone());
    is_like(&first, (0.25, 0.25), corners()[0], "the first frame");
    let form = Form::of("a.gif", &file).text("animated", "false");
    let (entry, still) = service.compressed(&key, form);
    assert_eq!(entry["frames"], 1, "{entry}");
    assert!(!WebPDecoder::new(Cursor::new(&still)).unwrap().has_animation());
    is_like(&look::decode(&still), (0.75, 0.25), corners()[1], "the still");
    let (_, in_jpg) = service.compressed(&key, Form::of("a.gif", &file).text("format", "jpg"));
    is_like(&look::decode(&in_jpg), (0.25, 0.75), corners()[2], "in a format of stills");
}

#[test]
fn colours_are_kept_with_their_profile_when_asked() {
    let (service, key) = service();
    let in_p3 = Rgb([180u8, 110, 60]);
    let file = with_profile(&jpeg(&RgbImage::from_pixel(64, 64, in_p3), 100), &display_p3());
    let form = Form::of("p3.jpg", &file).text("format", "webp").text("colour", "keep");
    let (_, result) = service.compressed(&key, form);
    assert!(holds(&result, b"ICCP"), "the profile is embedded");
    is_like(&look::decode(&result), (0.5, 0.5), in_p3, "the samples stay");
    let (_, result) = service.compressed(&key, Form::of("p3.jpg", &file));
    assert!(!holds(&result, b"ICCP"), "sRGB needs no profile");
}

#[test]
fn only_the_metadata_that_is_named_is_kept() {
    const OWNER: &[u8] = b"(c) A. Photographer";
    let (service, key) = service();
    let file = with_gps(&jpeg(&photo(96, 64, 1), 95), 1);
    let latitude = [48u32.to_le_bytes(), 1u32.to_le_bytes(), 51u32.to_le_bytes()].concat();
    let latitude_be = [48u32.to_be_bytes(), 1u32.to_be_bytes(), 51u32.to_be_bytes()].concat();
    for format in ["webp", "avif", "jpg", "png"] {
        for (keep, owner, maker, place) in [
            ("", false, false, false),
            ("copyright", true, false, false),
            ("exif", true, true, false),
            ("copyright,gps", true, false, true),
        ] {
            let form = Form::of("a.jpg", &file).text("format", format).text("keep", keep);
            let (_, result) = service.compressed(&key, form);
            let what = format!("keep={keep} in {format}");
            assert_eq!(holds(&result, OWNER), owner, "owner, {what}");
            assert_eq!(holds(&result, b"Secretcam"), maker, "camera, {what}");
            let found = holds(&result, &latitude) || holds(&result, &latitude_be);
            assert_eq!(found, place, "place, {what}");
            assert_eq!(look::decode(&result).width(), 96, "{what}");
        }
    }
}
