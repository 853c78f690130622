//! PNG files that claim too much (PNG, third edition, sections 5 and 11).

use super::Hostile;

pub(super) fn bombs() -> Vec<Hostile> {
    let frames = [&10_001_u32.to_be_bytes()[..], &[0; 4]].concat();
    [
        ("a PNG of 2147483647 × 2147483647", of_size(0x7fff_ffff, 0x7fff_ffff)),
        ("a PNG of 2147483648 × 1", of_size(0x8000_0000, 1)),
        ("a PNG of 4294967295 × 4294967295", of_size(u32::MAX, u32::MAX)),
        ("a PNG of 30000 × 30000", of_size(30_000, 30_000)),
        ("a PNG of 0 × 0", of_size(0, 0)),
        ("an APNG of 10001 frames", [of_size(8, 8), chunk(b"acTL", &frames)].concat()),
        ("a PNG with a chunk of 4 GiB", [of_size(8, 8), b"\xff\xff\xff\xffIDAT".to_vec()].concat()),
    ]
    .map(|(name, bytes)| Hostile::unprocessable(name, bytes))
    .into()
}

/// A PNG of a header with a right checksum, and nothing else.
pub(super) fn of_size(width: u32, height: u32) -> Vec<u8> {
    let content = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [b"\x89PNG\r\n\x1a\n".to_vec(), chunk(b"IHDR", &content)].concat()
}

pub(super) fn chunk(name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = u32::try_from(data.len()).expect("less than 4 GiB").to_be_bytes();
    let mut crc = flate2::Crc::new();
    crc.update(name);
    crc.update(data);
    [&length, name.as_slice(), data, &crc.sum().to_be_bytes()].concat()
}
