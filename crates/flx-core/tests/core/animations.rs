//! Animations stay animations.

use std::io::Cursor;
use std::num::NonZeroU64;

use flx_core::{AutoQuality, Error, Format, Limits, Opacity, Options, Watermark, compress, probe};
use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::webp::WebPDecoder;
use image::{AnimationDecoder, Delay, Frame, Rgba, RgbaImage};

use crate::fixtures::{decoded, photograph, png, px, with};

const SIZE: (u32, u32) = (96, 64);

/// A square that wanders over a ground, one step a frame.
fn scene(step: u32) -> RgbaImage {
    RgbaImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let inside = (10 * step..10 * step + 16).contains(&x) && (20..36).contains(&y);
        if inside { Rgba([250, 40, 30, 255]) } else { Rgba([20, 60, 200, 255]) }
    })
}

fn gif(durations: &[u32], repeat: Repeat) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    encoder.set_repeat(repeat).unwrap();
    for (step, duration) in durations.iter().enumerate() {
        let delay = Delay::from_numer_denom_ms(*duration, 1);
        encoder.encode_frame(Frame::from_parts(scene(step as u32), 0, 0, delay)).unwrap();
    }
    drop(encoder);
    file
}

/// An animated PNG whose second frame is a small patch and whose third undoes it.
fn apng() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, SIZE.0, SIZE.1);
    encoder.set_color(png::ColorType::Rgba);
    encoder.set_animated(3, 5).unwrap();
    encoder.set_frame_delay(120, 1000).unwrap();
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&scene(0)).unwrap();
    writer.set_frame_dimension(16, 16).unwrap();
    writer.set_frame_position(60, 4).unwrap();
    writer.set_dispose_op(png::DisposeOp::Previous).unwrap();
    writer.write_image_data(&RgbaImage::from_pixel(16, 16, Rgba([0, 255, 0, 255]))).unwrap();
    writer.set_frame_dimension(16, 16).unwrap();
    writer.set_frame_position(0, 48).unwrap();
    writer.set_dispose_op(png::DisposeOp::None).unwrap();
    writer.write_image_data(&RgbaImage::from_pixel(16, 16, Rgba([255, 255, 0, 255]))).unwrap();
    writer.finish().unwrap();
    file
}

fn frames(webp: &[u8]) -> Vec<Frame> {
    let mut decoder = WebPDecoder::new(Cursor::new(webp)).unwrap();
    decoder.set_background_color(Rgba([0; 4])).unwrap();
    decoder.into_frames().collect_frames().unwrap()
}

fn durations(webp: &[u8]) -> Vec<u32> {
    frames(webp).iter().map(|frame| frame.delay().numer_denom_ms().0).collect()
}

/// The number in the ANIM chunk.
fn plays(webp: &[u8]) -> u16 {
    let at = webp.windows(4).position(|four| four == b"ANIM").unwrap();
    u16::from_le_bytes([webp[at + 12], webp[at + 13]])
}

#[track_caller]
fn is_near(pixel: &Rgba<u8>, expected: [u8; 4]) {
    let off = pixel.0.iter().zip(expected).map(|(a, b)| a.abs_diff(b)).max().unwrap();
    assert!(off < 40, "{pixel:?}, not {expected:?}");
}

#[test]
fn frames_durations_and_plays_of_a_gif_come_through() {
    let input = gif(&[100, 250, 40, 1000], Repeat::Infinite);
    let result = with(&input, &Options::default());
    assert_eq!((result.frames(), result.width(), result.height()), (4, SIZE.0, SIZE.1));
    assert_eq!(durations(result.bytes()), [100, 250, 40, 1000]);
    assert_eq!(plays(result.bytes()), 0);
    for (step, frame) in frames(result.bytes()).iter().enumerate() {
        is_near(frame.buffer().get_pixel(10 * step as u32 + 8, 28), [250, 40, 30, 255]);
        is_near(frame.buffer().get_pixel(90, 60), [20, 60, 200, 255]);
    }
    let thrice = with(&gif(&[100, 100], Repeat::Finite(2)), &Options::default());
    assert_eq!(plays(thrice.bytes()), 3);
}

#[test]
fn patches_of_an_animated_png_are_drawn_and_undone() {
    let result = with(&apng(), &Options::default());
    let shown = frames(result.bytes());
    assert_eq!((shown.len(), plays(result.bytes())), (3, 5));
    assert_eq!(durations(result.bytes()), [120; 3]);
    is_near(shown[0].buffer().get_pixel(68, 12), [20, 60, 200, 255]);
    is_near(shown[1].buffer().get_pixel(68, 12), [0, 255, 0, 255]);
    is_near(shown[2].buffer().get_pixel(68, 12), [20, 60, 200, 255]);
    is_near(shown[2].buffer().get_pixel(8, 56), [255, 255, 0, 255]);
}

