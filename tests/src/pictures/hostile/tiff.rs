//! TIFF files that claim too much (TIFF 6.0; BigTIFF).

use super::Hostile;

const SHORT: u16 = 3;
const LONG: u16 = 4;

pub(super) fn bombs() -> Vec<Hostile> {
    let itself = b"II\x2a\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x08\0\0\0\x08\0\0\0";
    let endless = [b"II\x2b\0\x08\0\0\0\x10\0\0\0\0\0\0\0".as_slice(), &[0xff; 8]].concat();
    let samples = of(&with(&[(277, SHORT, 1, 65_535)]));
    let palette = of(&with(&[(262, SHORT, 1, 3), (320, SHORT, 1 << 31, 8)]));
    let mut bombs = vec![
        Hostile::unsupported("a TIFF with 65535 samples a pixel", samples),
        Hostile::unsupported("a TIFF with a palette of 4 GiB", palette),
    ];
    bombs.extend(
        [
            ("a TIFF whose directory is itself", itself.to_vec()),
            ("a TIFF of 4294967295 × 4294967295", of(&sides(u32::MAX, u32::MAX))),
            ("a TIFF of 30000 × 30000", of(&sides(30_000, 30_000))),
            ("a TIFF with a strip of 4 GiB", of(&with(&[(279, LONG, 1, 0xffff_fff0)]))),
            (
                "a TIFF with a billion strips",
                of(&with(&[(273, LONG, 1 << 30, 8), (279, LONG, 1 << 30, 8)])),
            ),
            ("a TIFF whose strips lie outside it", of(&with(&[(273, LONG, 1, 0x7fff_fff0)]))),
            ("a TIFF with a billion samples a pixel", of(&with(&[(258, SHORT, 1 << 30, 8)]))),
            (
                "a TIFF with tiles of 4 billion pixels",
                of(&with(&[
                    (322, LONG, 1, 0x8000_0000),
                    (323, LONG, 1, 0x8000_0000),
                    (324, LONG, 1, 8),
                    (325, LONG, 1, 64),
                ])),
            ),
            (
                "a TIFF with a profile of 4 GiB",
                of(&with(&[(34_675, 7, u32::MAX, 8), (279, LONG, 1, 1 << 31)])),
            ),
            ("a BigTIFF of endless tags", endless),
            ("a TIFF whose directory is cut", b"MM\0\x2a\0\0\0\x08\xff\xff\x01\0".to_vec()),
        ]
        .map(|(name, bytes)| Hostile::unprocessable(name, bytes)),
    );
    bombs
}

/// Tag, type, count, and a value or its place.
type Entry = (u16, u16, u32, u32);

fn sides(width: u32, height: u32) -> Vec<Entry> {
    vec![
        (256, LONG, 1, width),
        (257, LONG, 1, height),
        (258, SHORT, 1, 8),
        (259, SHORT, 1, 1),
        (262, SHORT, 1, 1),
        (273, LONG, 1, 8),
        (277, SHORT, 1, 1),
        (278, LONG, 1, height),
        (279, LONG, 1, 64),
    ]
}

/// A grey picture of 8 × 8 px with these entries in place of its own.
fn with(changes: &[Entry]) -> Vec<Entry> {
    let mut entries = sides(8, 8);
    entries.retain(|entry| !changes.iter().any(|change| change.0 == entry.0));
    entries.extend(changes);
    entries.sort_unstable();
    entries
}

fn of(entries: &[Entry]) -> Vec<u8> {
    let mut file = b"II\x2a\0\x08\0\0\0".to_vec();
    file.extend(u16::try_from(entries.len()).expect("few").to_le_bytes());
    for (tag, kind, count, value) in entries {
        file.extend([tag.to_le_bytes(), kind.to_le_bytes()].concat());
        file.extend([count.to_le_bytes(), value.to_le_bytes()].concat());
    }
    file.extend([0; 4]);
    file
}
