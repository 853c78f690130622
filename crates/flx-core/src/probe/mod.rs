//! Reading a picture's facts from its header, before any decoder runs.
//!
//! Every parser here is bounded by the input's length and allocates next to nothing, so that a
//! file that claims to be huge costs no more than one that is small.

#[cfg(feature = "avif")]
mod avif;
#[cfg(feature = "bmp")]
mod bmp;
pub(crate) mod bytes;
#[cfg(feature = "gif")]
pub(crate) mod gif;
#[cfg(feature = "jpeg")]
pub(crate) mod jpeg;
#[cfg(feature = "png")]
pub(crate) mod png;
mod sniff;
#[cfg(feature = "tiff")]
pub(crate) mod tiff;
#[cfg(feature = "webp")]
pub(crate) mod webp;

use image::metadata::Orientation;

use crate::{Error, ImageInfo, SourceFormat};

/// Reads the facts of a picture from its header. No pixel is decoded.
///
/// # Errors
/// [`Error::Unsupported`] when the first bytes are of no supported format,
/// [`Error::UnsupportedVariant`], [`Error::TooComplex`] or [`Error::Corrupt`] when the header
/// itself is out of bounds or damaged, [`Error::FormatDisabled`] when the format is not in this
/// build.
pub fn probe(input: &[u8]) -> Result<ImageInfo, Error> {
    header(input).map(|header| header.info)
}

/// A header's public facts with what only the decoder of the format needs.
#[derive(Debug)]
pub(crate) struct Header<'a> {
    pub(crate) info: ImageInfo,
    pub(crate) detail: Detail<'a>,
}

/// What a header tells beyond the public facts.
#[derive(Debug)]
pub(crate) enum Detail<'a> {
    #[cfg(feature = "jpeg")]
    Jpeg(jpeg::JpegDetail<'a>),
    #[cfg(feature = "avif")]
    Avif(Box<crate::isobmff::Picture<'a>>),
    Plain(std::marker::PhantomData<&'a ()>),
}

pub(crate) fn header(input: &[u8]) -> Result<Header<'_>, Error> {
    let format = sniff::sniff(input)?;
    let header: Header<'_> = match format {
        #[cfg(feature = "jpeg")]
        SourceFormat::Jpeg => jpeg::header(input),
        #[cfg(feature = "png")]
        SourceFormat::Png => png::header(input),
        #[cfg(feature = "webp")]
        SourceFormat::WebP => webp::header(input),
        #[cfg(feature = "gif")]
        SourceFormat::Gif => gif::header(input),
        #[cfg(feature = "avif")]
        SourceFormat::Avif => avif::header(input),
        #[cfg(feature = "bmp")]
        SourceFormat::Bmp => bmp::header(input),
        #[cfg(feature = "tiff")]
        SourceFormat::Tiff => tiff::header(input),
        #[allow(unreachable_patterns, reason = "reached only in builds without some format")]
        other => Err(Error::FormatDisabled { format: other.feature(), feature: other.feature() }),
    }?;
    if header.info.coded_width == 0 || header.info.coded_height == 0 {
        return Err(corrupt(format, "a side of the picture is 0 px"));
    }
    Ok(header)
}

/// A colour profile of more than this is not one of a camera or a press, but an attack: it is not
/// read.
pub(crate) const MAX_PROFILE_BYTES: usize = 4 * 1024 * 1024;

pub(crate) fn corrupt(format: SourceFormat, reason: impl Into<String>) -> Error {
    Error::Corrupt { format, reason: reason.into() }
}

/// The facts of a still, upright, opaque 8-bit picture; parsers change what differs.
fn plain_info(format: SourceFormat, input: &[u8], width: u32, height: u32) -> ImageInfo {
    ImageInfo {
        format,
        coded_width: width,
        coded_height: height,
        crop: None,
        orientation: Orientation::NoTransforms,
        bit_depth: 8,
        has_alpha: false,
        progressive: false,
        cmyk: false,
        frames: 1,
        bytes: input.len() as u64,
    }
}

fn plain(info: ImageInfo) -> Header<'static> {
    Header { info, detail: Detail::Plain(std::marker::PhantomData) }
}
