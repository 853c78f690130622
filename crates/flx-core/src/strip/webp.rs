//! WebP without its Exif, XMP and unknown chunks.

use super::{ColourProfile, exif};
use crate::probe::webp::{chunks, chunks_of};

/// Flags of the extended header (RFC 9649, section 2.7.1).
pub(crate) const ICC: u8 = 0x20;
pub(crate) const ALPHA: u8 = 0x10;
pub(crate) const EXIF: u8 = 0x08;
pub(crate) const XMP: u8 = 0x04;

pub(super) fn strip(input: &[u8], profile: ColourProfile, orientation: u8) -> Option<Vec<u8>> {
    let mut body = Vec::with_capacity(input.len());
    let mut seen = Vec::new();
    let mut frames = 0u32;
    for chunk in chunks(input) {
        match &chunk.name {
            b"VP8X" => write(&mut body, *b"VP8X", &header(chunk.data, profile, orientation)?)?,
            b"ICCP" if profile == ColourProfile::Keep => {
                write(&mut body, *b"ICCP", chunk.data)?;
            }
            b"ANIM" => write(&mut body, chunk.name, chunk.data)?,
            b"ANMF" => {
                write(&mut body, chunk.name, &frame(chunk.data)?)?;
                frames += 1;
            }
            b"VP8 " | b"VP8L" | b"ALPH" => {
                // One picture, once: what follows it would ride along unseen.
                if seen.contains(&chunk.name) {
                    return None;
                }
                seen.push(chunk.name);
                write(&mut body, chunk.name, chunk.data)?;
            }
            _ => {}
        }
    }
    let still = seen.contains(b"VP8 ") != seen.contains(b"VP8L");
    // A still picture beside the frames would ride along unseen.
    if still == (frames > 0) {
        return None;
    }
    if orientation != 1 {
        write(&mut body, *b"EXIF", &exif::orientation_only(orientation))?;
    }
    file_of(&body)
}

/// A file of these chunks.
pub(crate) fn file_of(chunks: &[u8]) -> Option<Vec<u8>> {
    let size = u32::try_from(chunks.len() + 4).ok()?.to_le_bytes();
    Some([b"RIFF".as_slice(), &size, b"WEBP", chunks].concat())
}

/// A frame's place and time (RFC 9649, section 2.7.1.1) and its pixels, without unknown chunks.
fn frame(data: &[u8]) -> Option<Vec<u8>> {
    let (head, rest) = data.split_at_checked(16)?;
    let mut kept = head.to_vec();
    for chunk in chunks_of(rest) {
        if matches!(&chunk.name, b"VP8 " | b"VP8L" | b"ALPH") {
            write(&mut kept, chunk.name, chunk.data)?;
        }
    }
    Some(kept)
}

fn header(data: &[u8], profile: ColourProfile, orientation: u8) -> Option<Vec<u8>> {
    let mut header = data.get(..10)?.to_vec();
    let flags = header.first_mut()?;
    *flags &= !(EXIF | XMP);
    if profile == ColourProfile::Drop {
        *flags &= !ICC;
    }
    if orientation != 1 {
        *flags |= EXIF;
    }
    Some(header)
}

/// Appends a chunk with its length and padding.
pub(crate) fn write(body: &mut Vec<u8>, name: [u8; 4], data: &[u8]) -> Option<()> {
    body.extend_from_slice(&name);
    body.extend_from_slice(&u32::try_from(data.len()).ok()?.to_le_bytes());
    body.extend_from_slice(data);
    if data.len() % 2 == 1 {
        body.push(0);
    }
    Some(())
}
