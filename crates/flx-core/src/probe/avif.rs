//! The facts of an AVIF file.

use super::{Detail, Header, plain_info};
use crate::isobmff::boxes::{find, full};
use crate::isobmff::{Picture, Plane};
use crate::{Error, SourceFormat};

pub(super) fn header(input: &[u8]) -> Result<Header<'_>, Error> {
    let picture = Picture::read(input)?;
    let plane = &picture.colour;
    // Alpha may be tiled otherwise; the limits must hold for both.
    let alpha = picture.alpha.as_ref().map_or((0, 0), Plane::coded);
    let (width, height) = plane.coded();
    let (width, height) = (width.max(alpha.0), height.max(alpha.1));
    let mut info = plain_info(SourceFormat::Avif, input, width, height);
    let kept = picture.crop.map_or((plane.width, plane.height), |crop| (crop.width, crop.height));
    info.crop = (kept != (width, height)).then_some(kept);
    info.orientation = picture.orientation;
    info.bit_depth = picture.bit_depth;
    info.has_alpha = picture.alpha.is_some();
    info.frames = sequence_frames(input).unwrap_or(1).max(1);
    Ok(Header { info, detail: Detail::Avif(Box::new(picture)) })
}

/// Samples of the first track of an image sequence (ISO/IEC 14496-12, section 8.7.3).
fn sequence_frames(input: &[u8]) -> Option<u32> {
    let mut payload = find(input, b"moov")?;
    for kind in [b"trak", b"mdia", b"minf", b"stbl"] {
        payload = find(payload, kind)?;
    }
    let (_, _, mut bytes) = full(find(payload, b"stsz")?)?;
    bytes.skip(4)?;
    bytes.u32_be()
}
