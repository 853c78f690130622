//! What the command that fits the quality scale needs, and nobody else.

use image::{DynamicImage, RgbImage};

use crate::decode::Wanted;
use crate::encode::{Coding, How};
use crate::raster::Raster;
use crate::{Effort, Error, Format, Limits, Options, colour, decode, encode, probe, quality};

/// The quality scale: the mean score that pictures shall have at each quality.
pub const SCALE: [(u8, f32); 10] = quality::SCALE.0;

/// Encodes 8-bit RGB pixels at a quality, or at an engine's own setting; then the quality decides
/// only what else depends on the scale, such as chroma subsampling.
///
/// # Errors
/// [`Error::Encode`] when the engine refuses, or `rgb` is not `width` × `height` × 3 bytes.
pub fn encode_at(
    rgb: &[u8],
    (width, height): (u32, u32),
    format: Format,
    effort: Effort,
    quality: f32,
    setting: Option<f32>,
) -> Result<Vec<u8>, Error> {
    let image = RgbImage::from_raw(width, height, rgb.to_vec()).ok_or_else(|| Error::Encode {
        format,
        reason: format!("{} bytes are not {width}×{height} px", rgb.len()),
    })?;
    let raster = Raster::Image(DynamicImage::ImageRgb8(image));
    let limits = Limits::default();
    let how = How::of(&Options::default().with_effort(effort), &limits);
    let coding = match setting {
        Some(setting) => Coding::Setting { setting, quality },
        None => Coding::Lossy(quality),
    };
    encode::encode(&raster, format, coding, &how).map(|written| written.bytes)
}

/// Decodes a file to 8-bit RGB pixels in sRGB, neither scaled nor turned.
///
/// # Errors
/// As [`compress`](crate::compress()).
pub fn decode_rgb8(file: &[u8]) -> Result<Vec<u8>, Error> {
    let header = probe::header(file)?;
    let (image, _) = colour::to_srgb(decode::decode(file, &header, &Wanted::default())?);
    Ok(image.into_image().into_rgb8().into_raw())
}
