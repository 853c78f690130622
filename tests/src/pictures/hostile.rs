//! Files that nobody means well with.

use super::{jpeg, photo, png};

/// A file and what is wrong with it.
#[derive(Debug)]
pub struct Hostile {
    /// What is wrong with it.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Bombs, damage, and files that are no pictures.
#[must_use]
pub fn hostile() -> Vec<Hostile> {
    let (jpeg, png) = (jpeg(&photo(96, 64, 1), 80), png(photo(96, 64, 1)));
    let cut = |bytes: &[u8]| bytes[..bytes.len() / 2].to_vec();
    [
        ("an empty file", Vec::new()),
        ("one byte", vec![0xff]),
        ("text", b"just some text, and no picture".repeat(20)),
        (
            "an SVG drawing",
            b"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"/>".to_vec(),
        ),
        ("an HTML page", b"<!DOCTYPE html><script>alert(1)</script>".to_vec()),
        ("a PDF document", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n".to_vec()),
        ("an archive", b"PK\x03\x04\x14\0\0\0\x08\0".repeat(10)),
        ("a JPEG's first half", cut(&jpeg)),
        ("a PNG's first half", cut(&png)),
        ("a JPEG of 65500 × 65500", jpeg_of_size(&jpeg, 65_500, 65_500)),
        ("a JPEG of 0 × 0", jpeg_of_size(&jpeg, 0, 0)),
        ("a PNG of 2147483647 × 2147483647", png_of_size(0x7fff_ffff, 0x7fff_ffff)),
        ("a PNG of 0 × 0", png_of_size(0, 0)),
        ("a PNG with damage inside", damaged(&png)),
        ("a JPEG that is only its start", vec![0xff, 0xd8, 0xff]),
        ("a WebP that is only its head", b"RIFF\x04\0\0\0WEBP".to_vec()),
        ("an AVIF that is only its head", b"\0\0\0\x10ftypavif\0\0\0\0".to_vec()),
        ("a GIF that is only its head", b"GIF89a\xff\xff\xff\xff\0\0\0".to_vec()),
        ("a BMP that is only its head", b"BM\x36\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0".to_vec()),
        (
            "a TIFF whose directory is itself",
            b"II\x2a\0\x08\0\0\0\x01\0\0\x01\x03\0\x01\0\0\0\x08\0\0\0\x08\0\0\0".to_vec(),
        ),
    ]
    .into_iter()
    .map(|(name, bytes)| Hostile { name, bytes })
    .collect()
}

/// Changes the size in a JPEG's frame header (T.81, B.2.2).
fn jpeg_of_size(jpeg: &[u8], width: u16, height: u16) -> Vec<u8> {
    let mut file = jpeg.to_vec();
    let frame = file.windows(2).position(|pair| pair == [0xff, 0xc0]).expect("a baseline JPEG");
    file[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    file[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    file
}

/// A PNG of a header with a right checksum, and nothing else.
fn png_of_size(width: u32, height: u32) -> Vec<u8> {
    let mut content = b"IHDR".to_vec();
    content.extend(width.to_be_bytes());
    content.extend(height.to_be_bytes());
    content.extend([8, 2, 0, 0, 0]);
    let mut crc = flate2::Crc::new();
    crc.update(&content);
    let mut file = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    file.extend(&content);
    file.extend(crc.sum().to_be_bytes());
    file
}

fn damaged(png: &[u8]) -> Vec<u8> {
    let mut file = png.to_vec();
    let middle = file.len() / 2;
    for byte in &mut file[middle..middle + 64] {
        *byte ^= 0x5a;
    }
    file
}
