//! Scaling of pictures by filters, by fast_image_resize, for the pixels that flx-core has.
//!
//! `Resizer::resize` compiles the loops of its filters where it is called: for thirteen types of
//! pixel, three kinds of processor and each type of picture anew, which would be four fifths of
//! flx-core's code. Here they are compiled once, for the eight types of pixel that there are, and
//! no change to flx-core compiles them again.
//!
//! ```
//! use flx_resize::{ResizeAlg, ResizeOptions, Resizer, FilterType, resize_picture};
//! use image::DynamicImage;
//!
//! let from = DynamicImage::new_rgb8(300, 200);
//! let mut to = DynamicImage::new_rgb8(150, 100);
//! let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
//! resize_picture(&mut Resizer::new(), &from, &mut to, &options)?;
//! # Ok::<(), flx_resize::ResizeError>(())
//! ```

pub use fast_image_resize::images::{Image, ImageRef};
pub use fast_image_resize::{
    FilterType, PixelType, ResizeAlg, ResizeError, ResizeOptions, Resizer,
};

use fast_image_resize::pixels::{U8, U8x2, U8x3, U8x4, U16, U16x2, U16x3, U16x4};
use fast_image_resize::{IntoImageView, IntoImageViewMut, PixelTrait};
use image::DynamicImage;

/// Scales the part of `from` that the options name to the whole of `to`.
///
/// # Errors
/// The two have not the same pixels, samples are in floating point, or the part does not lie inside.
pub fn resize_picture(
    resizer: &mut Resizer,
    from: &DynamicImage,
    to: &mut DynamicImage,
    options: &ResizeOptions,
) -> Result<(), ResizeError> {
    resize(resizer, from, to, options)
}

/// The same of samples that are no picture of the image crate.
///
/// # Errors
/// As [`resize_picture`].
pub fn resize_samples(
    resizer: &mut Resizer,
    from: &ImageRef<'_>,
    to: &mut Image<'_>,
    options: &ResizeOptions,
) -> Result<(), ResizeError> {
    resize(resizer, from, to, options)
}

fn resize(
    resizer: &mut Resizer,
    from: &impl IntoImageView,
    to: &mut impl IntoImageViewMut,
    options: &ResizeOptions,
) -> Result<(), ResizeError> {
    match from.pixel_type() {
        Some(PixelType::U8) => typed::<U8>(resizer, from, to, options),
        Some(PixelType::U8x2) => typed::<U8x2>(resizer, from, to, options),
        Some(PixelType::U8x3) => typed::<U8x3>(resizer, from, to, options),
        Some(PixelType::U8x4) => typed::<U8x4>(resizer, from, to, options),
        Some(PixelType::U16) => typed::<U16>(resizer, from, to, options),
        Some(PixelType::U16x2) => typed::<U16x2>(resizer, from, to, options),
        Some(PixelType::U16x3) => typed::<U16x3>(resizer, from, to, options),
        Some(PixelType::U16x4) => typed::<U16x4>(resizer, from, to, options),
        _ => Err(ResizeError::ImageError(fast_image_resize::ImageError::UnsupportedPixelType)),
    }
}

/// Both views are of the same type for every picture, so that the loops are there once.
fn typed<P: PixelTrait>(
    resizer: &mut Resizer,
    from: &impl IntoImageView,
    to: &mut impl IntoImageViewMut,
    options: &ResizeOptions,
) -> Result<(), ResizeError> {
    match (from.image_view::<P>(), to.image_view_mut::<P>()) {
        (Some(from), Some(mut to)) => resizer.resize_typed(&from, &mut to, options),
        _ => Err(ResizeError::PixelTypesAreDifferent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::ColorType;

    /// Eight columns, of which the left four are full.
    fn half(colour: ColorType) -> DynamicImage {
        let picture = image::RgbaImage::from_fn(8, 8, |x, _| {
            if x < 4 { image::Rgba([255; 4]) } else { image::Rgba([0, 0, 0, 255]) }
        });
        let picture = DynamicImage::ImageRgba8(picture);
        match colour {
            ColorType::L8 => picture.into_luma8().into(),
            ColorType::La8 => picture.into_luma_alpha8().into(),
            ColorType::Rgb8 => picture.into_rgb8().into(),
            ColorType::L16 => picture.into_luma16().into(),
            ColorType::La16 => picture.into_luma_alpha16().into(),
            ColorType::Rgb16 => picture.into_rgb16().into(),
            ColorType::Rgba16 => picture.into_rgba16().into(),
            ColorType::Rgb32F => picture.into_rgb32f().into(),
            _ => picture,
        }
    }

    /// By a filter that does not look beyond the part.
    fn left_half() -> ResizeOptions {
        ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Box))
            .crop(0.0, 0.0, 4.0, 8.0)
    }

    #[test]
    fn a_part_of_a_picture_of_every_kind_is_scaled() {
        use ColorType::{L8, L16, La8, La16, Rgb8, Rgb16, Rgba8, Rgba16};
        for colour in [L8, La8, Rgb8, Rgba8, L16, La16, Rgb16, Rgba16] {
            let mut to = DynamicImage::new(3, 5, colour);
            resize_picture(&mut Resizer::new(), &half(colour), &mut to, &left_half()).unwrap();
            assert!(to.to_rgba8().pixels().all(|pixel| pixel.0 == [255; 4]), "{colour:?}");
        }
    }

    #[test]
    fn what_cannot_be_scaled_is_refused() {
        let mut to = DynamicImage::new_rgb8(3, 5);
        let grey = half(ColorType::L8);
        assert!(resize_picture(&mut Resizer::new(), &grey, &mut to, &left_half()).is_err());
        let outside = left_half().crop(6.0, 0.0, 4.0, 8.0);
        let rgb = half(ColorType::Rgb8);
        assert!(resize_picture(&mut Resizer::new(), &rgb, &mut to, &outside).is_err());
        let floating = half(ColorType::Rgb32F);
        let mut to = DynamicImage::new_rgb32f(3, 5);
        assert!(resize_picture(&mut Resizer::new(), &floating, &mut to, &left_half()).is_err());
    }

    #[test]
    fn samples_are_scaled_as_a_picture_of_them_is() {
        let picture = half(ColorType::Rgb8);
        let mut whole = DynamicImage::new_rgb8(3, 5);
        resize_picture(&mut Resizer::new(), &picture, &mut whole, &left_half()).unwrap();
        let from = ImageRef::new(8, 8, picture.as_bytes(), PixelType::U8x3).unwrap();
        let mut to = Image::new(3, 5, PixelType::U8x3);
        resize_samples(&mut Resizer::new(), &from, &mut to, &left_half()).unwrap();
        assert_eq!(to.buffer(), whole.as_bytes());
    }
}
