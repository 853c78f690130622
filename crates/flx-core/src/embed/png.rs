//! PNG: chunks behind the header, in front of palette and pixels.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::ZlibEncoder;

use crate::metadata::Metadata;
use crate::strip::png::write;

/// Signature and `IHDR`.
const HEAD: usize = 33;

pub(super) fn embed(file: &[u8], metadata: &Metadata) -> Option<Vec<u8>> {
    let (head, tail) = file.split_at_checked(HEAD)?;
    let mut output = head.to_vec();
    output.reserve(tail.len() + metadata.len() + super::OVERHEAD);
    // A picture whose colours were lost on the way to a few pixels may be stored as grey.
    let has_colour = head.get(25)? & 2 == 2;
    if let Some(icc) = metadata.icc.as_ref().filter(|_| has_colour) {
        let mut writer = ZlibEncoder::new(b"icc\0\0".to_vec(), Compression::best());
        writer.write_all(icc).ok()?;
        write(&mut output, *b"iCCP", &writer.finish().ok()?)?;
    }
    if let Some(exif) = &metadata.exif {
        write(&mut output, *b"eXIf", exif)?;
    }
    if let Some(xmp) = &metadata.xmp {
        // Not compressed, no language, no translated keyword.
        let data = [b"XML:com.adobe.xmp\0\0\0\0\0", xmp.as_slice()].concat();
        write(&mut output, *b"iTXt", &data)?;
    }
    output.extend_from_slice(tail);
    Some(output)
}
