//! Animations: what is shown when, for how long and how often, decoded back by the `image` crate.

use std::io::Cursor;
use std::num::NonZeroU64;

use flx_core::{
    AutoQuality, CancelFlag, Compressed, Error, Format, Limits, Opacity, Options, Position,
    Progress, Quality, Stage, Watermark, compress, probe,
};
use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::webp::WebPDecoder;
use image::imageops::crop_imm;
use image::{AnimationDecoder, Delay, DynamicImage, Frame, ImageDecoder, Rgba, RgbaImage};

use crate::fixtures::{crc32, decoded, difference, judged, photograph, picture, png, px, with};

const CLEAR: Rgba<u8> = Rgba([0; 4]);
const RED: Rgba<u8> = Rgba([220, 30, 30, 255]);
const BLUE: Rgba<u8> = Rgba([30, 40, 210, 255]);
const GREEN: Rgba<u8> = Rgba([20, 160, 60, 255]);

fn webp() -> Options {
    Options::new(Format::WebP)
}

/// The frames of an animated WebP as they are shown, with their milliseconds.
pub(crate) fn frames(file: &[u8]) -> Vec<(RgbaImage, u32)> {
    let mut decoder = WebPDecoder::new(Cursor::new(file)).unwrap();
    assert!(decoder.has_animation(), "a still picture");
    decoder.set_background_color(CLEAR).unwrap();
    let frames = decoder.into_frames().collect_frames().unwrap();
    frames
        .into_iter()
        .map(|frame| {
            let (time, one) = frame.delay().numer_denom_ms();
            (frame.into_buffer(), time / one)
        })
        .collect()
}

fn durations(file: &[u8]) -> Vec<u32> {
    frames(file).into_iter().map(|(_, time)| time).collect()
}

/// How often an animated WebP is shown, from its ANIM chunk.
fn plays(file: &[u8]) -> u16 {
    let at = file.windows(4).position(|name| name == b"ANIM").unwrap();
    u16::from_le_bytes([file[at + 12], file[at + 13]])
}

/// A square that moves over a soft picture.
fn scene(index: u32, width: u32, height: u32) -> RgbaImage {
    let mut image = image::DynamicImage::from(picture(width, height)).into_rgba8();
    for y in 0..height / 3 {
        for x in 0..width / 4 {
            image.put_pixel((x + index * 7) % width, y + height / 3, RED);
        }
    }
    image
}

fn gif(repeat: Option<Repeat>, frames: impl IntoIterator<Item = (RgbaImage, u32)>) -> Vec<u8> {
    let mut file = Vec::new();
    {
        let mut encoder = GifEncoder::new(&mut file);
        if let Some(repeat) = repeat {
            encoder.set_repeat(repeat).unwrap();
        }
        for (image, time) in frames {
            let delay = Delay::from_numer_denom_ms(time, 1);
            encoder.encode_frame(Frame::from_parts(image, 0, 0, delay)).unwrap();
        }
    }
    file
}

fn moving(count: u32) -> Vec<u8> {
    gif(Some(Repeat::Infinite), (0..count).map(|index| (scene(index, 60, 40), 80)))
}

#[track_caller]
fn check_shown(result: &Compressed, expected: &[RgbaImage], tolerance: f64) {
    let shown = frames(result.bytes());
    assert_eq!(shown.len(), expected.len(), "frames");
    assert_eq!(result.frames() as usize, expected.len());
    for (index, ((shown, _), expected)) in shown.into_iter().zip(expected).enumerate() {
        let off = difference(&visible(shown).into(), &visible(expected.clone()).into());
        assert!(off <= tolerance, "frame {index} is off by {off}");
    }
}

/// The colour of pixels that are not seen does not count.
fn visible(mut image: RgbaImage) -> RgbaImage {
    image.pixels_mut().filter(|pixel| pixel.0[3] == 0).for_each(|pixel| *pixel = CLEAR);
    image
}

