//! BMP files that claim too much (BITMAPINFOHEADER).

use super::Hostile;

pub(super) fn bombs() -> Vec<Hostile> {
    [
        ("a BMP of 2147483647 × 2147483647", of(i32::MAX, i32::MAX, 24, 0, 0)),
        ("a BMP of -2147483648 × -2147483648", of(i32::MIN, i32::MIN, 24, 0, 0)),
        ("a BMP of 30000 × 30000", of(30_000, 30_000, 1, 0, 2)),
        ("a BMP of 0 × 0", of(0, 0, 24, 0, 0)),
        ("a BMP with 4294967295 colours", of(8, 8, 8, 0, u32::MAX)),
        (
            "a BMP whose runs lead outside it",
            [of(8, 8, 8, 1, 0), [0, 2, 255, 255].repeat(99)].concat(),
        ),
        ("a BMP with 65535 bits a pixel", of(8, 8, 65_535, 0, 0)),
    ]
    .map(|(name, bytes)| Hostile::unprocessable(name, bytes))
    .into()
}

fn of(width: i32, height: i32, bits: u16, compression: u32, colours: u32) -> Vec<u8> {
    let mut file = b"BM\0\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec();
    file.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
    file.extend([1_u16.to_le_bytes(), bits.to_le_bytes()].concat());
    file.extend([compression.to_le_bytes(), [0; 4], [0; 4], [0; 4]].concat());
    file.extend([colours.to_le_bytes(), [0; 4]].concat());
    file
}
