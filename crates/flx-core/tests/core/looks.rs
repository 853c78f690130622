//! Quality by look: what was promised, judged by another implementation of the metric.

use flx_core::{AutoQuality, ColourSpace, Error, Format, Limits, Options, Watermark, compress};
use image::imageops::crop_imm;
use image::{DynamicImage, Rgb, RgbImage, Rgba, RgbaImage};
use moxcms::{ColorProfile, Layout, TransformOptions};

use crate::colour::png_with_profile;
use crate::fixtures::{decoded, judged, photograph, picture, png, px, screenshot, tiled, with};

const LOSSY: [Format; 3] = [Format::WebP, Format::Avif, Format::Jpeg];

/// How far below its target a result may be.
const TOLERANCE: f64 = 0.5;

/// Pictures that differ in detail, light and contrast, with the grain and the edges that a camera
/// sees.
fn photographs() -> Vec<RgbImage> {
    let whole = photograph(700, 500);
    let grain = |x: u32, y: u32| {
        let mixed = (x ^ y.rotate_left(16)).wrapping_mul(0x9e37_79b1);
        ((mixed ^ (mixed >> 15)).wrapping_mul(0x85eb_ca6b) >> 24) as f32 / 255.0 - 0.5
    };
    let taken = |left, top, noise: f32, light: fn(f32) -> f32| {
        let mut shot = crop_imm(&whole, left, top, 320, 240).to_image();
        for (x, y, pixel) in shot.enumerate_pixels_mut() {
            let roof = if (x + 2 * y) % 190 < 40 { 0.6 } else { 1.0 };
            let noise = noise * grain(x, y);
            let seen = |code: u8| (light(f32::from(code)) * roof + noise).clamp(0.0, 255.0) as u8;
            *pixel = Rgb(pixel.0.map(seen));
        }
        shot
    };
    vec![
        taken(0, 0, 10.0, |code| code),
        taken(380, 0, 14.0, |code| code * 0.6),
        taken(0, 260, 8.0, |code| 70.0 + code * 0.6),
        taken(380, 260, 18.0, |code| code.powi(2) / 255.0),
        taken(190, 130, 6.0, |code| code),
    ]
}

fn auto(format: Format, look: AutoQuality) -> Options {
    Options::new(format).with_auto_quality(look)
}

/// What is seen of a result over white.
fn seen(file: &[u8]) -> RgbImage {
    over(&decoded(file), 255)
}

fn over(image: &DynamicImage, ground: u8) -> RgbImage {
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [colours @ .., alpha] = image.get_pixel(x, y).0;
        let mixed = |code: u8| {
            let sum =
                u32::from(code) * u32::from(alpha) + u32::from(ground) * (255 - u32::from(alpha));
            ((sum + 127) / 255) as u8
        };
        Rgb(colours.map(mixed))
    })
}

/// Compares what comes out at a look with what comes out of the same options without any loss.
fn check(input: &[u8], options: &Options, look: AutoQuality) {
    let exact = options.clone().with_format(Format::Png).with_lossy_png(false);
    let original = seen(with(input, &exact).bytes());
    let result = with(input, &options.clone().with_auto_quality(look));
    let score = judged(&original, &seen(result.bytes()));
    let target = f64::from(look.target());
    assert!(score >= target - TOLERANCE, "{}: {score:.2} of {target}", result.format());
    assert!(f64::from(result.score().unwrap()) >= target, "{:?}", result.score());
}

#[test]
fn every_look_is_reached_in_two_and_a_half_encodes_on_average() {
    let mut encodes = Vec::new();
    for original in photographs() {
        let input = png(original.clone());
        for format in LOSSY {
            for look in AutoQuality::ALL {
                let result = with(&input, &auto(format, look));
                let score = judged(&original, &seen(result.bytes()));
                let target = f64::from(look.target());
                assert!(score >= target - TOLERANCE, "{format} {look}: {score:.2}");
                encodes.push(result.encodes());
            }
        }
    }
    let mean = f64::from(encodes.iter().sum::<u32>()) / encodes.len() as f64;
    assert!(mean <= 2.5, "{mean:.2} encodes on average: {encodes:?}");
}

#[test]
fn palettes_reach_the_look_or_keep_every_pixel() {
    for original in [photograph(320, 240), picture(320, 240), screenshot(320, 240)] {
        for look in AutoQuality::ALL {
            let options = Options::new(Format::Png).with_lossy_png(true);
            check(&png(original.clone()), &options, look);
        }
    }
}

#[test]
fn looks_hold_for_what_was_scaled() {
    let input = png(photograph(640, 480));
    for format in LOSSY {
        check(&input, &Options::new(format).with_max_width(px(300)), AutoQuality::Good);
    }
}

#[test]
fn looks_hold_for_sixteen_bits() {
    let deep = DynamicImage::from(photograph(320, 240)).into_rgb16();
    for format in LOSSY {
        check(&png(deep.clone()), &Options::new(format), AutoQuality::Good);
    }
}

#[test]
fn looks_hold_under_a_watermark() {
    let mark = RgbaImage::from_fn(60, 30, |x, y| Rgba([250, 20, 30, ((x + y) * 2) as u8]));
    for format in LOSSY {
        let mark = Watermark::from_png(&png(mark.clone()), &Limits::default()).unwrap();
        let options = Options::new(format).with_watermark(mark);
        check(&png(photograph(320, 240)), &options, AutoQuality::Best);
    }
}

