//! JPEG: application segments behind JFIF's.

use crate::metadata::Metadata;
use crate::probe::jpeg::{APP1, APP2};
use crate::strip::jpeg::write;

/// Most bytes that a segment holds (ITU-T T.81, B.1.1.4), and of a profile's part in one.
const MAX_SEGMENT: usize = 65_533;
const MAX_PART: usize = MAX_SEGMENT - 14;

pub(super) fn embed(file: &[u8], metadata: &Metadata) -> Option<Vec<u8>> {
    // JFIF wants to be first.
    let jfif = match file.get(2..6)? {
        [0xff, 0xe0, high, low] => 2 + usize::from(u16::from_be_bytes([*high, *low])),
        _ => 0,
    };
    let (head, tail) = file.split_at_checked(2 + jfif)?;
    let mut output = head.to_vec();
    output.reserve(tail.len() + metadata.len() + super::OVERHEAD);
    if let Some(exif) = &metadata.exif {
        write(&mut output, APP1, &[b"Exif\0\0", exif.as_slice()].concat())?;
    }
    if let Some(xmp) = &metadata.xmp {
        let data = [b"http://ns.adobe.com/xap/1.0/\0", xmp.as_slice()].concat();
        // A packet too long for one segment is left out: the second kind is read by few.
        if data.len() <= MAX_SEGMENT {
            write(&mut output, APP1, &data)?;
        }
    }
    if let Some(icc) = &metadata.icc {
        let count = u8::try_from(icc.len().div_ceil(MAX_PART)).ok()?;
        for (number, part) in (1..=count).zip(icc.chunks(MAX_PART)) {
            let data = [b"ICC_PROFILE\0".as_slice(), &[number, count], part].concat();
            write(&mut output, APP2, &data)?;
        }
    }
    output.extend_from_slice(tail);
    Some(output)
}
