//! Colours that are stored multiplied with alpha.

use image::DynamicImage;

/// Divides colours by alpha; those of invisible pixels stay as they are.
pub(super) fn unpremultiply(image: &mut DynamicImage) {
    match image {
        DynamicImage::ImageRgba8(pixels) => {
            for [colours @ .., alpha] in pixels.pixels_mut().map(|pixel| &mut pixel.0) {
                let alpha = u32::from(*alpha);
                if alpha > 0 {
                    colours.iter_mut().for_each(|colour| {
                        *colour = ((u32::from(*colour) * 255 + alpha / 2) / alpha).min(255) as u8;
                    });
                }
            }
        }
        DynamicImage::ImageRgba16(pixels) => {
            for [colours @ .., alpha] in pixels.pixels_mut().map(|pixel| &mut pixel.0) {
                let alpha = u64::from(*alpha);
                if alpha > 0 {
                    colours.iter_mut().for_each(|colour| {
                        let divided = (u64::from(*colour) * 65_535 + alpha / 2) / alpha;
                        *colour = divided.min(65_535) as u16;
                    });
                }
            }
        }
        DynamicImage::ImageLumaA8(pixels) => {
            for [grey, alpha] in pixels.pixels_mut().map(|pixel| &mut pixel.0) {
                let alpha = u32::from(*alpha).max(1);
                *grey = ((u32::from(*grey) * 255 + alpha / 2) / alpha).min(255) as u8;
            }
        }
        DynamicImage::ImageLumaA16(pixels) => {
            for [grey, alpha] in pixels.pixels_mut().map(|pixel| &mut pixel.0) {
                let alpha = u64::from(*alpha).max(1);
                *grey = ((u64::from(*grey) * 65_535 + alpha / 2) / alpha).min(65_535) as u16;
            }
        }
        _ => {}
    }
}
