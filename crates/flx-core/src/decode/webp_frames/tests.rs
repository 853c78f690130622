use image::{ExtendedColorType, ImageEncoder, Rgb, RgbImage, Rgba, RgbaImage};

use crate::decode::frames::Frames;
use crate::probe::webp::chunks;
use crate::strip::webp::{ALPHA, file_of, write};
use crate::{Format, Limits, Options, compress, probe};

const CLEAR: Rgba<u8> = Rgba([0; 4]);
const RED: Rgba<u8> = Rgba([220, 30, 30, 255]);
const BLUE: Rgba<u8> = Rgba([30, 40, 210, 255]);
const KEEP: u8 = 0;
const TAKE_AWAY: u8 = 1;
const REPLACE: u8 = 2;

fn lossless(image: &RgbaImage) -> Vec<u8> {
    let mut file = Vec::new();
    image::codecs::webp::WebPEncoder::new_lossless(&mut file)
        .write_image(image, image.width(), image.height(), ExtendedColorType::Rgba8)
        .unwrap();
    file
}

/// A plain lossy picture, without alpha.
fn lossy(width: u32, height: u32) -> Vec<u8> {
    let noisy = RgbImage::from_fn(width, height, |x, y| {
        let hash = (x * 7919 + y * 104_729 + x * y * 31) % 61;
        Rgb([(60 + x * 5 + hash) as u8, (40 + y * 4 + hash) as u8, (90 + hash * 2) as u8])
    });
    let mut png = std::io::Cursor::new(Vec::new());
    noisy.write_to(&mut png, image::ImageFormat::Png).unwrap();
    let file = compress(png.get_ref(), &Options::new(Format::WebP), &Limits::default()).unwrap();
    assert!(chunks(file.bytes()).any(|chunk| &chunk.name == b"VP8 "), "it is to be lossy");
    assert!(!chunks(file.bytes()).any(|chunk| &chunk.name == b"ALPH"));
    file.into_bytes()
}

/// An animation of whole files at their places, with their flags.
fn animation((width, height): (u32, u32), frames: &[(&[u8], [u32; 2], u8)]) -> Vec<u8> {
    let sides = |sides: [u32; 2]| sides.map(|side| side.to_le_bytes()[..3].to_vec()).concat();
    let mut body = Vec::new();
    let head = [vec![ALPHA | 2, 0, 0, 0], sides([width - 1, height - 1])].concat();
    write(&mut body, *b"VP8X", &head).unwrap();
    // A colour that nobody is to show.
    write(&mut body, *b"ANIM", &[9, 9, 9, 255, 0, 0]).unwrap();
    for (file, [left, top], flags) in frames {
        let size = image::load_from_memory(file).unwrap();
        let mut frame = sides([left / 2, top / 2]);
        frame.extend(sides([size.width() - 1, size.height() - 1]));
        frame.extend([50, 0, 0, *flags]);
        for chunk in chunks(file).filter(|chunk| &chunk.name != b"VP8X") {
            write(&mut frame, chunk.name, chunk.data).unwrap();
        }
        write(&mut body, *b"ANMF", &frame).unwrap();
    }
    file_of(&body).unwrap()
}

fn shown(file: &[u8]) -> Vec<RgbaImage> {
    let header = probe::header(file).unwrap();
    let frames = Frames::of(file, &header, &Limits::default()).unwrap();
    frames.map(|frame| frame.unwrap().image.into_rgba8()).collect()
}

fn put(canvas: &RgbaImage, [left, top]: [u32; 2], image: &RgbaImage) -> RgbaImage {
    let mut canvas = canvas.clone();
    for (x, y, pixel) in image.enumerate_pixels() {
        canvas.put_pixel(left + x, top + y, *pixel);
    }
    canvas
}

#[test]
fn what_was_taken_away_is_cleared_where_it_stood_whatever_comes_next() {
    let plain = |width, height, colour| RgbaImage::from_pixel(width, height, colour);
    let red = plain(48, 32, RED);
    let blue = plain(16, 12, BLUE);
    let photo = lossy(20, 16);
    let decoded_photo = image::load_from_memory(&photo).unwrap().into_rgba8();
    let mut glass = plain(48, 32, CLEAR);
    glass.put_pixel(0, 0, Rgba([30, 40, 210, 128]));
    glass.put_pixel(40, 30, BLUE);
    let file = animation(
        (48, 32),
        &[
            (&lossless(&red), [0, 0], KEEP),
            (&lossless(&blue), [4, 2], TAKE_AWAY),
            // Lossy, without alpha, smaller than the canvas, beside what is to be cleared.
            (&photo, [26, 14], TAKE_AWAY),
            // Of full size, laid over what the others left.
            (&lossless(&glass), [0, 0], KEEP),
            (&lossless(&plain(8, 8, CLEAR)), [0, 0], REPLACE),
        ],
    );

    let second = put(&red, [4, 2], &blue);
    let cleared = put(&red, [4, 2], &plain(16, 12, CLEAR));
    let third = put(&cleared, [26, 14], &decoded_photo);
    let mut fourth = put(&cleared, [26, 14], &plain(20, 16, CLEAR));
    fourth.put_pixel(0, 0, Rgba([125, 35, 120, 255]));
    fourth.put_pixel(40, 30, BLUE);
    let fifth = put(&fourth, [0, 0], &plain(8, 8, CLEAR));
    for (at, (shown, expected)) in
        shown(&file).into_iter().zip([red, second, third, fourth, fifth]).enumerate()
    {
        let off =
            shown.enumerate_pixels().find(|(x, y, pixel)| expected.get_pixel(*x, *y) != *pixel);
        assert_eq!(off, None, "frame {at}");
    }
}

#[test]
fn a_frame_that_stands_outside_is_refused() {
    let file = lossless(&RgbaImage::from_pixel(16, 16, RED));
    let input = animation((16, 16), &[(&file, [0, 0], KEEP), (&file, [2, 0], KEEP)]);
    let header = probe::header(&input).unwrap();
    let frames = Frames::of(&input, &header, &Limits::default()).unwrap();
    let last = frames.last().unwrap();
    assert!(matches!(last, Err(crate::Error::Corrupt { .. })));
}
