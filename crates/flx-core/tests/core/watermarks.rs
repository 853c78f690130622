//! Watermarks, seen in the result.

use flx_core::{Error, Format, Limits, Opacity, Options, Position, Watermark, WatermarkScale};
use image::{Rgb, RgbImage, Rgba, RgbaImage};

use crate::fixtures::{decoded, jpeg, picture, png, px, with};

fn red() -> Watermark {
    let mark = RgbaImage::from_pixel(40, 20, Rgba([255, 0, 0, 255]));
    Watermark::from_png(&png(mark), &Limits::default()).unwrap()
}

fn grey_picture() -> Vec<u8> {
    png(RgbImage::from_pixel(400, 300, Rgb([128; 3])))
}

#[test]
fn the_watermark_stands_where_it_was_asked_for_in_every_format() {
    // 20 % of 400 px is 80×40 px; the margin is 8 px.
    let centres = [
        ("TL", (48, 28)),
        ("TC", (200, 28)),
        ("TR", (352, 28)),
        ("CL", (48, 150)),
        ("CC", (200, 150)),
        ("CR", (352, 150)),
        ("BL", (48, 272)),
        ("BC", (200, 272)),
        ("BR", (352, 272)),
    ];
    for (code, place) in centres {
        let mark = red()
            .with_opacity(Opacity::new(100.0).unwrap())
            .with_position(code.parse::<Position>().unwrap());
        // AVIF takes seconds without its SIMD, so it is looked at in one place.
        let formats = Format::ALL.into_iter().filter(|f| *f != Format::Avif || code == "BR");
        for format in formats {
            let options = Options::new(format).with_watermark(mark.clone());
            let shown = decoded(with(&grey_picture(), &options).bytes()).into_rgb8();
            for (other, (x, y)) in centres {
                let [r, g, _] = shown.get_pixel(x, y).0;
                let is_red = r > 200 && g < 60;
                assert_eq!(is_red, (x, y) == place, "{code} in {format}: {other} is {r},{g}");
            }
        }
    }
}

#[test]
fn scale_counts_in_percent_of_the_scaled_picture() {
    let mark = red()
        .with_scale(WatermarkScale::new(50.0).unwrap())
        .with_opacity(Opacity::new(100.0).unwrap())
        .with_position(Position::TopLeft);
    let options = Options::new(Format::Png).with_max_width(px(200)).with_watermark(mark);
    let shown = decoded(with(&grey_picture(), &options).bytes()).into_rgb8();
    let red = shown.pixels().filter(|pixel| pixel.0[0] > 200 && pixel.0[1] < 60).count();
    assert_eq!(red, 100 * 50);
}

#[test]
fn the_default_opacity_is_seventy_percent() {
    let options = Options::new(Format::Png).with_watermark(red());
    let shown = decoded(with(&grey_picture(), &options).bytes()).into_rgb8();
    let [r, g, b] = shown.get_pixel(352, 272).0;
    assert!(r.abs_diff(217) <= 1 && g.abs_diff(38) <= 1 && b.abs_diff(38) <= 1, "{r} {g} {b}");
}

#[test]
fn only_png_is_taken_as_a_watermark() {
    let error = Watermark::from_png(&jpeg(&picture(20, 20), 80), &Limits::default()).unwrap_err();
    assert!(error.to_string().starts_with("watermark: "), "{error}");
    let damaged = Watermark::from_png(&png(picture(9, 9))[..40], &Limits::default());
    assert!(matches!(damaged, Err(Error::Watermark(_))));
}
