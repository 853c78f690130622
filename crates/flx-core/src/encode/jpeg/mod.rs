//! JPEG by two engines: what they have in common.

#[cfg(feature = "jpeg-jpegli")]
mod jpegli;
mod mozjpeg;
#[cfg(feature = "jpeg-jpegli")]
mod scans;

use super::{Coding, How, failed};
use crate::raster::Raster;
use crate::{Error, Format};

/// Resolution of chroma.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chroma {
    /// Half of luma's width and height.
    Halved,
    /// That of luma.
    Full,
}

/// From here on chroma is kept at full resolution. On photographs that costs 3 to 6 % more bytes at
/// equal score, but who asks for this much wants fine red lines to stay fine. Where the source itself
/// has no more than halved chroma, there is nothing finer to keep.
const FULL_CHROMA_FROM: f32 = 96.0;

#[cfg(feature = "jpeg-jpegli")]
pub(super) fn by_jpegli(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    // It takes planes as they are; mozjpeg gets RGB, and would halve chroma a second time.
    let has_full = !matches!(raster, Raster::Ycc(planes) if planes.is_halved());
    let (setting, chroma) = lossy(coding, jpegli::setting, has_full)?;
    jpegli::encode(raster, setting, chroma, how)
}

pub(super) fn by_mozjpeg(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let (setting, chroma) = lossy(coding, mozjpeg::setting, true)?;
    mozjpeg::encode(raster, setting, chroma, how)
}

/// An engine's own setting, and the resolution of chroma that the quality asks for and the source
/// has.
fn lossy(
    coding: Coding,
    table: fn(f32, Chroma) -> f32,
    has_full: bool,
) -> Result<(f32, Chroma), Error> {
    let chroma = |quality| {
        if has_full && quality >= FULL_CHROMA_FROM { Chroma::Full } else { Chroma::Halved }
    };
    match coding {
        Coding::Lossy(quality) => Ok((table(quality, chroma(quality)), chroma(quality))),
        Coding::Setting { setting, quality } => Ok((setting, chroma(quality))),
        Coding::Lossless => Err(refused("it has no lossless coding")),
    }
}

fn refused(reason: impl ToString) -> Error {
    failed(Format::Jpeg, reason)
}
