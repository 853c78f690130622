//! Pixels between the stages.

use std::borrow::Cow;

use image::DynamicImage;

use crate::planes::Ycc;

/// A picture on its way from decoder to encoder.
pub(crate) enum Raster {
    /// Grey or RGB, with or without alpha, 8 or 16 bit.
    Image(DynamicImage),
    /// Luma and chroma as JPEG codes them: 8 bit, full range, BT.601 (JFIF 1.02). Opaque sRGB.
    Ycc(Ycc),
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