/// A GIF of 16 × 16 px by hand: a palette of clear, red, blue and green, and frames of one colour
/// with their place, disposal and hundredths of a second.
fn gif_of(frames: &[([u16; 4], u8, u8, u16)]) -> Vec<u8> {
    let mut file = b"GIF89a\x10\0\x10\0\x91\0\0".to_vec();
    file.extend(
        [[0, 0, 0, 0], RED.0, BLUE.0, GREEN.0].iter().flat_map(|colour| colour[..3].to_vec()),
    );
    for ([left, top, width, height], colour, disposal, time) in frames {
        file.extend([0x21, 0xf9, 4, disposal << 2 | 1]);
        file.extend(time.to_le_bytes());
        file.extend([0, 0, 0x2c]);
        [left, top, width, height].iter().for_each(|number| file.extend(number.to_le_bytes()));
        file.extend([0, 2]);
        // LZW without compression: codes of three bits, each pixel behind a clear code.
        let codes = (0..width * height).flat_map(|_| [4, *colour]).chain([5]);
        let bits: Vec<u8> = codes.flat_map(|code| (0..3).map(move |bit| code >> bit & 1)).collect();
        let bytes: Vec<u8> = bits
            .chunks(8)
            .map(|bits| bits.iter().enumerate().map(|(at, bit)| bit << at).sum())
            .collect();
        for block in bytes.chunks(255) {
            file.push(block.len() as u8);
            file.extend(block);
        }
        file.push(0);
    }
    file.push(0x3b);
    file
}

fn filled(image: &RgbaImage, [left, top, width, height]: [u32; 4], colour: Rgba<u8>) -> RgbaImage {
    let mut image = image.clone();
    for y in top..top + height {
        for x in left..left + width {
            image.put_pixel(x, y, colour);
        }
    }
    image
}

#[test]
fn durations_and_the_number_of_showings_stay() {
    let times = [20, 40, 130, 1000, 70];
    let images = || times.iter().enumerate().map(|(at, time)| (scene(at as u32, 60, 40), *time));
    // GIF counts repetitions, WebP showings; 0 is for ever.
    for (repeat, expected) in [
        (Some(Repeat::Infinite), 0),
        (Some(Repeat::Finite(1)), 2),
        (Some(Repeat::Finite(7)), 8),
        (None, 1),
    ] {
        let input = gif(repeat, images());
        let result = with(&input, &webp());
        assert_eq!(durations(result.bytes()), times);
        assert_eq!(plays(result.bytes()), expected, "{repeat:?}");
        assert_eq!((result.source().frames(), result.frames()), (5, 5));
        // And through WebP once more.
        let again = with(result.bytes(), &webp().with_max_width(px(30)));
        assert_eq!(durations(again.bytes()), times);
        assert_eq!(plays(again.bytes()), expected);
    }
}

#[test]
fn frames_too_short_to_be_meant_are_shown_as_browsers_show_them() {
    let input = gif(None, [0, 10, 20, 50].map(|time| (scene(time / 10, 60, 40), time)));
    assert_eq!(durations(with(&input, &webp()).bytes()), [100, 100, 20, 50]);
}

#[test]
fn equal_frames_are_joined_and_keep_their_time() {
    let shown = [0, 0, 1, 1, 1, 2].map(|at| (scene(at, 60, 40), 30 + at * 10));
    let result = with(&gif(None, shown), &webp());
    assert_eq!(durations(result.bytes()), [60, 120, 50]);
    assert_eq!((result.source().frames(), result.frames()), (6, 3));
}

#[test]
fn frames_that_are_all_the_same_become_a_still_picture() {
    let result = with(&gif(None, (0..4).map(|_| (scene(1, 60, 40), 50))), &webp());
    assert_eq!(result.frames(), 1);
    assert!(!result.bytes().windows(4).any(|name| name == b"ANIM"));
    assert!(difference(&decoded(result.bytes()), &scene(1, 60, 40).into()) < 6.0);
}

#[test]
fn disposal_of_gif_frames_is_right() {
    let blank = RgbaImage::new(16, 16);
    let whole = [0, 0, 16, 16];
    let corner = [0, 0, 8, 8];
    let middle = [4, 4, 8, 8];
    let input = gif_of(&[
        (whole, 1, 1, 5),
        (corner, 2, 2, 5),
        (middle, 3, 3, 5),
        ([8, 8, 8, 8], 2, 1, 5),
        (whole, 0, 1, 5),
        ([0, 12, 16, 4], 3, 1, 5),
    ]);
    let wide = |place: [u16; 4]| place.map(u32::from);
    let red = filled(&blank, wide(whole), RED);
    let second = filled(&red, wide(corner), BLUE);
    let cleared = filled(&red, wide(corner), CLEAR);
    let third = filled(&cleared, wide(middle), GREEN);
    let fourth = filled(&cleared, [8, 8, 8, 8], BLUE);
    let last = filled(&fourth, [0, 12, 16, 4], GREEN);
    // The fifth frame is transparent all over and so shows the fourth.
    check_shown(&with(&input, &webp()), &[red, second, third, fourth, last], 0.5);
}

