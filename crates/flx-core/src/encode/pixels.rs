//! Pixels in the shapes that encoders take.

use std::borrow::Cow;

use image::{DynamicImage, Rgb, RgbImage, RgbaImage};

use crate::options::Background;
use crate::raster::Raster;

/// The picture as 8-bit RGB or RGBA; RGBA only when some pixel is not opaque.
pub(super) enum Pixels<'a> {
    Rgb(Cow<'a, RgbImage>),
    Rgba(Cow<'a, RgbaImage>),
}

impl<'a> Pixels<'a> {
    pub(super) fn of(raster: &'a Raster) -> Self {
        match raster {
            Raster::Image(DynamicImage::ImageRgb8(pixels)) => Self::Rgb(Cow::Borrowed(pixels)),
            Raster::Image(DynamicImage::ImageRgba8(pixels)) => {
                if is_opaque(pixels) {
                    Self::Rgb(Cow::Owned(raster.image().to_rgb8()))
                } else {
                    Self::Rgba(Cow::Borrowed(pixels))
                }
            }
            other => {
                let image = other.image();
                if !image.color().has_alpha() {
                    return Self::Rgb(Cow::Owned(image.to_rgb8()));
                }
                let rgba = image.to_rgba8();
                if is_opaque(&rgba) {
                    Self::Rgb(Cow::Owned(DynamicImage::ImageRgba8(rgba).into_rgb8()))
                } else {
                    Self::Rgba(Cow::Owned(rgba))
                }
            }
        }
    }
}

fn is_opaque(pixels: &RgbaImage) -> bool {
    pixels.pixels().all(|pixel| pixel.0[3] == u8::MAX)
}

/// Lays a picture on the background where it has alpha.
pub(crate) fn flatten(image: &DynamicImage, background: Background) -> Cow<'_, DynamicImage> {
    if !image.color().has_alpha() {
        return Cow::Borrowed(image);
    }
    let under = [background.red, background.green, background.blue];
    let rgba = image.to_rgba8();
    let mut rgb = RgbImage::new(rgba.width(), rgba.height());
    for (target, source) in rgb.pixels_mut().zip(rgba.pixels()) {
        let [colours @ .., alpha] = source.0;
        let alpha = u16::from(alpha);
        let mut mixed = under;
        for (below, above) in mixed.iter_mut().zip(colours) {
            let sum = u16::from(above) * alpha + u16::from(*below) * (255 - alpha);
            *below = ((sum + 127) / 255) as u8;
        }
        *target = Rgb(mixed);
    }
    Cow::Owned(DynamicImage::ImageRgb8(rgb))
}
