//! Formats whose decoders come with the `image` crate.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageError, Limits as DecoderLimits};

use super::{Decoded, Pixels, Profile};
use crate::probe::{MAX_PROFILE_BYTES, corrupt};
use crate::{Error, ImageInfo, SourceFormat};

/// Bytes beyond the picture itself that a decoder may hold: tables, one more frame, a profile.
pub(super) const SLACK: u64 = 64 * 1024 * 1024;

#[cfg(feature = "png")]
pub(super) fn decode_png(input: &[u8], info: &ImageInfo) -> Result<Decoded, Error> {
    use image::codecs::png::PngDecoder;

    let picture = without_text(input);
    let decoder = PngDecoder::with_limits(Cursor::new(picture), limits(info));
    let mut decoded = read(decoder, info)?;
    decoded.profile = png_profile(input);
    Ok(decoded)
}

/// How a PNG says its numbers are meant, animated or not (section 4.3): by the chunk that goes
/// before all others, by a profile, or by gamma and chromaticities.
#[cfg(feature = "png")]
pub(super) fn png_profile(input: &[u8]) -> Option<Profile> {
    let named = crate::probe::png::cicp(input);
    named
        .map(|(primaries, transfer)| Profile::Cicp { primaries, transfer })
        .or_else(|| crate::probe::png::icc(input).map(Profile::Icc))
        .or_else(|| crate::probe::png::gamma(input).map(Profile::Gamma))
}

/// PNG's text chunks and its profile are inflated by the decoder even when nobody asks for them, to
/// any size, so they are taken out beforehand, together with the frames of an animation.
#[cfg(feature = "png")]
fn without_text(input: &[u8]) -> Vec<u8> {
    let mut kept = input.get(..8).unwrap_or_default().to_vec();
    kept.reserve(input.len());
    let mut read = kept.len();
    for chunk in crate::probe::png::chunks(input) {
        read += chunk.raw.len();
        let skip = matches!(
            &chunk.name,
            b"tEXt" | b"zTXt" | b"iTXt" | b"iCCP" | b"eXIf" | b"acTL" | b"fcTL" | b"fdAT" | b"tIME"
        );
        if !skip {
            kept.extend_from_slice(chunk.raw);
        }
    }
    // What is cut short is for the decoder to judge.
    kept.extend_from_slice(input.get(read..).unwrap_or_default());
    kept
}

#[cfg(feature = "webp")]
pub(super) fn decode_webp(input: &[u8], info: &ImageInfo) -> Result<Decoded, Error> {
    read(image::codecs::webp::WebPDecoder::new(Cursor::new(input)), info)
}

#[cfg(feature = "gif")]
pub(super) fn decode_gif(input: &[u8], info: &ImageInfo) -> Result<Decoded, Error> {
    read(image::codecs::gif::GifDecoder::new(Cursor::new(input)), info)
}

#[cfg(feature = "bmp")]
pub(super) fn decode_bmp(input: &[u8], info: &ImageInfo) -> Result<Decoded, Error> {
    read(image::codecs::bmp::BmpDecoder::new(Cursor::new(input)), info)
}

#[cfg(feature = "tiff")]
pub(super) fn decode_tiff(input: &[u8], info: &ImageInfo) -> Result<Decoded, Error> {
    let mut decoded = read(image::codecs::tiff::TiffDecoder::new(Cursor::new(input)), info)?;
    if let Pixels::Image(image) = &mut decoded.pixels
        && crate::probe::tiff::is_premultiplied(input)
    {
        super::premultiplied::unpremultiply(image);
    }
    Ok(decoded)
}

fn limits(info: &ImageInfo) -> DecoderLimits {
    let mut limits = DecoderLimits::default();
    limits.max_image_width = Some(info.coded_width());
    limits.max_image_height = Some(info.coded_height());
    let pixels = u64::from(info.coded_width()) * u64::from(info.coded_height());
    // At most four samples of four bytes each.
    limits.max_alloc = Some(pixels * 16 + SLACK);
    limits
}

fn read<D: ImageDecoder>(
    decoder: Result<D, ImageError>,
    info: &ImageInfo,
) -> Result<Decoded, Error> {
    let (decoder, profile) = opened(decoder, info)?;
    let image =
        DynamicImage::from_decoder(decoder).map_err(|error| explain(info.format(), &error))?;
    Ok(Decoded { pixels: Pixels::Image(to_integers(image)), profile })
}

/// The decoder with its limits set, and the profile.
pub(super) fn opened<D: ImageDecoder>(
    decoder: Result<D, ImageError>,
    info: &ImageInfo,
) -> Result<(D, Option<Profile>), Error> {
    let explain = |error: ImageError| explain(info.format(), &error);
    let mut decoder = decoder.map_err(explain)?;
    let (width, height) = decoder.dimensions();
    // The limits were checked against the header as this crate reads it; a decoder that reads it
    // otherwise must not get past them.
    if (width, height) != (info.coded_width(), info.coded_height()) {
        return Err(corrupt(
            info.format(),
            format!(
                "the decoder finds {width}×{height} px, the header {}×{} px",
                info.coded_width(),
                info.coded_height()
            ),
        ));
    }
    decoder.set_limits(limits(info)).map_err(explain)?;
    let profile = decoder
        .icc_profile()
        .map_err(explain)?
        .filter(|profile| !profile.is_empty() && profile.len() <= MAX_PROFILE_BYTES)
        .map(Profile::Icc);
    Ok((decoder, profile))
}

/// Floating-point samples are cut to 16 bits: no output format here holds more.
fn to_integers(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageRgb32F(_) => DynamicImage::ImageRgb16(image.into_rgb16()),
        DynamicImage::ImageRgba32F(_) => DynamicImage::ImageRgba16(image.into_rgba16()),
        other => other,
    }
}

pub(super) fn explain(format: SourceFormat, error: &ImageError) -> Error {
    match error {
        ImageError::Unsupported(variant) => {
            Error::UnsupportedVariant { format, variant: variant.to_string() }
        }
        other => corrupt(format, other.to_string()),
    }
}
