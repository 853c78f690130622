//! A profile of a printing press, made in code: no free one is at hand.

/// Grid points a side of the table.
const GRID: u32 = 9;

/// Light of sRGB's primaries that full cyan, magenta, yellow and black each leave.
const INKS: [[f64; 3]; 4] =
    [[0.02, 0.30, 0.62], [0.60, 0.02, 0.20], [0.90, 0.72, 0.02], [0.02, 0.02, 0.02]];

/// An ICC profile (version 2, four inks to CIELAB) whose inks lie over each other like filters.
#[must_use]
pub fn press() -> Vec<u8> {
    let tags: [(&[u8; 4], Vec<u8>); 4] = [
        (b"desc", description("Press made in code")),
        (b"cprt", [b"text\0\0\0\0".as_slice(), b"No copyright\0"].concat()),
        (b"wtpt", [b"XYZ \0\0\0\0".as_slice(), &fixed(&WHITE)].concat()),
        (b"A2B0", table()),
    ];
    let mut directory = (tags.len() as u32).to_be_bytes().to_vec();
    let mut data = Vec::new();
    let data_at = 128 + 4 + tags.len() * 12;
    for (name, content) in tags {
        directory.extend(name);
        directory.extend(((data_at + data.len()) as u32).to_be_bytes());
        directory.extend((content.len() as u32).to_be_bytes());
        data.extend_from_slice(&content);
        data.resize(data.len().next_multiple_of(4), 0);
    }
    let mut header = ((data_at + data.len()) as u32).to_be_bytes().to_vec();
    header.extend(b"\0\0\0\0\x02\x40\0\0prtrCMYKLab \x07\xea\0\x01\0\x01\0\0\0\0\0\0acsp");
    header.resize(68, 0);
    header.extend(fixed(&WHITE));
    header.resize(128, 0);
    [header, directory, data].concat()
}

/// D50.
const WHITE: [f64; 3] = [0.9642, 1.0, 0.8249];

/// Numbers with 16 bits behind the point.
fn fixed(numbers: &[f64]) -> Vec<u8> {
    numbers.iter().flat_map(|number| ((number * 65_536.0).round() as i32).to_be_bytes()).collect()
}

/// A `textDescriptionType`: ASCII, then nothing in Unicode and nothing for the Macintosh.
fn description(text: &str) -> Vec<u8> {
    let length = (text.len() as u32 + 1).to_be_bytes();
    let mut tag = [b"desc\0\0\0\0".as_slice(), &length, text.as_bytes(), &[0]].concat();
    tag.resize(tag.len() + 4 + 4 + 2 + 1 + 67, 0);
    tag
}

/// A `lut16Type`: straight curves around a grid, whose last ink runs fastest.
fn table() -> Vec<u8> {
    let mut tag = b"mft2\0\0\0\0\x04\x03".to_vec();
    tag.extend([GRID as u8, 0]);
    tag.extend(fixed(&[1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0]));
    tag.extend([0, 2, 0, 2]);
    let straight = [0, 0, 0xff, 0xff];
    tag.extend(straight.repeat(4));
    for place in 0..GRID.pow(4) {
        let ink = |power: u32| f64::from(place / GRID.pow(power) % GRID) / f64::from(GRID - 1);
        let [l, a, b] = lab([ink(3), ink(2), ink(1), ink(0)]);
        for code in [l * 652.8, (a + 128.0) * 256.0, (b + 128.0) * 256.0] {
            tag.extend((code.round().clamp(0.0, 65_535.0) as u16).to_be_bytes());
        }
    }
    tag.extend(straight.repeat(3));
    tag
}

/// What inks of 0–1 look like.
fn lab(inks: [f64; 4]) -> [f64; 3] {
    let light = |channel: usize| -> f64 {
        inks.iter().zip(INKS).map(|(ink, left)| 1.0 - ink * (1.0 - left[channel])).product()
    };
    let [red, green, blue] = [light(0), light(1), light(2)];
    // From sRGB's primaries to D50, by Bradford.
    let xyz = [
        0.436_07 * red + 0.385_15 * green + 0.143_07 * blue,
        0.222_49 * red + 0.716_89 * green + 0.060_62 * blue,
        0.013_92 * red + 0.097_08 * green + 0.714_10 * blue,
    ];
    let [x, y, z] = [0, 1, 2].map(|at| {
        let share: f64 = xyz[at] / WHITE[at];
        if share > 216.0 / 24_389.0 {
            share.cbrt()
        } else {
            (24_389.0 / 27.0 * share + 16.0) / 116.0
        }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}
