//! What the command that fits the quality scale needs, and nobody else.

use image::{DynamicImage, RgbImage};

use crate::{Error, Options, colour, decode, encode, probe};

/// Encodes 8-bit RGB pixels with the engine's own setting in place of the quality.
///
/// # Errors
/// [`Error::Encode`] when the engine refuses, or `rgb` is not `width` × `height` × 3 bytes.
pub fn encode_at(
    rgb: &[u8],
    width: u32,
    height: u32,
    options: &Options,
    setting: f32,
) -> Result<Vec<u8>, Error> {
    let image = RgbImage::from_raw(width, height, rgb.to_vec()).ok_or_else(|| Error::Encode {
        format: options.format(),
        reason: format!("{} bytes are not {width}×{height} px", rgb.len()),
    })?;
    encode::encode_at(DynamicImage::ImageRgb8(image), options, setting)
}

/// Decodes a file to 8-bit RGB pixels in sRGB, neither scaled nor turned.
///
/// # Errors
/// As [`compress`](crate::compress()).
pub fn decode_rgb8(file: &[u8]) -> Result<Vec<u8>, Error> {
    let header = probe::header(file)?;
    let (image, _) = colour::to_srgb(decode::decode(file, &header, None)?);
    Ok(image.into_rgb8().into_raw())
}
