//! JPEG: the engine for each effort.

#[cfg(feature = "jpeg-jpegli")]
mod jpegli;
mod mozjpeg;

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
/// equal score, but who asks for this much wants fine red lines to stay fine.
const FULL_CHROMA_FROM: f32 = 96.0;

pub(super) fn encode(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let (setting, quality) = match coding {
        Coding::Lossy(quality) => (None, quality),
        Coding::Setting { setting, quality } => (Some(setting), quality),
        Coding::Lossless => return Err(refused("it has no lossless coding")),
    };
    let chroma = if quality >= FULL_CHROMA_FROM { Chroma::Full } else { Chroma::Halved };
    // jpegli is as small as mozjpeg on large pictures in a sixth of its time; mozjpeg's search
    // still finds the smallest file on many.
    #[cfg(feature = "jpeg-jpegli")]
    if how.effort != crate::Effort::Small {
        let setting = setting.unwrap_or_else(|| jpegli::setting(quality, chroma));
        return jpegli::encode(raster, setting, chroma, how);
    }
    let setting = setting.unwrap_or_else(|| mozjpeg::setting(quality, chroma));
    mozjpeg::encode(raster, setting, chroma, how)
}

fn refused(reason: impl ToString) -> Error {
    failed(Format::Jpeg, reason)
}
