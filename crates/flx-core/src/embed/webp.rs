//! WebP: the extended header, the profile in front of the picture, the rest behind it
//! (RFC 9649, section 2.7).

use crate::metadata::Metadata;
use crate::probe::webp::chunks;
use crate::strip::webp::{ALPHA, EXIF, ICC, XMP, file_of, write};

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
    write(&mut body, *b"VP8X", &header)?;
    if let Some(icc) = &metadata.icc {
        write(&mut body, *b"ICCP", icc)?;
    }
    for found in chunks(file).filter(|found| &found.name != b"VP8X") {
        write(&mut body, found.name, found.data)?;
    }
    if let Some(exif) = &metadata.exif {
        write(&mut body, *b"EXIF", exif)?;
    }
    if let Some(xmp) = &metadata.xmp {
        write(&mut body, *b"XMP ", xmp)?;
    }
    file_of(&body)
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
