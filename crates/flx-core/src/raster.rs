//! Pixels between the stages.

use std::borrow::Cow;

use image::{DynamicImage, GrayImage, Rgb, RgbImage};

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
}

impl Raster {
    /// The picture as grey or RGB; copied only where it is not already.
    pub(crate) fn image(&self) -> Cow<'_, DynamicImage> {
        match self {
            Self::Image(image) => Cow::Borrowed(image),
            Self::Ycc(planes) => Cow::Owned(DynamicImage::ImageRgb8(planes.to_rgb())),
        }
    }

    /// A copy of a part, which must lie inside.
    pub(crate) fn piece(&self, left: u32, top: u32, width: u32, height: u32) -> Self {
        match self {
            Self::Image(image) => Self::Image(image.crop_imm(left, top, width, height)),
            Self::Ycc(planes) => {
                let image = DynamicImage::ImageRgb8(planes.to_rgb());
                Self::Image(image.crop_imm(left, top, width, height))
            }
        }
    }

    /// The same by value.
    pub(crate) fn into_image(self) -> DynamicImage {
        match self {
            Self::Image(image) => image,
            Self::Ycc(planes) => DynamicImage::ImageRgb8(planes.to_rgb()),
        }
    }
}

impl Ycc {
    /// RGB by the equations of JFIF 1.02; halved chroma is taken from the nearest sample.
    fn to_rgb(&self) -> RgbImage {
        let (width, height) = self.luma.dimensions();
        let halved = |full: u32, chroma: u32| u32::from(chroma < full);
        let (across, down) = (halved(width, self.blue.width()), halved(height, self.blue.height()));
        let chroma = |plane: &GrayImage, x: u32, y: u32| {
            let code = plane.get_pixel_checked(x >> across, y >> down).map_or(128, |p| p.0[0]);
            f32::from(code) - 128.0
        };
        RgbImage::from_fn(width, height, |x, y| {
            let luma = self.luma.get_pixel_checked(x, y).map_or(0.0, |p| f32::from(p.0[0]));
            let (blue, red) = (chroma(&self.blue, x, y), chroma(&self.red, x, y));
            let code = |value: f32| value.round() as u8;
            Rgb([
                code(luma + 1.402 * red),
                code(luma - 0.344_136 * blue - 0.714_136 * red),
                code(luma + 1.772 * blue),
            ])
        })
    }
}
