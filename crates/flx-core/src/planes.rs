//! Luma and chroma apart, as JPEG codes them.

use std::borrow::Cow;

use flx_resize::FilterType;
use image::{DynamicImage, GrayImage, RgbImage};

use crate::geometry::Part;
use crate::resize::{TargetSize, convolved};

/// Three planes; those of chroma are as large as luma, or half its width and height rounded up.
pub(crate) struct Ycc {
    pub(crate) luma: GrayImage,
    pub(crate) blue: GrayImage,
    pub(crate) red: GrayImage,
}

/// Bits behind the point in the factors below.
const POINT: u32 = 16;

impl Ycc {
    /// Whether chroma has fewer samples than luma.
    #[cfg(any(feature = "jpeg-jpegli", all(feature = "avif", not(feature = "avif-aom"))))]
    pub(crate) fn is_halved(&self) -> bool {
        self.blue.dimensions() != self.luma.dimensions()
    }

    /// RGB by the equations of JFIF 1.02.
    pub(crate) fn to_rgb(&self) -> RgbImage {
        let (width, height) = self.luma.dimensions();
        let (blue, red) = (whole(&self.blue, width, height), whole(&self.red, width, height));
        let mut rgb = RgbImage::new(width, height);
        let samples = self.luma.iter().zip(blue.iter()).zip(red.iter());
        let (pixels, _) = rgb.as_chunks_mut::<3>();
        for (pixel, ((luma, blue), red)) in pixels.iter_mut().zip(samples) {
            let luma = (i32::from(*luma) << POINT) + (1 << (POINT - 1));
            let (blue, red) = (i32::from(*blue) - 128, i32::from(*red) - 128);
            let code = |value: i32| (value >> POINT).clamp(0, 255) as u8;
            *pixel = [
                // 1.402, 0.344136, 0.714136 and 1.772 times 65,536.
                code(luma + 91_881 * red),
                code(luma - 22_554 * blue - 46_802 * red),
                code(luma + 116_130 * blue),
            ];
        }
        rgb
    }
}

/// A plane of chroma at full size; between halved samples by the triangle that libjpeg uses too.
fn whole(plane: &GrayImage, width: u32, height: u32) -> Cow<'_, GrayImage> {
    if plane.dimensions() == (width, height) {
        return Cow::Borrowed(plane);
    }
    let part = shown_part(plane, width, height);
    let image = DynamicImage::ImageLuma8(plane.clone());
    let target = TargetSize { width, height };
    Cow::Owned(convolved(&image, part, target, FilterType::Bilinear).into_luma8())
}

/// The part of a plane that lies in a picture of this size: the last halved sample of an odd side
/// is half outside.
fn shown_part(plane: &GrayImage, width: u32, height: u32) -> Part {
    let halved = |full: u32, chroma: u32| {
        if chroma < full { f64::from(full) / 2.0 } else { f64::from(full) }
    };
    let (columns, rows) = plane.dimensions();
    Part { left: 0.0, top: 0.0, width: halved(width, columns), height: halved(height, rows) }
}
