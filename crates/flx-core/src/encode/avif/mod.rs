//! AVIF: the AV1 streams of an engine in a container of our own.

mod container;
mod stream;

#[cfg(feature = "avif-aom")]
mod aom;
mod layers;
mod matte;
mod planes;
#[cfg(not(feature = "avif-aom"))]
mod portable;
#[cfg(not(feature = "avif-aom"))]
mod rav1e;
#[cfg(feature = "avif-aom")]
mod settings;
#[cfg(feature = "avif-aom")]
mod smooth;

use container::Contents;

use super::{Coding, How, failed};
use crate::raster::Raster;
use crate::{Error, Format};

/// What an engine makes of a picture: AV1 streams of one frame each.
struct Streams {
    /// YCbCr by BT.601 in full range, or luma alone.
    colour: Vec<u8>,
    /// Luma alone; none when every pixel is opaque.
    alpha: Option<Vec<u8>>,
}

#[cfg(feature = "avif-aom")]
pub(super) fn by_libaom(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let (setting, _) = lossy(coding, |quality| aom::SETTINGS.at(quality))?;
    contained(raster, &aom::encode(raster, setting, how)?)
}

#[cfg(not(feature = "avif-aom"))]
pub(super) fn by_rav1e(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let (setting, quality) =
        lossy(coding, |quality| portable::setting(raster, quality, how.effort))?;
    contained(raster, &portable::encode(raster, setting, quality, how)?)
}

/// An engine's own setting, and the quality that decides what else depends on the scale.
fn lossy(coding: Coding, setting: impl Fn(f32) -> f32) -> Result<(f32, f32), Error> {
    match coding {
        Coding::Lossy(quality) => Ok((setting(quality), quality)),
        Coding::Setting { setting, quality } => Ok((setting, quality)),
        Coding::Lossless => Err(refused("it has no lossless coding")),
    }
}

fn refused(reason: impl ToString) -> Error {
    failed(Format::Avif, reason)
}

fn contained(raster: &Raster, streams: &Streams) -> Result<Vec<u8>, Error> {
    container::write(&Contents {
        width: raster.width(),
        height: raster.height(),
        colour: &streams.colour,
        alpha: streams.alpha.as_deref(),
    })
}
