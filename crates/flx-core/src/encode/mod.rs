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
    match options.format() {
        #[cfg(feature = "webp")]
        Format::WebP => webp::encode(image, options),
        #[cfg(feature = "avif")]
        Format::Avif => avif::encode(image, options),
        #[cfg(feature = "jpeg")]
        Format::Jpeg => jpeg::encode(image, options),
        #[cfg(feature = "png")]
        Format::Png => png::encode(image),
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
