//! From a file to pixels.

#[cfg(feature = "png")]
mod apng;
#[cfg(feature = "avif")]
mod avif;
#[cfg(any(feature = "png", feature = "webp"))]
mod composed;
#[cfg(any(feature = "png", feature = "webp", feature = "gif"))]
pub(crate) mod frames;
#[cfg(feature = "jpeg")]
mod jpeg;
#[cfg(any(feature = "avif", feature = "tiff"))]
mod premultiplied;
#[cfg(any(feature = "png", feature = "webp", feature = "gif", feature = "bmp", feature = "tiff"))]
mod raster;
#[cfg(feature = "webp")]
mod webp_frames;
#[cfg(feature = "avif")]
mod yuv;

use std::num::NonZeroU32;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::DynamicImage;

use crate::planes::Ycc;
use crate::probe::{Detail, Header, corrupt};
use crate::resize::TargetSize;
use crate::{Error, Limits, SourceFormat};

/// Pixels as the file has them, before colours are converted.
pub(crate) struct Decoded {
    pub(crate) pixels: Pixels,
    pub(crate) profile: Option<Profile>,
}

/// Pixels in one of the shapes that decoders give.
pub(crate) enum Pixels {
    /// Grey or RGB, with or without alpha, 8 or 16 bit.
    Image(DynamicImage),
    /// Four inks, 8 bit, where 255 is full ink.
    Cmyk { width: u32, height: u32, samples: Vec<u8> },
    /// Planes, only where they are wanted.
    #[cfg_attr(not(feature = "jpeg"), allow(dead_code, reason = "only JPEG has them"))]
    Ycc(Ycc),
}

/// How the file says its numbers are meant.
#[derive(Clone)]
pub(crate) enum Profile {
    /// An ICC profile.
    Icc(Vec<u8>),
    /// Primaries and transfer characteristics by their numbers in ITU-T H.273.
    Cicp { primaries: u8, transfer: u8 },
    /// A gamma and chromaticities, as PNG gives them.
    Gamma(crate::gamma::Gamma),
}

/// What the stages after the decoder can make use of.
#[derive(Default)]
#[cfg_attr(not(feature = "jpeg"), allow(dead_code, reason = "JPEG makes most use of it"))]
pub(crate) struct Wanted {
    /// Threads that the decoder may use; all of the current rayon pool without.
    pub(crate) threads: Option<NonZeroU32>,
    /// Pixels of the source that go into one of the result, in the direction where they are fewer.
    /// Where it is well above 1 a decoder may give a smaller picture.
    pub(crate) reduction: f64,
    /// The size that the whole picture, as it is stored, is scaled to. A decoder may do that row by
    /// row, so that the picture never stands in memory whole.
    pub(crate) scaled: Option<TargetSize>,
    /// Whether [`Pixels::Ycc`] is welcome, as coded or scaled.
    pub(crate) planes: bool,
    /// Deadline and cancel flag, for decoders that can stop half-way.
    pub(crate) limits: Limits,
}

/// Decodes the picture (the first frame of an animation) that `header` was read from.
pub(crate) fn decode(input: &[u8], header: &Header<'_>, wanted: &Wanted) -> Result<Decoded, Error> {
    let format = header.info.format;
    // Decoders of all kinds have been seen to panic on damaged files; that must cost one picture,
    // not the caller's thread.
    catch_unwind(AssertUnwindSafe(|| decode_format(input, header, wanted)))
        .unwrap_or_else(|_| Err(corrupt(format, "the decoder gave up on it")))
}

fn decode_format(input: &[u8], header: &Header<'_>, wanted: &Wanted) -> Result<Decoded, Error> {
    match (header.info.format, &header.detail) {
        #[cfg(feature = "jpeg")]
        (_, Detail::Jpeg(detail)) => jpeg::decode(input, &header.info, detail, wanted),
        #[cfg(feature = "avif")]
        (_, Detail::Avif(picture)) => avif::decode(picture, wanted.threads),
        #[cfg(feature = "png")]
        (SourceFormat::Png, _) => raster::decode_png(input, &header.info),
        #[cfg(feature = "webp")]
        (SourceFormat::WebP, _) => raster::decode_webp(input, &header.info),
        #[cfg(feature = "gif")]
        (SourceFormat::Gif, _) => raster::decode_gif(input, &header.info),
        #[cfg(feature = "bmp")]
        (SourceFormat::Bmp, _) => raster::decode_bmp(input, &header.info),
        #[cfg(feature = "tiff")]
        (SourceFormat::Tiff, _) => raster::decode_tiff(input, &header.info),
        (other, Detail::Plain(_)) => {
            Err(Error::FormatDisabled { format: other.feature(), feature: other.feature() })
        }
    }
}
