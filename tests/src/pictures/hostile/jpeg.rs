//! JPEG files that claim too much (T.81, annex B).

use image::GrayImage;
use image::codecs::jpeg::JpegEncoder;

use super::Hostile;

pub(super) fn bombs() -> Vec<Hostile> {
    let small = small();
    let mut bombs = vec![Hostile::unsupported("a JPEG of 0 × 0", of_size(&small, 0, 0))];
    bombs.extend(
        [
            ("a JPEG of 65500 × 65500", of_size(&small, 65_500, 65_500)),
            ("a JPEG of 8 × 65535", of_size(&small, 8, 65_535)),
            ("a progressive JPEG of 500 scans", of_scans(&small, 500)),
            ("a JPEG with two frame headers", of_two_frames(&small)),
            ("a JPEG of four million empty comments, and no picture", of_comments()),
        ]
        .map(|(name, bytes)| Hostile::unprocessable(name, bytes)),
    );
    bombs
}

/// A grey JPEG of 8 × 8 px.
pub(super) fn small() -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, 80);
    GrayImage::new(8, 8).write_with_encoder(encoder).expect("it can be encoded into memory");
    file
}

fn frame_of(jpeg: &[u8]) -> usize {
    jpeg.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a baseline JPEG")
}

/// Changes the size in the frame header (B.2.2).
fn of_size(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut file = jpeg.to_vec();
    let frame = frame_of(jpeg);
    file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    file
}

/// Each scan costs a decoder a pass over the whole picture.
fn of_scans(jpeg: &[u8], count: usize) -> Vec<u8> {
    let mut file = of_size(jpeg, 7_000, 7_000);
    let frame = frame_of(&file);
    file[frame + 1] = 0xc2;
    let start = file.windows(2).position(|pair| pair == [0xff, 0xda]).expect("a scan");
    let scan = file[start..file.len() - 2].to_vec();
    [&file[..start], &scan.repeat(count), &[0xff, 0xd9]].concat()
}

/// Of which one is within the limits, and the other is not.
fn of_two_frames(jpeg: &[u8]) -> Vec<u8> {
    let frame = frame_of(jpeg);
    let length = 2 + usize::from(u16::from_be_bytes([jpeg[frame + 2], jpeg[frame + 3]]));
    let huge = of_size(jpeg, 60_000, 60_000)[frame..frame + length].to_vec();
    [&jpeg[..frame + length], &huge, &jpeg[frame + length..]].concat()
}

fn of_comments() -> Vec<u8> {
    [b"\xff\xd8".as_slice(), &b"\xff\xfe\0\x02".repeat(4_000_000), b"\xff\xd9"].concat()
}
