//! JPEG without its application segments and comments.

use super::{ColourProfile, exif};
use crate::probe::jpeg::{APP1, APP2, APP14, EOI, SOS, Segment, segments};

const APP0: u8 = 0xe0;

pub(super) fn strip(input: &[u8], profile: ColourProfile, orientation: u8) -> Option<Vec<u8>> {
    let mut output = vec![0xff, 0xd8];
    output.reserve(input.len());
    let mut oriented = orientation == 1;
    for segment in segments(input) {
        // JFIF wants to be first; the orientation follows it.
        if !oriented && segment.marker != APP0 {
            oriented = true;
            let mut data = b"Exif\0\0".to_vec();
            data.extend(exif::orientation_only(orientation));
            write(&mut output, APP1, &data)?;
        }
        if segment.marker == EOI {
            output.extend_from_slice(&[0xff, EOI]);
            return Some(output);
        }
        if let Some(data) = kept(segment, profile) {
            write(&mut output, segment.marker, data)?;
            if segment.marker == SOS {
                output.extend_from_slice(segment.entropy);
            }
        }
    }
    None
}

/// What of a segment stays.
fn kept<'a>(segment: Segment<'a>, profile: ColourProfile) -> Option<&'a [u8]> {
    match segment.marker {
        // JFIF without its thumbnail: the first 14 bytes, of which the last two are the
        // thumbnail's sides. With a thumbnail the segment goes whole; readers do without it.
        APP0 => segment
            .data
            .starts_with(b"JFIF\0")
            .then_some(segment.data)
            .filter(|data| data.len() == 14 && data.ends_with(&[0, 0])),
        APP2 => (profile == ColourProfile::Keep && segment.data.starts_with(b"ICC_PROFILE\0"))
            .then_some(segment.data),
        // Adobe's segment says how colours are coded, in its first 12 bytes.
        APP14 if segment.data.starts_with(b"Adobe") => segment.data.get(..12),
        // Frame, tables and scans; everything else is not needed to show the picture.
        0xc0..=0xcf | 0xda..=0xdd => Some(segment.data),
        _ => None,
    }
}

/// Appends a segment with its length.
pub(crate) fn write(output: &mut Vec<u8>, marker: u8, data: &[u8]) -> Option<()> {
    let length = u16::try_from(data.len() + 2).ok()?;
    output.extend_from_slice(&[0xff, marker]);
    output.extend_from_slice(&length.to_be_bytes());
    output.extend_from_slice(data);
    Some(())
}
