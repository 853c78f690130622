//! Transparency: kept where the format has it, laid on the background where not.

use flx_core::{Background, Format, Options};
use image::{Rgba, RgbaImage};

use crate::fixtures::{decoded, png, px, to, with};

/// Red, opaque on the left half and invisible (over green) on the right.
fn half_clear(width: u32, height: u32) -> Vec<u8> {
    png(RgbaImage::from_fn(width, height, |x, _| {
        if x < width / 2 { Rgba([220, 20, 20, 255]) } else { Rgba([0, 255, 0, 0]) }
    }))
}

#[test]
fn alpha_is_kept_in_webp_avif_and_png() {
    for format in [Format::WebP, Format::Avif, Format::Png] {
        let shown = decoded(to(format, &half_clear(64, 64)).bytes()).into_rgba8();
        assert!(shown.get_pixel(10, 32).0[3] > 250, "{format}");
        assert!(shown.get_pixel(54, 32).0[3] < 5, "{format}");
    }
}

#[test]
fn jpeg_lays_the_picture_on_white_or_on_the_background_asked_for() {
    let input = half_clear(64, 64);
    let white = decoded(to(Format::Jpeg, &input).bytes()).into_rgb8();
    assert!(white.get_pixel(54, 32).0.iter().all(|sample| *sample > 247));
    let blue = Background { red: 0, green: 0, blue: 255 };
    let options = Options::new(Format::Jpeg).with_background(blue);
    let shown = decoded(with(&input, &options).bytes()).into_rgb8();
    let [red, green, blue] = shown.get_pixel(54, 32).0;
    assert!(red < 12 && green < 12 && blue > 243, "{red} {green} {blue}");
}

#[test]
fn invisible_colours_do_not_bleed_when_scaled() {
    for format in [Format::Png, Format::WebP, Format::Avif] {
        let options = Options::new(format).with_max_width(px(33));
        let shown = decoded(with(&half_clear(128, 128), &options).bytes()).into_rgba8();
        for pixel in shown.pixels().filter(|pixel| pixel.0[3] > 40) {
            assert!(pixel.0[1] < 60, "{format}: green shows in {pixel:?}");
        }
    }
}