/// A frame of an APNG: its picture, place, disposal, blending and the fraction of a second.
pub(crate) type Still = (RgbaImage, [u32; 2], u8, u8, [u16; 2]);

/// An APNG, each frame of which is one RGBA picture.
pub(crate) fn apng((width, height): (u32, u32), plays: u32, frames: &[Still]) -> Vec<u8> {
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |name: &[u8; 4], data: &[u8]| {
        file.extend((data.len() as u32).to_be_bytes());
        let named = [name.as_slice(), data].concat();
        file.extend(&named);
        file.extend(crc32(&named).to_be_bytes());
    };
    let size = [width.to_be_bytes(), height.to_be_bytes()].concat();
    chunk(b"IHDR", &[size.as_slice(), &[8, 6, 0, 0, 0]].concat());
    chunk(b"acTL", &[(frames.len() as u32).to_be_bytes(), plays.to_be_bytes()].concat());
    let mut sequence = 0u32;
    for (image, [left, top], disposal, blending, [time, of]) in frames {
        let mut control = sequence.to_be_bytes().to_vec();
        sequence += 1;
        for number in [image.width(), image.height(), *left, *top] {
            control.extend(number.to_be_bytes());
        }
        control.extend([time.to_be_bytes(), of.to_be_bytes()].concat());
        control.extend([*disposal, *blending]);
        chunk(b"fcTL", &control);
        let still = png(image.clone());
        let data = still.windows(4).position(|name| name == b"IDAT").unwrap();
        let length = u32::from_be_bytes(still[data - 4..data].try_into().unwrap()) as usize;
        let data = &still[data + 4..data + 4 + length];
        if sequence == 1 {
            chunk(b"IDAT", data);
        } else {
            chunk(b"fdAT", &[&sequence.to_be_bytes(), data].concat());
            sequence += 1;
        }
    }
    chunk(b"IEND", &[]);
    file
}

#[test]
fn disposal_and_blending_of_apng_frames_are_right() {
    let blank = RgbaImage::new(16, 16);
    let plain = |width, height, colour| RgbaImage::from_pixel(width, height, colour);
    let glass = Rgba([30, 40, 210, 128]);
    let input = apng(
        (16, 16),
        3,
        &[
            (plain(16, 16, RED), [0, 0], 0, 0, [1, 20]),
            // Laid over, then taken away to nothing.
            (plain(8, 8, glass), [0, 0], 1, 1, [7, 100]),
            // Laid over, then taken back.
            (plain(8, 8, GREEN), [4, 4], 2, 1, [3, 0]),
            // In place of what was there, alpha too.
            (plain(8, 8, glass), [8, 8], 0, 0, [1, 3]),
        ],
    );
    let red = filled(&blank, [0, 0, 16, 16], RED);
    let mixed = filled(&red, [0, 0, 8, 8], Rgba([125, 35, 120, 255]));
    let cleared = filled(&red, [0, 0, 8, 8], CLEAR);
    let third = filled(&cleared, [4, 4, 8, 8], GREEN);
    let fourth = filled(&cleared, [8, 8, 8, 8], glass);
    let result = with(&input, &webp());
    check_shown(&result, &[red, mixed, third, fourth], 0.5);
    assert_eq!(durations(result.bytes()), [50, 70, 30, 333]);
    assert_eq!(plays(result.bytes()), 3);
}

#[test]
fn a_photograph_that_moves_looks_like_itself_in_every_frame() {
    let scenes: Vec<RgbaImage> = (0..6).map(|at| scene(at, 120, 80)).collect();
    let shown = scenes.iter().map(|image| (image.clone(), [0, 0], 0, 0, [1, 10]));
    let input = apng((120, 80), 0, &shown.collect::<Vec<_>>());
    check_shown(&with(&input, &webp()), &scenes, 4.0);
}

#[test]
fn scaling_is_the_same_for_every_frame_and_as_for_a_still() {
    let input = apng(
        (90, 60),
        0,
        &(0..3).map(|at| (scene(at, 90, 60), [0, 0], 0, 0, [1, 10])).collect::<Vec<_>>(),
    );
    let options = |format| {
        Options::new(format)
            .with_max_width(px(40))
            .with_max_height(px(40))
            .with_fit(flx_core::Fit::Contain)
    };
    let stills: Vec<RgbaImage> = (0..3)
        .map(|at| {
            decoded(with(&png(scene(at, 90, 60)), &options(Format::Png)).bytes()).into_rgba8()
        })
        .collect();
    let result = with(&input, &options(Format::WebP));
    assert_eq!((result.width(), result.height()), (40, 40));
    check_shown(&result, &stills, 6.0);
}

