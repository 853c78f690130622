//! Pixels between the stages.

use std::borrow::Cow;

use fast_image_resize::FilterType;
use image::{DynamicImage, GrayImage, RgbImage};

use crate::geometry::Part;
use crate::resize::{TargetSize, convolved};

/// A picture on its way from decoder to encoder.
pub(crate) enum Raster {
    /// Grey or RGB, with or without alpha, 8 or 16 bit.
    Image(DynamicImage),
    /// Luma and chroma as JPEG codes them: 8 bit, full range, BT.601 (JFIF 1.02). Opaque sRGB.
    Ycc(Ycc),
}

/// Three planes; those of chroma are as large as luma, or half its width and height rounded up.
pub(crate) struct Ycc {
    pub(crate) luma: GrayImage,
    pub(crate) blue: GrayImage,
    pub(crate) red: GrayImage,
}

impl Raster {
    pub(crate) fn width(&self) -> u32 {
        match self {
            Self::Image(image) => image.width(),
            Self::Ycc(planes) => planes.luma.width(),
        }
    }

    pub(crate) fn height(&self) -> u32 {
        match self {
            Self::Image(image) => image.height(),
            Self::Ycc(planes) => planes.luma.height(),
        }
    }

    /// The picture as grey or RGB; copied only where it is not already.
    pub(crate) fn image(&self) -> Cow<'_, DynamicImage> {
        match self {
            Self::Image(image) => Cow::Borrowed(image),
            Self::Ycc(planes) => Cow::Owned(DynamicImage::ImageRgb8(planes.to_rgb())),
        }
    }

    /// The same by value.
    pub(crate) fn into_image(self) -> DynamicImage {
        match self {
            Self::Image(image) => image,
            Self::Ycc(planes) => DynamicImage::ImageRgb8(planes.to_rgb()),
        }
    }

    /// Does the same to the picture, or to each of its planes.
    pub(crate) fn map(self, change: impl Fn(DynamicImage) -> DynamicImage) -> Self {
        match self {
            Self::Image(image) => Self::Image(change(image)),
            Self::Ycc(Ycc { luma, blue, red }) => {
                let plane = |plane| change(DynamicImage::ImageLuma8(plane)).into_luma8();
                Self::Ycc(Ycc { luma: plane(luma), blue: plane(blue), red: plane(red) })
            }
        }
    }
}

/// Bits behind the point in the factors below.
const POINT: u32 = 16;

impl Ycc {
    /// RGB by the equations of JFIF 1.02.
    fn to_rgb(&self) -> RgbImage {
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
    let halved = |full: u32, chroma: u32| {
        if chroma < full { f64::from(full) / 2.0 } else { f64::from(full) }
    };
    let part = Part {
        left: 0.0,
        top: 0.0,
        width: halved(width, plane.width()),
        height: halved(height, plane.height()),
    };
    let image = DynamicImage::ImageLuma8(plane.clone());
    let target = TargetSize { width, height };
    Cow::Owned(convolved(&image, part, target, FilterType::Bilinear).into_luma8())
}
