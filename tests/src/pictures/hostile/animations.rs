//! A few hundred bytes that unfold into frames of half a thousand megapixels.

use super::png::{chunk, of_size};
use super::{Hostile, webp};

/// Sides of a canvas that is within the limits as a still.
const WIDE: u16 = 8_000;
const HIGH: u16 = 6_000;

/// Animations of which each frame is within the limits, and all of them are not. As a still, which
/// formats other than WebP make of them, they are pictures, or damaged ones.
#[must_use]
pub fn animation_bombs() -> Vec<Hostile> {
    [
        ("a GIF of 11 frames over 48 megapixels", gif(11)),
        ("a GIF of frames larger than its screen", gif_of_large_frames(11)),
        ("a WebP of 11 frames over 48 megapixels", webp_of(11)),
        ("an APNG of 10000 frames over 90,000 pixels", apng(10_000)),
    ]
    .map(|(name, bytes)| Hostile::unprocessable(name, bytes))
    .into()
}

fn gif(frames: usize) -> Vec<u8> {
    let screen = [b"GIF89a".as_slice(), &WIDE.to_le_bytes(), &HIGH.to_le_bytes(), &[0, 0, 0]];
    // A place, a local palette of two colours, and one pixel: clear, 0, end.
    let frame = b"\x2c\0\0\0\0\x01\0\x01\0\x80\0\0\0\xff\xff\xff\x02\x02\x44\x01\0";
    [screen.concat(), frame.repeat(frames), vec![0x3b]].concat()
}

fn gif_of_large_frames(frames: usize) -> Vec<u8> {
    let screen = b"GIF89a\x01\0\x01\0\0\0\0".to_vec();
    let place = [b"\x2c\0\0\0\0".as_slice(), &WIDE.to_le_bytes(), &HIGH.to_le_bytes()];
    let frame = [&place.concat(), b"\x80\0\0\0\xff\xff\xff\x02\x02\x44\x01\0".as_slice()].concat();
    [screen, frame.repeat(frames), vec![0x3b]].concat()
}

fn webp_of(frames: usize) -> Vec<u8> {
    use webp::{chunk, extended, riff, side};

    // One pixel without any code words: signature, sides, and five trees of one symbol.
    let pixel = chunk(b"VP8L", &[0x2f, 0, 0, 0, 0, 0x88, 0x88, 8]);
    let head = [&[0; 6][..], &side(1), &side(1), &[100, 0, 0], &[0]].concat();
    let frame = chunk(b"ANMF", &[head, pixel].concat());
    let control = chunk(b"ANIM", &[0; 6]);
    let canvas = extended(WIDE.into(), HIGH.into(), 2);
    riff(&[canvas, control, frame.repeat(frames)].concat())
}

fn apng(frames: u32) -> Vec<u8> {
    let mut file = of_size(300, 300);
    file.extend(chunk(b"acTL", &[frames.to_be_bytes(), [0; 4]].concat()));
    for number in 0..frames {
        let sides = [number.to_be_bytes(), 1_u32.to_be_bytes(), 1_u32.to_be_bytes()].concat();
        file.extend(chunk(b"fcTL", &[&sides[..], &[0; 8], &[0, 1, 0, 1], &[0, 0]].concat()));
    }
    file.extend(chunk(b"IEND", &[]));
    file
}
