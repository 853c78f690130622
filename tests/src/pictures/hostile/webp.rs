//! WebP files that claim too much (RFC 9649, section 2).

use super::Hostile;

pub(super) fn bombs() -> Vec<Hostile> {
    let lossless = [&[0x2f_u8][..], &((16_383_u32 << 14) | 16_383).to_le_bytes()].concat();
    let lossy = [b"\x10\0\0\x9d\x01\x2a".as_slice(), &[0xff, 0x3f, 0xff, 0x3f]].concat();
    let frames = chunk(b"ANMF", &[0; 16]).repeat(10_001);
    [
        ("a WebP of 16777216 × 16777216", riff(&extended(1 << 24, 1 << 24, 0))),
        ("a lossless WebP of 16384 × 16384", riff(&chunk(b"VP8L", &lossless))),
        ("a lossy WebP of 16383 × 16383", riff(&chunk(b"VP8 ", &lossy))),
        ("a WebP of 10001 frames", riff(&[extended(8, 8, 2), frames].concat())),
        ("a WebP with a chunk of 4 GiB", riff(b"VP8L\xff\xff\xff\xff")),
    ]
    .map(|(name, bytes)| Hostile::unprocessable(name, bytes))
    .into()
}

pub(super) fn riff(chunks: &[u8]) -> Vec<u8> {
    let length = u32::try_from(chunks.len() + 4).expect("less than 4 GiB").to_le_bytes();
    [b"RIFF", &length, b"WEBP".as_slice(), chunks].concat()
}

pub(super) fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("less than 4 GiB").to_le_bytes();
    let padding = vec![0; data.len() % 2];
    [name, &length, data, padding.as_slice()].concat()
}

/// The header of a canvas (section 2.7.1).
pub(super) fn extended(width: u32, height: u32, flags: u8) -> Vec<u8> {
    chunk(b"VP8X", &[&[flags, 0, 0, 0][..], &side(width), &side(height)].concat())
}

/// Three bytes, one less than the side.
pub(super) fn side(pixels: u32) -> [u8; 3] {
    let [low, middle, high, _] = (pixels - 1).to_le_bytes();
    [low, middle, high]
}
