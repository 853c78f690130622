//! A picture on a larger canvas.

use image::{DynamicImage, GenericImage, ImageBuffer, Luma, LumaA, Pixel, Rgb, Rgba};

use crate::geometry::Geometry;
use crate::options::Background;

/// Fills the canvas with the background and sets the picture on it. The picture keeps its own
/// transparency; what is around it is opaque. A grey picture gets colours when the background has.
pub(crate) fn set(
    picture: DynamicImage,
    geometry: &Geometry,
    background: Background,
) -> DynamicImage {
    let Background { red, green, blue } = background;
    let grey = red == green && green == blue;
    let [r, g, b] = [red, green, blue].map(|code| u16::from(code) * 257);
    match picture {
        DynamicImage::ImageLuma8(pixels) if grey => framed(&pixels, geometry, Luma([red])).into(),
        DynamicImage::ImageLumaA8(pixels) if grey => {
            framed(&pixels, geometry, LumaA([red, u8::MAX])).into()
        }
        DynamicImage::ImageLuma16(pixels) if grey => framed(&pixels, geometry, Luma([r])).into(),
        DynamicImage::ImageLumaA16(pixels) if grey => {
            framed(&pixels, geometry, LumaA([r, u16::MAX])).into()
        }
        DynamicImage::ImageLuma8(_) | DynamicImage::ImageRgb8(_) => {
            framed(&picture.into_rgb8(), geometry, Rgb([red, green, blue])).into()
        }
        DynamicImage::ImageLumaA8(_) | DynamicImage::ImageRgba8(_) => {
            framed(&picture.into_rgba8(), geometry, Rgba([red, green, blue, u8::MAX])).into()
        }
        DynamicImage::ImageLuma16(_) | DynamicImage::ImageRgb16(_) => {
            framed(&picture.into_rgb16(), geometry, Rgb([r, g, b])).into()
        }
        other => framed(&other.into_rgba16(), geometry, Rgba([r, g, b, u16::MAX])).into(),
    }
}

fn framed<P: Pixel>(
    picture: &ImageBuffer<P, Vec<P::Subpixel>>,
    geometry: &Geometry,
    background: P,
) -> ImageBuffer<P, Vec<P::Subpixel>> {
    let (width, height) = (geometry.canvas.width, geometry.canvas.height);
    let mut canvas = ImageBuffer::from_pixel(width, height, background);
    let (left, top) = geometry.offset;
    // The geometry keeps the scaled picture inside the canvas, so nothing is refused here.
    let _ = canvas.copy_from(picture, left, top);
    canvas
}
