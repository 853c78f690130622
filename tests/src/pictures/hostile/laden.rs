//! Pictures that are good, and carry something that is not.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use super::jpeg;
use super::png::chunk;
use crate::pictures::{card, gif, jpeg as jpeg_of, png, webp};

/// What must be in no result.
pub const PAYLOAD: &[u8] = b"<?php system($_GET['c']); ?><script>alert(1)</script>";

/// A picture with a load.
#[derive(Debug)]
pub struct Laden {
    /// What it carries.
    pub name: &'static str,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Pictures of 16 × 12 px, or 8 × 8, with bombs and programs in, between and behind their parts.
#[must_use]
pub fn laden() -> Vec<Laden> {
    let card = || card(16, 12);
    let (photo, drawing, animation) = (jpeg_of(&card(), 90), png(card()), gif(card()));
    let behind = |file: &[u8], load: &[u8]| [file, load].concat();
    let archive = [b"PK\x03\x04".as_slice(), PAYLOAD, b"PK\x05\x06", &[0; 18]].concat();
    [
        ("a JPEG with a program behind it", behind(&photo, PAYLOAD)),
        ("a JPEG with a program in its comment", in_segment(&photo, 0xfe, PAYLOAD)),
        (
            "a JPEG with a program in its Exif",
            in_segment(&photo, 0xe1, &[b"Exif\0\0MM\0*", PAYLOAD].concat()),
        ),
        ("a JPEG with a profile of 16 MB", with_profile(&jpeg::small(), 16_000_000)),
        ("a GIF that is an archive, too", behind(&animation, &archive)),
        (
            "a PNG with a program in its text",
            in_chunk(&drawing, b"tEXt", &[b"Comment\0", PAYLOAD].concat()),
        ),
        ("a PNG with a private chunk", in_chunk(&drawing, b"prVt", PAYLOAD)),
        ("a PNG with a program behind it", behind(&drawing, PAYLOAD)),
        (
            "a PNG with 40 MB of zeros in its text",
            in_chunk(&drawing, b"zTXt", &deflated(b"Comment\0\0", 40)),
        ),
        ("a PNG with 40 MB of zeros in its XMP", {
            in_chunk(&drawing, b"iTXt", &deflated(b"XML:com.adobe.xmp\0\x01\0\0\0", 40))
        }),
        ("a PNG with a profile of 40 MB", in_chunk(&drawing, b"iCCP", &deflated(b"icc\0\0", 40))),
        ("a WebP with a program behind it", behind(&webp(card()), PAYLOAD)),
    ]
    .map(|(name, bytes)| Laden { name, bytes })
    .into()
}

/// Puts a segment behind the start of a JPEG.
fn in_segment(jpeg: &[u8], marker: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len() + 2).expect("a segment holds 64 KiB");
    [&jpeg[..2], &[0xff, marker], &length.to_be_bytes(), content, &jpeg[2..]].concat()
}

/// A profile in as many parts as it takes (ICC.1:2022, B.4): far more than can be numbered.
fn with_profile(jpeg: &[u8], length: usize) -> Vec<u8> {
    let part = [b"ICC_PROFILE\0\x01\xff".as_slice(), &[0; 65_000]].concat();
    let size = u16::try_from(part.len() + 2).expect("a segment holds 64 KiB").to_be_bytes();
    let segment = [b"\xff\xe2".as_slice(), &size, &part].concat();
    [&jpeg[..2], &segment.repeat(length / part.len()), &jpeg[2..]].concat()
}

/// Puts a chunk behind the header of a PNG.
fn in_chunk(png: &[u8], name: &[u8; 4], data: &[u8]) -> Vec<u8> {
    const HEADER: usize = 8 + 12 + 13;
    [&png[..HEADER], &chunk(name, data), &png[HEADER..]].concat()
}

fn deflated(before: &[u8], megabytes: usize) -> Vec<u8> {
    let mut stream = ZlibEncoder::new(before.to_vec(), Compression::best());
    let piece = vec![0; 1_000_000];
    (0..megabytes).for_each(|_| stream.write_all(&piece).expect("it can be written into memory"));
    stream.finish().expect("it can be written into memory")
}
