//! From pixels to a file, by the engine that `engines::writer` names.

#[cfg(feature = "avif")]
mod avif;
#[cfg(feature = "jpeg")]
mod jpeg;
pub(crate) mod pixels;
#[cfg(feature = "png")]
mod png;
#[cfg(feature = "webp")]
pub(crate) mod webp;

use std::num::NonZeroU32;

use crate::content::{self, Kind};
use crate::engines::{Writer, writer};
use crate::options::Background;
use crate::raster::Raster;
use crate::{Effort, Error, Format, Limits, Options};

/// How pixels are coded.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Coding {
    /// At a point of the quality scale, 40–100, fractions allowed.
    Lossy(f32),
    /// At an engine's own setting, for what fits the scale; `quality` decides what else depends on
    /// the scale, such as chroma subsampling.
    Setting { setting: f32, quality: f32 },
    /// Every pixel as it is.
    Lossless,
}

/// What every engine is told besides the pixels and their coding.
#[derive(Clone, Copy)]
pub(crate) struct How<'a> {
    pub(crate) effort: Effort,
    /// Threads that the picture may use; all of the current rayon pool without.
    pub(crate) threads: Option<NonZeroU32>,
    /// Behind transparent pixels, in formats without alpha.
    pub(crate) background: Background,
    /// Deadline and cancel flag, for engines that can stop half-way.
    pub(crate) limits: &'a Limits,
}

impl<'a> How<'a> {
    pub(crate) fn of(options: &Options, limits: &'a Limits) -> Self {
        Self {
            effort: options.effort(),
            threads: options.threads(),
            background: options.background(),
            limits,
        }
    }
}

/// Writes a picture.
pub(crate) fn encode(
    raster: &Raster,
    format: Format,
    coding: Coding,
    how: &How<'_>,
) -> Result<Vec<u8>, Error> {
    match writer(format, how.effort) {
        #[cfg(feature = "webp")]
        Writer::Libwebp => webp::encode(raster, coding, how),
        #[cfg(feature = "avif-aom")]
        Writer::Libaom => avif::by_libaom(raster, coding, how),
        #[cfg(all(feature = "avif", not(feature = "avif-aom")))]
        Writer::Rav1e => avif::by_rav1e(raster, coding, how),
        #[cfg(feature = "jpeg-jpegli")]
        Writer::Jpegli => jpeg::by_jpegli(raster, coding, how),
        #[cfg(feature = "jpeg")]
        Writer::Mozjpeg => jpeg::by_mozjpeg(raster, coding, how),
        #[cfg(feature = "png")]
        Writer::Oxipng => png::encode(raster, coding, how),
        #[allow(unreachable_patterns, reason = "none is chosen that is not in the build")]
        _ => format.check_enabled().and(Err(failed(format, "its engine is not in this build"))),
    }
}

/// Codings worth trying beside the lossy one, for what lossy coding does badly: screenshots, charts
/// and logos are often smaller without loss. Photographs never are, and are not tried.
pub(crate) fn alternatives(raster: &Raster, format: Format) -> Vec<Coding> {
    if format == Format::WebP && content::judge(raster).kind == Kind::Graphic {
        vec![Coding::Lossless]
    } else {
        Vec::new()
    }
}

fn failed(format: Format, reason: impl ToString) -> Error {
    Error::Encode { format, reason: reason.to_string() }
}
