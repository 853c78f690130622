//! WebP: the extended header, the profile in front of the picture, the rest behind it
//! (RFC 9649, section 2.7).

use crate::metadata::Metadata;
use crate::probe::webp::chunks;

const ICC: u8 = 0x20;
const ALPHA: u8 = 0x10;
const EXIF: u8 = 0x08;
const XMP: u8 = 0x04;

pub(super) fn embed(file: &[u8], metadata: &Metadata) -> Option<Vec<u8>> {
    let mut header = match chunks(file).next()? {
        first if &first.name == b"VP8X" => first.data.to_vec(),
        _ => extended(file)?,
    };
    let flags = header.first_mut()?;
    for (part, flag) in [(&metadata.icc, ICC), (&metadata.exif, EXIF), (&metadata.xmp, XMP)] {
        *flags |= if part.is_some() { flag } else { 0 };
    }
    let mut body = Vec::with_capacity(file.len() + metadata.len() + super::OVERHEAD);
    chunk(&mut body, b"VP8X", &header)?;
    if let Some(icc) = &metadata.icc {
        chunk(&mut body, b"ICCP", icc)?;
    }
    for found in chunks(file).filter(|found| &found.name != b"VP8X") {
        chunk(&mut body, &found.name, found.data)?;
    }
    if let Some(exif) = &metadata.exif {
        chunk(&mut body, b"EXIF", exif)?;
    }
    if let Some(xmp) = &metadata.xmp {
        chunk(&mut body, b"XMP ", xmp)?;
    }
    let size = u32::try_from(body.len() + 4).ok()?.to_le_bytes();
    Some([b"RIFF".as_slice(), &size, b"WEBP", &body].concat())
}

/// The extended header of a picture that has none.
fn extended(file: &[u8]) -> Option<Vec<u8>> {
    let info = crate::probe(file).ok()?;
    let flags = if info.has_alpha() { ALPHA } else { 0 };
    let mut header = vec![flags, 0, 0, 0];
    for side in [info.coded_width(), info.coded_height()] {
        header.extend_from_slice(side.checked_sub(1)?.to_le_bytes().get(..3)?);
    }
    Some(header)
}

fn chunk(body: &mut Vec<u8>, name: &[u8; 4], data: &[u8]) -> Option<()> {
    body.extend_from_slice(name);
    body.extend_from_slice(&u32::try_from(data.len()).ok()?.to_le_bytes());
    body.extend_from_slice(data);
    if data.len() % 2 == 1 {
        body.push(0);
    }
    Some(())
}
