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

use crate::colour::Space;
use crate::content::{self, Content, Kind};
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
    /// How many times wider and higher the source is than what is coded.
    pub(crate) reduction: f64,
    /// The space of the pixels' numbers, where it is not sRGB.
    pub(crate) space: Option<&'a Space>,
    /// Deadline and cancel flag, for engines that can stop half-way.
    pub(crate) limits: &'a Limits,
}

impl<'a> How<'a> {
    pub(crate) fn of(options: &Options, limits: &'a Limits) -> Self {
        Self {
            effort: options.effort(),
            threads: options.threads(),
            background: options.background(),
            reduction: 1.0,
            space: None,
            limits,
        }
    }
}

/// A file, and whether it holds every pixel as it was.
pub(crate) struct Written {
    pub(crate) bytes: Vec<u8>,
    pub(crate) is_lossless: bool,
}

/// Writes a picture.
pub(crate) fn encode(
    raster: &Raster,
    format: Format,
    coding: Coding,
    how: &How<'_>,
) -> Result<Written, Error> {
    let bytes = match writer(format, how.effort) {
        #[cfg(feature = "webp")]
        Writer::Libwebp => webp::encode(raster, coding, how)?,
        #[cfg(feature = "avif-aom")]
        Writer::Libaom => avif::by_libaom(raster, coding, how)?,
        #[cfg(all(feature = "avif", not(feature = "avif-aom")))]
        Writer::Rav1e => avif::by_rav1e(raster, coding, how)?,
        #[cfg(feature = "jpeg-jpegli")]
        Writer::Jpegli => jpeg::by_jpegli(raster, coding, how)?,
        #[cfg(feature = "jpeg")]
        Writer::Mozjpeg => jpeg::by_mozjpeg(raster, coding, how)?,
        // A palette that saves nothing, or that has all the colours, keeps every pixel.
        #[cfg(feature = "png")]
        Writer::Oxipng => return png::encode(raster, coding, how),
        #[allow(unreachable_patterns, reason = "none is chosen that is not in the build")]
        _ => format.check_enabled().and(Err(failed(format, "its engine is not in this build")))?,
    };
    Ok(Written { bytes, is_lossless: coding == Coding::Lossless })
}

/// Writes a picture without loss but for the last bits of colours, the more of them the lower the
/// level, 0–100. Only WebP is written in that way.
pub(crate) fn nearly_lossless(
    raster: &Raster,
    format: Format,
    level: u8,
    how: &How<'_>,
) -> Result<Written, Error> {
    match format {
        #[cfg(feature = "webp")]
        Format::WebP => {
            let bytes = webp::nearly_lossless(raster, level, how)?;
            Ok(Written { bytes, is_lossless: false })
        }
        other => Err(failed(other, "it has no nearly lossless coding")),
    }
}

/// Whether nearly lossless coding may be smaller than lossless: only for graphics, and not for those
/// of at most 256 colours, which stand in a palette.
pub(crate) fn may_be_nearly_lossless(raster: &Raster, format: Format) -> bool {
    let content = || content::judge(raster);
    format == Format::WebP && matches!(content(), Content { kind: Kind::Graphic, colours: None })
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

pub(crate) fn failed(format: Format, reason: impl ToString) -> Error {
    Error::Encode { format, reason: reason.to_string() }
}
