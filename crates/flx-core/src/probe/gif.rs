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

/// How often the animation is shown, 0 for ever; a file that does not say is shown once.
///
/// The application block counts repetitions, so that one more showing belongs to it; browsers
/// count like that, too.
pub(crate) fn plays(input: &[u8]) -> u16 {
    let mut bytes = Bytes::new(input);
    let Some(()) = screen(&mut bytes).and_then(|(_, _, flags)| bytes.skip(palette_length(flags)))
    else {
        return 1;
    };
    loop {
        let start = bytes;
        if let Some(repeats) = repeats(start) {
            return if repeats == 0 { 0 } else { repeats.saturating_add(1) };
        }
        if block(&mut bytes).is_none() {
            return 1;
        }
    }
}

/// The count in an application block of Netscape's, which is also written under a second name.
fn repeats(mut bytes: Bytes<'_>) -> Option<u16> {
    let is_loop = bytes.take(3)? == [0x21, 0xff, 11]
        && matches!(bytes.take(11)?, b"NETSCAPE2.0" | b"ANIMEXTS1.0");
    loop {
        let length = is_loop.then(|| bytes.u8()).flatten().filter(|length| *length > 0)?;
        let mut data = Bytes::new(bytes.take(length.into())?);
        if data.u8()? & 7 == 1 {
            return data.u16_le();
        }
    }
}

/// Pixels that a decoder unpacks, over all frames, however much of them is inside the screen.
pub(crate) fn coded_pixels(input: &[u8]) -> u64 {
    let mut bytes = Bytes::new(input);
    let Some(()) = screen(&mut bytes).and_then(|(_, _, flags)| bytes.skip(palette_length(flags)))
    else {
        return 0;
    };
    let mut sum = 0u64;
    loop {
        let mut frame = bytes;
        match block(&mut bytes) {
            Some(true) => sum = sum.saturating_add(area(&mut frame).unwrap_or_default()),
            Some(false) => {}
            None => return sum,
        }
    }
}

fn area(frame: &mut Bytes<'_>) -> Option<u64> {
    frame.skip(5)?;
    Some(u64::from(frame.u16_le()?) * u64::from(frame.u16_le()?))
}

/// Whether the file ends inside a block; one that only lacks its trailer is complete.
pub(crate) fn is_cut(input: &[u8]) -> bool {
    let mut bytes = Bytes::new(input);
    let Some(()) = screen(&mut bytes).and_then(|(_, _, flags)| bytes.skip(palette_length(flags)))
    else {
        return true;
    };
    loop {
        let mut start = bytes;
        if block(&mut bytes).is_none() {
            return matches!(start.u8(), Some(0x21 | 0x2c));
        }
    }
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
