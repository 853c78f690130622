//! GIF blocks (GIF89a specification, sections 17–26).

use super::bytes::Bytes;
use super::{Header, corrupt, plain, plain_info};
use crate::{Error, SourceFormat};

pub(super) fn header(input: &[u8]) -> Result<Header<'static>, Error> {
    let mut bytes = Bytes::new(input);
    let (width, height, flags) =
        screen(&mut bytes).ok_or_else(|| corrupt(SourceFormat::Gif, "the header is cut short"))?;
    let mut info = plain_info(SourceFormat::Gif, input, width.into(), height.into());
    let palette = palette_length(flags);
    // A file that is cut short keeps the frames counted so far; the decoder judges the rest.
    info.frames = bytes.skip(palette).map_or(0, |()| count_frames(&mut bytes)).max(1);
    info.has_alpha = true;
    Ok(plain(info))
}

fn screen(bytes: &mut Bytes<'_>) -> Option<(u16, u16, u8)> {
    bytes.skip(6)?;
    let width = bytes.u16_le()?;
    let height = bytes.u16_le()?;
    let flags = bytes.u8()?;
    bytes.skip(2)?;
    Some((width, height, flags))
}

/// Bytes of the colour table that the flags announce, 0 without one.
fn palette_length(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

fn count_frames(bytes: &mut Bytes<'_>) -> u32 {
    let mut frames = 0u32;
    while let Some(is_frame) = block(bytes) {
        frames = frames.saturating_add(u32::from(is_frame));
    }
    frames
}

/// Passes one block: `Some(true)` for a frame, `None` at the trailer or where the file ends.
fn block(bytes: &mut Bytes<'_>) -> Option<bool> {
    match bytes.u8()? {
        0x2c => {
            bytes.skip(8)?;
            let flags = bytes.u8()?;
            bytes.skip(palette_length(flags) + 1)?;
            sub_blocks(bytes)?;
            Some(true)
        }
        0x21 => {
            bytes.skip(1)?;
            sub_blocks(bytes)?;
            Some(false)
        }
        _ => None,
    }
}

fn sub_blocks(bytes: &mut Bytes<'_>) -> Option<()> {
    loop {
        match bytes.u8()? {
            0 => return Some(()),
            length => bytes.skip(length.into())?,
        }
    }
}
