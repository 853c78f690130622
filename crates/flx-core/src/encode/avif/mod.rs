//! AVIF: the AV1 streams of an engine in a container of our own.

mod container;
mod stream;

// This is the place that decides which engine codes AVIF.
#[cfg(feature = "avif-aom")]
use aom as engine;
#[cfg(not(feature = "avif-aom"))]
use portable as engine;

#[cfg(feature = "avif-aom")]
mod aom;
#[cfg(feature = "avif-aom")]
mod layers;
#[cfg(feature = "avif-aom")]
mod matte;
#[cfg(feature = "avif-aom")]
mod planes;
#[cfg(not(feature = "avif-aom"))]
mod portable;
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

pub(super) fn encode(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let (setting, quality) = match coding {
        Coding::Lossy(quality) => (engine::SETTINGS.at(quality), quality),
        Coding::Setting { setting, quality } => (setting, quality),
        Coding::Lossless => return Err(failed(Format::Avif, "it has no lossless coding")),
    };
    let streams = engine::encode(raster, setting, quality, how)?;
    container::write(&Contents {
        width: raster.width(),
        height: raster.height(),
        colour: &streams.colour,
        alpha: streams.alpha.as_deref(),
    })
}
