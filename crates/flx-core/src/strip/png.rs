//! PNG without its text, time, Exif and private chunks.

use super::{ColourProfile, exif};
use crate::probe::png::chunks;

pub(super) fn strip(input: &[u8], profile: ColourProfile, orientation: u8) -> Option<Vec<u8>> {
    let mut output = input.get(..8)?.to_vec();
    output.reserve(input.len());
    let mut oriented = orientation == 1;
    for chunk in chunks(input) {
        let keep = match &chunk.name {
            b"IHDR" | b"PLTE" | b"tRNS" | b"IDAT" | b"IEND" => true,
            b"gAMA" | b"cHRM" | b"sRGB" | b"cICP" | b"sBIT" | b"iCCP" => {
                profile == ColourProfile::Keep
            }
            _ => false,
        };
        if &chunk.name == b"IDAT" && !oriented {
            oriented = true;
            write(&mut output, *b"eXIf", &exif::orientation_only(orientation))?;
        }
        if keep {
            output.extend_from_slice(chunk.raw);
        }
        if &chunk.name == b"IEND" {
            return Some(output);
        }
    }
    None
}

/// Appends a chunk with its length and check sum.
pub(crate) fn write(output: &mut Vec<u8>, name: [u8; 4], data: &[u8]) -> Option<()> {
    output.extend_from_slice(&u32::try_from(data.len()).ok()?.to_be_bytes());
    let start = output.len();
    output.extend_from_slice(&name);
    output.extend_from_slice(data);
    let sum = crc32fast::hash(output.get(start..)?);
    output.extend_from_slice(&sum.to_be_bytes());
    Some(())
}
