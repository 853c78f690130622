//! PNG chunks (PNG, third edition, section 5).

use std::io::Read as _;

use image::metadata::Orientation;

use super::bytes::Bytes;
use super::{Header, MAX_PROFILE_BYTES, corrupt, plain, plain_info};
use crate::gamma::Gamma;
use crate::{Error, SourceFormat};

const SIGNATURE_LENGTH: usize = 8;

/// A chunk of a PNG file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chunk<'a> {
    pub(crate) name: [u8; 4],
    pub(crate) data: &'a [u8],
    /// Length, name, data and checksum as they stand in the file.
    pub(crate) raw: &'a [u8],
}

/// The chunks of a PNG file up to `IEND` or to the first that is cut short.
pub(crate) fn chunks(input: &[u8]) -> impl Iterator<Item = Chunk<'_>> {
    let mut rest = input.get(SIGNATURE_LENGTH..).unwrap_or_default();
    std::iter::from_fn(move || {
        let mut bytes = Bytes::new(rest);
        let length = bytes.u32_be()? as usize;
        let name = bytes.four_cc()?;
        let data = bytes.take(length)?;
        bytes.skip(4)?;
        let raw = rest.get(..length + 12)?;
        rest = if &name == b"IEND" { &[] } else { bytes.rest() };
        Some(Chunk { name, data, raw })
    })
}

/// Primaries and transfer of a `cICP` chunk (section 11.3.2.6), which goes before any profile.
pub(crate) fn cicp(input: &[u8]) -> Option<(u8, u8)> {
    let chunk = chunks(input)
        .take_while(|chunk| &chunk.name != b"IDAT")
        .find(|chunk| &chunk.name == b"cICP")?;
    match chunk.data {
        // RGB in full range; nothing else makes sense in a PNG.
        [primaries, transfer, 0, 1] => Some((*primaries, *transfer)),
        _ => None,
    }
}

/// The profile of an `iCCP` chunk (section 11.3.2.3), inflated no further than profiles go.
pub(crate) fn icc(input: &[u8]) -> Option<Vec<u8>> {
    let chunk = chunks(input)
        .take_while(|chunk| &chunk.name != b"IDAT")
        .find(|chunk| &chunk.name == b"iCCP")?;
    let (name, rest) = chunk.data.split_at(memchr::memchr(0, chunk.data)?);
    // The name's end, and the only compression that there is.
    let [0, 0, stream @ ..] = rest else { return None };
    let most = MAX_PROFILE_BYTES as u64 + 1;
    let mut profile = Vec::new();
    flate2::read::ZlibDecoder::new(stream).take(most).read_to_end(&mut profile).ok()?;
    let fits = (1..80).contains(&name.len()) && (1..=MAX_PROFILE_BYTES).contains(&profile.len());
    fits.then_some(profile)
}

/// Gamma and chromaticities, or one of them, unless a chunk says that the picture is in sRGB (section 4.3).
pub(crate) fn gamma(input: &[u8]) -> Option<Gamma> {
    let (mut gamma, mut chromaticities) = (None, None);
    for chunk in chunks(input).take_while(|chunk| &chunk.name != b"IDAT") {
        match &chunk.name {
            b"sRGB" => return None,
            b"gAMA" => gamma = Some(chunk.data),
            b"cHRM" => chromaticities = Some(chunk.data),
            _ => {}
        }
    }
    Gamma::read(gamma, chromaticities)
}

/// How often the animation is shown, 0 for ever (section 11.3.6.1).
pub(crate) fn plays(input: &[u8]) -> u16 {
    let control = chunks(input).find(|chunk| &chunk.name == b"acTL");
    let plays = control.and_then(|chunk| {
        let mut bytes = Bytes::new(chunk.data);
        bytes.skip(4)?;
        bytes.u32_be()
    });
    plays.map_or(0, |plays| u16::try_from(plays).unwrap_or(u16::MAX))
}

pub(super) fn header(input: &[u8]) -> Result<Header<'static>, Error> {
    let cut = || corrupt(SourceFormat::Png, "the header is cut short");
    let mut all = chunks(input);
    let first = all.next().ok_or_else(cut)?;
    if &first.name != b"IHDR" {
        return Err(corrupt(SourceFormat::Png, "the first chunk is not IHDR"));
    }
    let mut ihdr = Bytes::new(first.data);
    let width = ihdr.u32_be().ok_or_else(cut)?;
    let height = ihdr.u32_be().ok_or_else(cut)?;
    let mut info = plain_info(SourceFormat::Png, input, width, height);
    info.bit_depth = ihdr.u8().ok_or_else(cut)?;
    let colour_type = ihdr.u8().ok_or_else(cut)?;
    info.has_alpha = matches!(colour_type, 4 | 6);
    for chunk in all {
        match &chunk.name {
            b"tRNS" => info.has_alpha = true,
            b"acTL" => info.frames = Bytes::new(chunk.data).u32_be().unwrap_or(1).max(1),
            b"eXIf" => {
                info.orientation =
                    Orientation::from_exif_chunk(chunk.data).unwrap_or(Orientation::NoTransforms);
            }
            _ => {}
        }
    }
    Ok(plain(info))
}
