//! WebP's RIFF chunks (RFC 9649, section 2).

use image::metadata::Orientation;

use super::bytes::Bytes;
use super::{Header, corrupt, plain, plain_info};
use crate::{Error, SourceFormat};

/// A chunk of a WebP file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    pub(crate) name: [u8; 4],
    pub(crate) data: &'a [u8],
}

/// The chunks of a WebP file up to the first that is cut short.
pub(crate) fn chunks(input: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    // The size stands behind "RIFF" and counts from itself; what lies beyond is not the picture's.
    let size = Bytes::new(input.get(4..).unwrap_or_default()).u32_le().unwrap_or_default();
    let end = (size as usize).saturating_add(8).min(input.len());
    chunks_of(input.get(12..end).unwrap_or_default())
}

/// The chunks of a part of a file.
pub(crate) fn chunks_of(part: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut bytes = Bytes::new(part);
    std::iter::from_fn(move || {
        let name = bytes.four_cc()?;
        let length = bytes.u32_le()? as usize;
        let data = bytes.take(length)?;
        // Chunks of odd length are padded; the last one's padding is often forgotten.
        if length % 2 == 1 {
            let _ = bytes.skip(1);
        }
        Some(Chunk { name, data })
    })
}

/// How often the animation is shown, 0 for ever (RFC 9649, section 2.7.1.1).
pub(crate) fn plays(input: &[u8]) -> u16 {
    let control = chunks(input).find(|chunk| &chunk.name == b"ANIM");
    let plays = control.and_then(|chunk| {
        let mut bytes = Bytes::new(chunk.data);
        bytes.skip(4)?;
        bytes.u16_le()
    });
    plays.unwrap_or_default()
}

/// Whether the file is shorter than its header says.
pub(crate) fn is_cut(input: &[u8]) -> bool {
    let size = Bytes::new(input.get(4..).unwrap_or_default()).u32_le();
    size.is_none_or(|size| (size as usize).saturating_add(8) > input.len())
}

pub(super) fn header(input: &[u8]) -> Result<Header<'static>, Error> {
    let mut sides = None;
    let mut has_alpha = false;
    let mut frames = 0u32;
    let mut orientation = Orientation::NoTransforms;
    let mut flags = 0;
    for chunk in chunks(input) {
        match &chunk.name {
            b"VP8X" => {
                sides = extended(chunk.data);
                flags = chunk.data.first().copied().unwrap_or_default();
                has_alpha |= flags & 0x10 != 0;
            }
            b"VP8 " => sides = sides.or_else(|| lossy(chunk.data)),
            b"VP8L" => {
                let (lossless_sides, alpha) = lossless(chunk.data).unzip();
                sides = sides.or(lossless_sides);
                has_alpha |= alpha.unwrap_or_default();
            }
            b"ANMF" => frames = frames.saturating_add(1),
            // Without its flag the chunk does not count.
            b"EXIF" if flags & 0x08 != 0 => {
                // Some writers leave the marker's name of JPEG in front.
                let exif = chunk.data.strip_prefix(b"Exif\0\0").unwrap_or(chunk.data);
                orientation = Orientation::from_exif_chunk(exif).unwrap_or(orientation);
            }
            _ => {}
        }
    }
    let (width, height) =
        sides.ok_or_else(|| corrupt(SourceFormat::WebP, "no picture in the file"))?;
    let mut info = plain_info(SourceFormat::WebP, input, width, height);
    info.has_alpha = has_alpha;
    info.frames = frames.max(1);
    info.orientation = orientation;
    Ok(plain(info))
}

/// RFC 9649, section 2.7.1: 24-bit sides, less one.
fn extended(data: &[u8]) -> Option<(u32, u32)> {
    let mut bytes = Bytes::new(data);
    bytes.skip(4)?;
    Some((bytes.u24_le()? + 1, bytes.u24_le()? + 1))
}

/// RFC 6386, section 9.1: 14-bit sides behind the frame tag and the start code.
fn lossy(data: &[u8]) -> Option<(u32, u32)> {
    let mut bytes = Bytes::new(data);
    bytes.skip(6)?;
    let width = bytes.u16_le()? & 0x3fff;
    let height = bytes.u16_le()? & 0x3fff;
    Some((width.into(), height.into()))
}

/// RFC 9649, section 3.4: signature, two 14-bit sides less one, the alpha hint.
fn lossless(data: &[u8]) -> Option<((u32, u32), bool)> {
    let mut bytes = Bytes::new(data);
    bytes.skip(1)?;
    let bits = bytes.u32_le()?;
    Some((((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1), bits >> 28 & 1 == 1))
}