#[test]
fn the_watermark_is_on_every_frame_and_right_on_alpha() {
    let mark = RgbaImage::from_pixel(40, 20, RED);
    let mark = Watermark::from_png(&png(mark), &Limits::default())
        .unwrap()
        .with_opacity(Opacity::new(50.0).unwrap())
        .with_position(Position::TopLeft);
    let square = |at: u32| {
        let image = RgbaImage::new(100, 60);
        (filled(&image, [50 + at * 9, 30, 12, 12], BLUE), [0, 0], 0, 0, [1, 10])
    };
    let input = apng((100, 60), 0, &(0..4).map(square).collect::<Vec<_>>());
    let shown = frames(with(&input, &webp().with_watermark(mark)).bytes());
    assert_eq!(shown.len(), 4);
    for (at, (image, _)) in shown.iter().enumerate() {
        let [red, green, blue, alpha] = image.get_pixel(10, 6).0;
        assert!(red > 200 && green < 60 && blue < 60, "frame {at}: {red} {green} {blue}");
        assert!(alpha.abs_diff(128) <= 2, "frame {at}: {alpha}");
        let [_, _, blue, alpha] = image.get_pixel(55 + at as u32 * 9, 36).0;
        assert!(blue > 180 && alpha == 255, "frame {at}: {blue} {alpha}");
        assert_eq!(image.get_pixel(98, 58).0[3], 0);
    }
}

#[test]
fn other_formats_and_callers_who_ask_for_it_get_the_first_frame() {
    let input = moving(4);
    for options in [webp().with_animated(false), Options::new(Format::Png)] {
        let result = with(&input, &options);
        assert_eq!((result.source().frames(), result.frames()), (4, 1));
        assert_eq!(probe(result.bytes()).unwrap().frames(), 1);
        assert!(difference(&decoded(result.bytes()), &scene(0, 60, 40).into()) < 6.0);
    }
    // Where there is a choice, the format that keeps the animation is taken.
    let result = with(
        &input,
        &Options::default().with_format("auto".parse::<flx_core::FormatChoice>().unwrap()),
    );
    assert_eq!((result.format(), result.frames()), (Format::WebP, 4));
}

#[test]
fn an_animated_webp_that_cannot_be_made_smaller_comes_back_without_metadata() {
    let small = with(&moving(4), &webp().with_quality(Quality::MIN)).into_bytes();
    // Exif behind the frames, and a chunk of nobody's inside the first.
    let mut input = small.clone();
    input.extend(b"EXIF\x04\0\0\0GPS!");
    input[20] |= 0x08;
    let frame = input.windows(4).position(|name| name == b"ANMF").unwrap();
    let length = u32::from_le_bytes(input[frame + 4..frame + 8].try_into().unwrap()) as usize;
    let end = frame + 8 + length + length % 2;
    input.splice(end..end, *b"note\x04\0\0\0GPS!");
    input[frame + 4..frame + 8].copy_from_slice(&((length + length % 2 + 12) as u32).to_le_bytes());
    let size = (input.len() - 8) as u32;
    input[4..8].copy_from_slice(&size.to_le_bytes());
    let best = webp().with_quality(Quality::MAX);
    let result = with(&input, &best);
    assert!(result.unchanged());
    assert!(!result.bytes().windows(3).any(|text| text == b"GPS"));
    assert_eq!(frames(result.bytes()), frames(&small));
    assert_eq!((result.frames(), plays(result.bytes())), (4, plays(&small)));
    assert!(!with(&input, &best.with_max_width(px(59))).unchanged());
}

#[test]
fn total_pixels_and_frames_are_bound_where_the_animation_stays_one() {
    let input = moving(10);
    let tight = Limits::default().with_max_animation_pixels(23_999);
    let error = compress(&input, &webp(), &tight).unwrap_err();
    assert_eq!(
        error,
        Error::TooManyAnimationPixels {
            frames: 10,
            width: 60,
            height: 40,
            pixels: 24_000,
            limit: 23_999
        }
    );
    assert!(error.to_string().contains("24000 pixels in all, the limit is 23999"), "{error}");
    assert!(compress(&input, &webp().with_animated(false), &tight).is_ok());
    assert!(compress(&input, &webp(), &tight.with_max_animation_pixels(24_000)).is_ok());
    let few = Limits::default().with_max_frames(9);
    let error = compress(&input, &webp(), &few).unwrap_err();
    assert_eq!(error, Error::TooManyFrames { frames: 10, limit: 9 });
}

