//! From pixels to a file. This is the place that decides which engine writes a format.

#[cfg(feature = "avif")]
mod avif;
#[cfg(feature = "jpeg")]
mod jpeg;
#[cfg(feature = "png")]
mod png;
#[cfg(feature = "webp")]
mod webp;

use image::DynamicImage;

use crate::{Error, Format, Options};

/// Writes a picture in the format and at the quality of the options.
pub(crate) fn encode(image: DynamicImage, options: &Options) -> Result<Vec<u8>, Error> {
    encode_at(image, options, setting(options))
}

/// The engine's own setting for the quality of the options.
fn setting(options: &Options) -> f32 {
    match options.format() {
        #[cfg(feature = "jpeg")]
        Format::Jpeg => jpeg::setting(options.quality()),
        #[cfg(feature = "avif")]
        Format::Avif => avif::setting(options.quality()),
        // The scale is libwebp's own, to which the others are fitted. PNG has none.
        _ => f32::from(options.quality().get()),
    }
}

/// Writes a picture with an engine's own setting in place of the quality.
pub(crate) fn encode_at(
    image: DynamicImage,
    options: &Options,
    setting: f32,
) -> Result<Vec<u8>, Error> {
    match options.format() {
        #[cfg(feature = "webp")]
        Format::WebP => webp::encode(image, options, setting),
        #[cfg(feature = "avif")]
        Format::Avif => avif::encode(image, options, setting),
        #[cfg(feature = "jpeg")]
        Format::Jpeg => jpeg::encode(image, options, setting),
        #[cfg(feature = "png")]
        Format::Png => png::encode(image, options.threads()),
        #[allow(unreachable_patterns, reason = "reached only in builds without some format")]
        _ => options.check().and(Ok(Vec::new())),
    }
}

/// The picture as 8-bit RGB or RGBA; RGBA only when some pixel is not opaque.
#[cfg(any(feature = "webp", feature = "avif"))]
enum Pixels {
    Rgb(image::RgbImage),
    Rgba(image::RgbaImage),
}

#[cfg(any(feature = "webp", feature = "avif"))]
impl Pixels {
    fn of(image: DynamicImage) -> Self {
        if !image.color().has_alpha() {
            return Self::Rgb(image.into_rgb8());
        }
        let rgba = image.into_rgba8();
        if rgba.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
            Self::Rgb(DynamicImage::ImageRgba8(rgba).into_rgb8())
        } else {
            Self::Rgba(rgba)
        }
    }
}

fn failed(format: Format, reason: impl ToString) -> Error {
    Error::Encode { format, reason: reason.to_string() }
}