#[test]
fn looks_hold_for_alpha_on_any_ground() {
    let base = photograph(320, 240);
    let cut = RgbaImage::from_fn(320, 240, |x, y| {
        let [r, g, b] = base.get_pixel(x, y).0;
        let far = (x as f32 - 160.0).hypot(y as f32 - 120.0);
        Rgba([r, g, b, ((110.0 - far) * 20.0).clamp(0.0, 255.0) as u8])
    });
    let original = DynamicImage::from(cut);
    for format in [Format::WebP, Format::Avif] {
        let result = with(&png(original.clone()), &auto(format, AutoQuality::Good));
        let shown = decoded(result.bytes());
        for ground in [0, 255] {
            let score = judged(&over(&original, ground), &over(&shown, ground));
            assert!(score >= 75.0 - TOLERANCE, "{format} on {ground}: {score:.2}");
        }
    }
}

#[test]
fn looks_hold_for_the_colours_that_viewers_show_of_a_kept_space() {
    let p3 = ColorProfile::new_display_p3();
    let wide = photograph(320, 240);
    let in_srgb = |picture: &RgbImage| {
        let mut shown = RgbImage::new(picture.width(), picture.height());
        p3.create_transform_8bit(
            Layout::Rgb,
            &ColorProfile::new_srgb(),
            Layout::Rgb,
            TransformOptions::default(),
        )
        .unwrap()
        .transform(picture, &mut shown)
        .unwrap();
        shown
    };
    let input = png_with_profile(&wide, &p3);
    for format in LOSSY {
        for look in AutoQuality::ALL {
            let options = auto(format, look).with_colour_space(ColourSpace::Source);
            let result = with(&input, &options);
            // decoded() converts AVIF by itself.
            let shown = match format {
                Format::WebP => in_srgb(&decoded(result.bytes()).to_rgb8()),
                _ => decoded(with(result.bytes(), &Options::new(Format::Png)).bytes()).to_rgb8(),
            };
            let score = judged(&in_srgb(&wide), &shown);
            assert!(score >= f64::from(look.target()) - TOLERANCE, "{format} {look}: {score:.2}");
        }
    }
}

#[test]
fn looks_hold_for_pictures_scored_in_strips() {
    let original = tiled(&photograph(500, 400), 2_200, 1_900);
    let result = with(&png(original.clone()), &auto(Format::WebP, AutoQuality::Low));
    let score = judged(&original, &seen(result.bytes()));
    assert!(score >= 60.0 - TOLERANCE, "{score:.2}");
}

#[test]
fn the_smallest_pictures_have_a_look_too() {
    for (width, height) in [(1, 1), (3, 7), (7, 3), (5, 64)] {
        let input = png(photograph(width, height));
        for format in LOSSY {
            for look in AutoQuality::ALL {
                // What no quality of a format reaches is refused by name.
                match compress(&input, &auto(format, look), &Limits::default()) {
                    Ok(result) => assert!(result.score().unwrap() >= look.target()),
                    Err(error) => {
                        assert!(matches!(error, Error::TargetNotReached { .. }), "{error}");
                        assert_ne!(format, Format::WebP);
                    }
                }
            }
        }
    }
}

#[test]
fn a_screenshot_goes_to_webp_without_loss_and_scores_100() {
    let input = png(screenshot(400, 300));
    let result = with(&input, &auto(Format::WebP, AutoQuality::Low));
    assert_eq!((result.quality(), result.score()), (None, Some(100.0)));
    assert_eq!(decoded(result.bytes()).into_rgb8(), screenshot(400, 300));
}

/// A chart of smooth curves, in more colours than a palette has.
fn chart() -> RgbImage {
    RgbImage::from_fn(500, 400, |x, y| {
        let mut seen = [255.0_f32; 3];
        for curve in 0..6 {
            let curve = curve as f32;
            let turn = x as f32 / (60.0 + 23.0 * curve) + curve;
            let at = 200.0 + (90.0 - 8.0 * curve) * turn.sin();
            let covered = (2.0 - (y as f32 - at).abs()).clamp(0.0, 1.0);
            for (code, ink) in seen.iter_mut().zip([40.0 * curve, 255.0 - 40.0 * curve, 128.0]) {
                *code += (ink - *code) * covered;
            }
        }
        Rgb(seen.map(|code| code as u8))
    })
}

#[test]
fn a_chart_of_many_colours_goes_nearly_lossless_in_fewer_bytes_and_reaches_its_look() {
    let original = chart();
    let input = png(original.clone());
    let mut lossless = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut lossless)
        .encode(&original, 500, 400, image::ExtendedColorType::Rgb8)
        .unwrap();
    for look in AutoQuality::ALL {
        let result = with(&input, &auto(Format::WebP, look));
        let (told, target) = (result.score().unwrap(), look.target());
        assert_eq!(result.quality(), None);
        assert!(told >= target && told < 100.0, "{look}: {told}");
        assert!(result.bytes().len() * 5 < lossless.len() * 4, "{look}");
        let score = judged(&original, &seen(result.bytes()));
        assert!(score >= f64::from(target) - TOLERANCE, "{look}: {score:.2}");
    }
}

#[test]
fn at_a_fixed_quality_nearly_lossless_coding_is_taken_where_it_is_smaller_and_looks_better() {
    let original = chart();
    let input = png(original.clone());
    let result = with(&input, &Options::new(Format::WebP));
    let lossy = with(&input, &Options::new(Format::Jpeg));
    assert_eq!(result.quality(), None);
    let score = judged(&original, &seen(result.bytes()));
    assert!(score > judged(&original, &seen(lossy.bytes())), "{score:.2}");
    assert!(score > 85.0, "{score:.2}");
}