#[test]
fn an_animation_that_would_grow_beyond_the_limit_is_refused_before_it_is_decoded() {
    let input = gif(None, (0..60).map(|at| (scene(at, 10, 10), 50)));
    let large = webp().with_max_width(px(3000)).with_max_height(px(3000)).with_enlarge(true);
    let decodes = Progress::new(|stage| assert_ne!(stage, Stage::Decode));
    let limits = Limits::default().with_progress(decodes);
    let expected = Error::TooManyAnimationPixels {
        frames: 60,
        width: 3000,
        height: 3000,
        pixels: 540_000_000,
        limit: 500_000_000,
    };
    assert_eq!(compress(&input, &large, &limits).unwrap_err(), expected);
    // The background around a frame counts as well.
    let contained = large.clone().with_enlarge(false).with_fit(flx_core::Fit::Contain);
    assert_eq!(compress(&input, &contained, &limits).unwrap_err(), expected);
    // As a still picture it is one frame.
    assert!(compress(&input, &large.with_animated(false), &Limits::default()).is_ok());
}

#[test]
fn frames_larger_than_the_screen_count_in_full() {
    let mut input = gif_of(&[([0, 0, 16, 16], 1, 1, 5), ([0, 0, 16, 16], 2, 1, 5)]);
    // The second frame claims 60,000 × 60,000 px.
    let at = input.windows(9).rposition(|part| part == [0x2c, 0, 0, 0, 0, 16, 0, 16, 0]).unwrap();
    input[at + 5..at + 9].copy_from_slice(&[0x60, 0xea, 0x60, 0xea]);
    let error = compress(&input, &webp(), &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::TooManyAnimationPixels { frames: 2, .. }), "{error}");
}

#[test]
fn a_flag_raised_at_a_frame_stops_before_the_next() {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};
    let flag = CancelFlag::new();
    let seen = Arc::new(AtomicU32::new(0));
    let (raised, counted) = (flag.clone(), seen.clone());
    let progress = Progress::new(move |stage| {
        if stage == Stage::Encode && counted.fetch_add(1, Ordering::Relaxed) == 2 {
            raised.raise();
        }
    });
    let limits = Limits::default().with_cancel(flag).with_progress(progress);
    let error = compress(&moving(10), &webp(), &limits).unwrap_err();
    assert!(matches!(error, Error::Cancelled { .. }), "{error}");
    assert_eq!(seen.load(Ordering::Relaxed), 3);
}

#[test]
fn a_size_that_is_asked_for_is_met_or_refused() {
    let scenes = (0..5).map(|at| (scene(at, 120, 80), [0, 0], 0, 0, [1, 10]));
    let input = apng((120, 80), 0, &scenes.collect::<Vec<_>>());
    let free = with(&input, &webp().with_quality(Quality::new(95).unwrap()));
    let limit = free.bytes().len() as u64 * 3 / 4;
    let asked = |bytes| {
        webp()
            .with_quality(Quality::new(95).unwrap())
            .with_max_bytes(NonZeroU64::new(bytes).unwrap())
    };
    let bound = with(&input, &asked(limit));
    assert!(bound.bytes().len() as u64 <= limit);
    assert!(bound.quality().unwrap() < 95.0 && bound.encodes() > 1);
    let error = compress(&input, &asked(300), &Limits::default()).unwrap_err();
    assert!(matches!(error, Error::CannotFit { limit: 300, .. }), "{error}");
}

