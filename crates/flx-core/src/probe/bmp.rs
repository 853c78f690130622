//! The header of a Windows bitmap (BITMAPCOREHEADER, BITMAPINFOHEADER and later).

use super::bytes::Bytes;
use super::{Header, corrupt, plain, plain_info};
use crate::{Error, SourceFormat};

pub(super) fn header(input: &[u8]) -> Result<Header<'static>, Error> {
    let (width, height, bits) =
        sides(input).ok_or_else(|| corrupt(SourceFormat::Bmp, "the header is cut short"))?;
    let mut info = plain_info(SourceFormat::Bmp, input, width, height);
    info.has_alpha = bits == 32;
    Ok(plain(info))
}

fn sides(input: &[u8]) -> Option<(u32, u32, u16)> {
    let mut bytes = Bytes::new(input);
    bytes.skip(14)?;
    let (width, height) = if bytes.u32_le()? == 12 {
        (u32::from(bytes.u16_le()?), u32::from(bytes.u16_le()?))
    } else {
        // Both are signed; a negative height means that rows run from top to bottom.
        let signed = |value: u32| value.cast_signed().unsigned_abs();
        (signed(bytes.u32_le()?), signed(bytes.u32_le()?))
    };
    bytes.skip(2)?;
    Some((width, height, bytes.u16_le()?))
}
