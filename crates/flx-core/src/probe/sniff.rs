//! Telling a format by its first bytes.

use crate::{Error, SourceFormat};

/// The format of the input, or an error that names what was found instead.
pub(super) fn sniff(input: &[u8]) -> Result<SourceFormat, Error> {
    let format = match input {
        [0xff, 0xd8, 0xff, ..] => SourceFormat::Jpeg,
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => SourceFormat::Png,
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => SourceFormat::WebP,
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => SourceFormat::Gif,
        [b'B', b'M', ..] if is_bmp(input) => SourceFormat::Bmp,
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => SourceFormat::Tiff,
        _ if is_avif(input) => SourceFormat::Avif,
        _ => return Err(Error::Unsupported { found: name_of(input) }),
    };
    if format.is_enabled() {
        Ok(format)
    } else {
        Err(Error::FormatDisabled { format: format.feature(), feature: format.feature() })
    }
}

/// `BM` alone is too little to go by: the size of the second header must be a known one.
fn is_bmp(input: &[u8]) -> bool {
    matches!(input.get(14..18), Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
}

/// The brands of an ISO base media file (ISO/IEC 14496-12, 4.3): major, then compatible ones.
fn brands(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let size = match input {
        [a, b, c, d, b'f', b't', b'y', b'p', ..] => u32::from_be_bytes([*a, *b, *c, *d]) as usize,
        _ => 0,
    };
    let listed = input.get(8..size.min(input.len()).min(512)).unwrap_or_default();
    listed.chunks_exact(4).enumerate().filter(|(index, _)| *index != 1).map(|(_, brand)| brand)
}

fn is_avif(input: &[u8]) -> bool {
    brands(input).any(|brand| brand == b"avif" || brand == b"avis")
}

fn name_of(input: &[u8]) -> &'static str {
    let text_start = input.trim_ascii_start();
    let has_brand = |wanted: &[&[u8]]| brands(input).any(|brand| wanted.contains(&brand));
    match input {
        [] => "an empty file",
        [b'%', b'P', b'D', b'F', ..] => "a PDF document",
        [0xff, 0x0a, ..] | [0, 0, 0, 0x0c, b'J', b'X', b'L', b' ', ..] => "a JPEG XL picture",
        [0, 0, 0, 0x0c, b'j', b'P', ..] | [0xff, 0x4f, 0xff, 0x51, ..] => "a JPEG 2000 picture",
        [0, 0, 1, 0, ..] => "a Windows icon",
        [0, 0, 2, 0, ..] => "a Windows cursor",
        [b'8', b'B', b'P', b'S', ..] => "a Photoshop document",
        [b'q', b'o', b'i', b'f', ..] => "a QOI picture",
        [b'#', b'?', b'R', ..] => "a Radiance HDR picture",
        [0x76, 0x2f, 0x31, 0x01, ..] => "an OpenEXR picture",
        [b'P', b'1'..=b'7', b' ' | b'\n' | b'\r' | b'\t', ..] => "a Netpbm picture",
        [b'P', b'K', 3 | 5, 4 | 6, ..] => "a ZIP archive",
        [0x1f, 0x8b, ..] => "a gzip archive",
        [0x1a, 0x45, 0xdf, 0xa3, ..] => "a Matroska or WebM video",
        [0x7f, b'E', b'L', b'F', ..] => "a program",
        [b'R', b'I', b'F', b'F', ..] => "a RIFF file that is not WebP",
        _ if has_brand(&[b"heic", b"heix", b"mif1", b"msf1", b"hevc"]) => "a HEIF picture",
        [_, _, _, _, b'f', b't', b'y', b'p', ..] => "an MP4-like file that is not AVIF",
        _ if starts_like(text_start, b"<svg") => "an SVG drawing",
        _ if starts_like(text_start, b"<?xml") => "an XML document",
        _ if starts_like(text_start, b"<!doctype") || starts_like(text_start, b"<html") => {
            "an HTML page"
        }
        _ if input
            .iter()
            .take(512)
            .all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 32..=126)) =>
        {
            "plain text"
        }
        _ => "unknown data",
    }
}

fn starts_like(text: &[u8], wanted: &[u8]) -> bool {
    text.get(..wanted.len()).is_some_and(|start| start.eq_ignore_ascii_case(wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(input: &[u8]) -> &'static str {
        match sniff(input) {
            Err(Error::Unsupported { found }) => found,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn other_files_are_refused_by_name() {
        assert_eq!(found(b""), "an empty file");
        assert_eq!(found(b"%PDF-1.7"), "a PDF document");
        assert_eq!(found(b"  <SVG xmlns='x'>"), "an SVG drawing");
        assert_eq!(found(b"<!DOCTYPE html>"), "an HTML page");
        assert_eq!(found(b"BM is how this text starts"), "plain text");
        assert_eq!(found(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic"), "a HEIF picture");
        assert_eq!(
            found(b"\0\0\0\x18ftypisom\0\0\0\0mp41isom"),
            "an MP4-like file that is not AVIF"
        );
        assert_eq!(found(&[1, 2, 3, 0xfe]), "unknown data");
    }

    #[cfg(feature = "avif")]
    #[test]
    fn avif_is_told_by_any_of_its_brands() {
        assert_eq!(sniff(b"\0\0\0\x18ftypmif1\0\0\0\0avifmiaf"), Ok(SourceFormat::Avif));
        assert_eq!(sniff(b"\0\0\0\x18ftypavis\0\0\0\0msf1iso8"), Ok(SourceFormat::Avif));
    }
}