#[test]
fn a_look_that_is_asked_for_is_reached_in_every_frame_and_not_far_passed() {
    // What moves is a photograph's grain, so that every frame is coded anew; one is much harder.
    let whole = photograph(400, 200);
    let grained = |at: u32| {
        let mut image = crop_imm(&whole, at * 20, at * 9, 160, 120).to_image();
        if at == 4 {
            let noise = |x: u32, y: u32| ((x * 37 + y * 101) % 64) as u8;
            image.enumerate_pixels_mut().for_each(|(x, y, pixel)| {
                pixel.0 = pixel.0.map(|code| (code / 2).saturating_add(noise(x, y)));
            });
        }
        DynamicImage::from(image).into_rgba8()
    };
    let scenes: Vec<RgbaImage> = (0..7).map(grained).collect();
    let stills = scenes.iter().map(|scene| (scene.clone(), [0, 0], 0, 0, [1, 10]));
    let input = apng((160, 120), 0, &stills.collect::<Vec<_>>());
    for look in AutoQuality::ALL {
        let result = with(&input, &webp().with_auto_quality(look));
        let target = look.target();
        let told = result.score().unwrap();
        let at_lowest = result.quality() == Some(40.0);
        assert!(told >= target && (told <= target + 3.0 || at_lowest), "{look}: {told}");
        let shown = frames(result.bytes());
        assert_eq!(shown.len(), scenes.len());
        for (index, (scene, (shown, _))) in scenes.iter().zip(shown).enumerate() {
            let rgb = |image: &RgbaImage| DynamicImage::from(image.clone()).into_rgb8();
            let score = judged(&rgb(scene), &rgb(&shown));
            assert!(score >= f64::from(target) - 0.5, "{look}, frame {index}: {score:.2}");
        }
    }
}

#[test]
fn of_a_cut_animation_no_more_than_the_first_frame_is_taken() {
    let scenes: Vec<_> = (0..4).map(|at| (scene(at, 40, 30), [0, 0], 0, 0, [1, 10])).collect();
    let animated = with(&moving(4), &webp()).into_bytes();
    for (name, whole) in
        [("GIF", moving(4)), ("APNG", apng((40, 30), 0, &scenes)), ("WebP", animated)]
    {
        for length in (0..whole.len()).step_by(64) {
            if let Ok(result) = compress(&whole[..length], &webp(), &Limits::default()) {
                assert_eq!(result.source().frames(), 1, "{name} cut at {length}");
            }
        }
    }
}

#[test]
fn a_flipped_byte_anywhere_in_an_animation_never_panics() {
    let scenes: Vec<_> = (0..3).map(|at| (scene(at, 24, 16), [0, 0], 0, 0, [1, 10])).collect();
    let flat = gif_of(&[([0, 0, 16, 16], 1, 1, 5), ([4, 4, 8, 8], 2, 2, 5)]);
    let animated = with(&apng((24, 16), 0, &scenes), &webp()).into_bytes();
    let limits = Limits::default().with_max_pixels(100_000).with_max_animation_pixels(1_000_000);
    for whole in [flat, apng((24, 16), 0, &scenes), animated] {
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0xa5;
            let _ = compress(&damaged, &webp(), &limits);
        }
    }
}

#[test]
fn decoders_agree_on_the_size_of_an_animation() {
    let result = with(&moving(3), &webp().with_max_width(px(31)));
    let decoder = WebPDecoder::new(Cursor::new(result.bytes())).unwrap();
    assert_eq!(decoder.dimensions(), (result.width(), result.height()));
}

#[test]
fn transparency_stays_around_what_moves() {
    let scenes = (0..3).map(|at| {
        let mut image = scene(at, 60, 40);
        image.pixels_mut().filter(|pixel| **pixel != RED).for_each(|pixel| *pixel = CLEAR);
        (image, 100)
    });
    let shown = frames(with(&gif(None, scenes), &webp()).bytes());
    assert_eq!(shown.len(), 3);
    for (image, _) in shown {
        assert_eq!(image.get_pixel(58, 38).0[3], 0);
    }
}

/// Text and drawings with soft edges have too many colours for libwebp's own choice.
#[test]
fn a_drawing_that_moves_is_written_without_loss_where_that_is_smaller() {
    let drawing = |at: u32| {
        let mut image = RgbaImage::from_pixel(160, 120, Rgba([245, 246, 248, 255]));
        for y in 10..110 {
            for x in 10..150 {
                // Bars whose edges are smoothed over three pixels, in many shades.
                let edge = (x + at * 3) % 20;
                let shade = if edge < 3 { 60 * edge as u8 } else { 200 };
                image.put_pixel(x, y, Rgba([shade, (y / 10 * 15) as u8, 90, 255]));
            }
        }
        (image, [0, 0], 0, 0, [1, 10])
    };
    let stills: Vec<Still> = (0..4).map(drawing).collect();
    let result = with(&apng((160, 120), 0, &stills), &webp());
    let scenes: Vec<RgbaImage> = stills.into_iter().map(|still| still.0).collect();
    // The decoder rounds where it lays frames over each other.
    check_shown(&result, &scenes, 0.5);
}
