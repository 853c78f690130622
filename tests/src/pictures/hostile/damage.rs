//! Files that are cut, garbled, or nothing but a start.

use super::Hostile;
use crate::pictures::{jpeg, photo, png};

pub(super) fn files() -> Vec<Hostile> {
    let (jpeg, png) = (jpeg(&photo(96, 64, 1), 80), png(photo(96, 64, 1)));
    let half = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    let mut files = vec![
        Hostile::unsupported("an empty file", Vec::new()),
        Hostile::unsupported("one byte", vec![0xff]),
        Hostile::unsupported("garbage", garbage(5_000)),
    ];
    files.extend(
        [
            ("a JPEG's first half", half(&jpeg)),
            ("a PNG's first half", half(&png)),
            ("a PNG with damage inside", damaged(&png)),
            ("a JPEG that is only its start", vec![0xff, 0xd8, 0xff]),
            ("a WebP that is only its head", b"RIFF\x04\0\0\0WEBP".to_vec()),
            ("an AVIF that is only its head", b"\0\0\0\x10ftypavif\0\0\0\0".to_vec()),
            ("a GIF that is only its head", b"GIF89a\xff\xff\xff\xff\0\0\0".to_vec()),
            ("a BMP that is only its head", b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec()),
            ("garbage that starts as a JPEG", behind(b"\xff\xd8\xff\xe0")),
            ("garbage that starts as a PNG", behind(b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR")),
            ("garbage that starts as a WebP", behind(b"RIFF\0\x10\0\0WEBPVP8 ")),
            ("garbage that starts as an AVIF", behind(b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf")),
            ("garbage that starts as a TIFF", behind(b"II\x2a\0\x08\0\0\0")),
            ("garbage that starts as a BMP", behind(b"BM\0\x10\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0")),
        ]
        .map(|(name, bytes)| Hostile::unprocessable(name, bytes)),
    );
    files
}

fn damaged(png: &[u8]) -> Vec<u8> {
    let mut file = png.to_vec();
    let middle = file.len() / 2;
    for byte in &mut file[middle..middle + 64] {
        *byte ^= 0x5a;
    }
    file
}

fn behind(start: &[u8]) -> Vec<u8> {
    [start, &garbage(4_000)].concat()
}

/// Bytes without a pattern, the same ones every time (xorshift).
fn garbage(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_u32;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        state.to_le_bytes()[1]
    };
    (0..length).map(|_| next()).collect()
}