#[test]
fn an_animation_is_much_smaller_than_its_gif() {
    let input = gif(&[50; 8], Repeat::Infinite);
    assert!(with(&input, &Options::default()).bytes().len() * 2 < input.len() * 3);
}

#[test]
fn the_first_frame_is_taken_where_asked_and_in_other_formats() {
    let input = gif(&[100, 100], Repeat::Infinite);
    for options in [Options::default().with_animated(false), Options::new(Format::Png)] {
        let result = with(&input, &options);
        assert_eq!(result.frames(), 1);
        is_near(decoded(result.bytes()).into_rgba8().get_pixel(8, 28), [250, 40, 30, 255]);
    }
}

#[test]
fn every_frame_is_scaled_and_watermarked() {
    let mark = png(RgbaImage::from_pixel(10, 10, Rgba([0, 255, 0, 255])));
    let mark = Watermark::from_png(&mark, &Limits::default())
        .unwrap()
        .with_opacity(Opacity::new(100.0).unwrap());
    let options = Options::default().with_max_width(px(48)).with_watermark(mark);
    let result = with(&gif(&[100; 3], Repeat::Infinite), &options);
    for frame in frames(result.bytes()) {
        assert_eq!(frame.buffer().dimensions(), (48, 32));
        is_near(frame.buffer().get_pixel(42, 26), [0, 255, 0, 255]);
    }
}

#[test]
fn transparency_stays_around_what_moves() {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    for step in 0..3 {
        let mut frame = scene(step);
        frame.pixels_mut().filter(|p| p.0[2] == 200).for_each(|p| *p = Rgba([0; 4]));
        let delay = Delay::from_numer_denom_ms(100, 1);
        encoder.encode_frame(Frame::from_parts(frame, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    let result = with(&file, &Options::default());
    for frame in frames(result.bytes()) {
        assert_eq!(frame.buffer().get_pixel(90, 60).0[3], 0);
    }
}

#[test]
fn an_animated_webp_never_grows() {
    let small = with(&gif(&[100; 5], Repeat::Infinite), &Options::default());
    let again = with(small.bytes(), &Options::default());
    assert!(again.bytes().len() <= small.bytes().len());
    assert_eq!(durations(again.bytes()), durations(small.bytes()));
}

#[test]
fn frames_times_area_is_limited_before_decoding() {
    let input = gif(&[100; 4], Repeat::Infinite);
    let limits = Limits::default().with_max_animation_pixels(3 * 96 * 64);
    match compress(&input, &Options::default(), &limits) {
        Err(Error::TooManyAnimationPixels { frames: 4, pixels, limit, .. }) => {
            assert_eq!((pixels, limit), (4 * 96 * 64, 3 * 96 * 64));
        }
        other => panic!("{other:?}"),
    }
    let still = Options::default().with_animated(false);
    assert!(compress(&input, &still, &limits).is_ok());
}

#[test]
fn a_look_and_a_size_are_found_for_animations_too() {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    let wide = photograph(200, 120);
    for step in 0..3 {
        let part = image::imageops::crop_imm(&wide, step * 8, 0, 160, 120).to_image();
        let frame = image::DynamicImage::from(part).into_rgba8();
        let delay = Delay::from_numer_denom_ms(100, 1);
        encoder.encode_frame(Frame::from_parts(frame, 0, 0, delay)).unwrap();
    }
    drop(encoder);
    let size = |options: &Options| with(&file, options).bytes().len();
    let low = size(&Options::default().with_auto_quality(AutoQuality::Low));
    let best = size(&Options::default().with_auto_quality(AutoQuality::Best));
    assert!(low < best);
    let limit = size(&Options::default()) * 3 / 4;
    let bounded = Options::default().with_max_bytes(NonZeroU64::new(limit as u64).unwrap());
    assert!(size(&bounded) <= limit);
    let tiny = Options::default().with_max_bytes(NonZeroU64::new(50).unwrap());
    let refused = compress(&file, &tiny, &Limits::default());
    assert!(matches!(refused, Err(Error::CannotFit { .. })));
}

#[test]
fn cut_animations_are_refused_and_never_panic() {
    for input in [gif(&[100; 3], Repeat::Infinite), apng()] {
        let webp = with(&input, &Options::default());
        for file in [&input[..], webp.bytes()] {
            for end in (0..file.len() - 12).step_by(61) {
                let result = compress(&file[..end], &Options::default(), &Limits::default());
                let frames = result.as_ref().map_or(0, flx_core::Compressed::frames);
                let promised = probe(&file[..end]).map_or(0, |info| info.frames());
                assert!(result.is_err() || frames <= promised, "{end} of {}", file.len());
            }
        }
    }
}
