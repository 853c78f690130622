//! Cutting and scaling.

use std::num::NonZeroU32;

use flx_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer, resize_picture};
use image::DynamicImage;

use crate::canvas;
use crate::geometry::{Geometry, Part};
use crate::options::Background;

/// Width and height in pixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TargetSize {
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl TargetSize {
    /// The largest size in proportion, neither wider nor higher than asked, nor enlarged.
    ///
    /// The side that binds is met exactly; the other is rounded to the nearest pixel, at least 1.
    pub(crate) fn fit(self, max_width: Option<NonZeroU32>, max_height: Option<NonZeroU32>) -> Self {
        let max_width = max_width.map_or(self.width, |max| max.get().min(self.width));
        let max_height = max_height.map_or(self.height, |max| max.get().min(self.height));
        self.scaled_to(max_width, max_height)
    }

    /// The same, enlarged if need be. A side that is not given does not bind.
    pub(crate) fn fill(
        self,
        max_width: Option<NonZeroU32>,
        max_height: Option<NonZeroU32>,
    ) -> Self {
        if max_width.is_none() && max_height.is_none() {
            return self;
        }
        let side = |max: Option<NonZeroU32>| max.map_or(u32::MAX, NonZeroU32::get);
        self.scaled_to(side(max_width), side(max_height))
    }

    fn scaled_to(self, max_width: u32, max_height: u32) -> Self {
        let Self { width, height } = self;
        // Which side binds is decided by cross-multiplication: fractions would round.
        let by_width = u64::from(max_width) * u64::from(height);
        let by_height = u64::from(max_height) * u64::from(width);
        if by_width <= by_height {
            let other = rounded_quotient(by_width, width).clamp(1, max_height.max(1));
            Self { width: max_width, height: other }
        } else {
            let other = rounded_quotient(by_height, height).clamp(1, max_width.max(1));
            Self { width: other, height: max_height }
        }
    }

    /// In proportion, shrunk until neither side is longer than the other's.
    pub(crate) fn within(self, other: Self) -> Self {
        self.fit(NonZeroU32::new(other.width), NonZeroU32::new(other.height))
    }

    /// In proportion, shrunk until it has no more pixels than that.
    pub(crate) fn of_at_most(self, pixels: u64) -> Self {
        let side = |one: u32, other: u32| {
            let square = pixels.saturating_mul(one.into()) / u64::from(other.max(1));
            u32::try_from(square.isqrt()).unwrap_or(u32::MAX).max(1)
        };
        let Self { width, height } = self;
        self.within(Self { width: side(width, height), height: side(height, width) })
    }

    /// Each side by itself, no longer than the other's.
    pub(crate) fn at_most(self, other: Self) -> Self {
        Self { width: self.width.min(other.width), height: self.height.min(other.height) }
    }

    pub(crate) fn transposed(self) -> Self {
        Self { width: self.height, height: self.width }
    }
}

fn rounded_quotient(dividend: u64, divisor: u32) -> u32 {
    let divisor = u64::from(divisor.max(1));
    u32::try_from((dividend + divisor / 2) / divisor).unwrap_or(u32::MAX)
}

/// Cuts out, scales and sets on the background, as the geometry says.
///
/// Scaling is by a Lanczos filter of three lobes, on premultiplied alpha, so that the colours of
/// invisible pixels do not bleed into visible ones. A picture to which nothing is done is given
/// back; one that was decoded at another size than the geometry's source is brought to the same
/// result.
pub(crate) fn resize(
    image: DynamicImage,
    geometry: &Geometry,
    background: Background,
) -> DynamicImage {
    let scaled = scaled(image, geometry);
    if geometry.canvas == geometry.scaled {
        return scaled;
    }
    canvas::set(scaled, geometry, background)
}

fn scaled(image: DynamicImage, geometry: &Geometry) -> DynamicImage {
    let size = TargetSize { width: image.width(), height: image.height() };
    // Asked of the source's part: that of a picture decoded at another size is inexact.
    if geometry.part == Part::whole(geometry.source) && geometry.scaled == size {
        return image;
    }
    let part = geometry.part_of(size.width, size.height);
    let same = part.width == f64::from(geometry.scaled.width)
        && part.height == f64::from(geometry.scaled.height);
    if same && part.left.fract() == 0.0 && part.top.fract() == 0.0 {
        let TargetSize { width, height } = geometry.scaled;
        return image.crop_imm(part.left as u32, part.top as u32, width, height);
    }
    convolved(&image, part, geometry.scaled, FilterType::Lanczos3)
}

/// The whole picture in another size, from one that is still needed.
pub(crate) fn resized(image: &DynamicImage, target: TargetSize) -> DynamicImage {
    resized_by(image, target, FilterType::Lanczos3)
}

/// The same by another filter.
pub(crate) fn resized_by(
    image: &DynamicImage,
    target: TargetSize,
    filter: FilterType,
) -> DynamicImage {
    let whole = Part::whole(TargetSize { width: image.width(), height: image.height() });
    convolved(image, whole, target, filter)
}

pub(crate) fn convolved(
    image: &DynamicImage,
    part: Part,
    target: TargetSize,
    filter: FilterType,
) -> DynamicImage {
    let mut scaled = DynamicImage::new(target.width, target.height, image.color());
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter)).crop(
        part.left,
        part.top,
        part.width,
        part.height,
    );
    match resize_picture(&mut Resizer::new(), image, &mut scaled, &options) {
        Ok(()) => scaled,
        // Both pictures have the same pixel type, no side is zero and the part lies inside, so
        // nothing is left that could be refused; a slower filter is still better than no picture.
        Err(_) => image
            .crop_imm(part.left as u32, part.top as u32, part.width as u32, part.height as u32)
            .resize_exact(target.width, target.height, image::imageops::FilterType::Lanczos3),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(size: (u32, u32), max_width: u32, max_height: u32) -> (u32, u32) {
        let target = TargetSize { width: size.0, height: size.1 }
            .fit(NonZeroU32::new(max_width), NonZeroU32::new(max_height));
        (target.width, target.height)
    }

    #[test]
    fn the_binding_side_is_met_exactly_and_the_other_rounded() {
        assert_eq!(fit((4000, 3000), 1600, 0), (1600, 1200));
        assert_eq!(fit((4000, 3000), 0, 1000), (1333, 1000));
        assert_eq!(fit((3001, 1999), 1000, 0), (1000, 666));
        assert_eq!(fit((3001, 1999), 1000, 500), (751, 500));
        assert_eq!(fit((7, 5), 3, 3), (3, 2));
    }

    #[test]
    fn nothing_is_enlarged() {
        assert_eq!(fit((640, 480), 10_000, 10_000), (640, 480));
        assert_eq!(fit((640, 480), 0, 0), (640, 480));
        assert_eq!(fit((640, 480), 10_000, 240), (320, 240));
    }

    #[test]
    fn a_sliver_keeps_one_pixel() {
        assert_eq!(fit((30_000, 1), 100, 0), (100, 1));
        assert_eq!(fit((1, 30_000), 0, 7), (1, 7));
    }

    #[test]
    fn a_picture_that_was_decoded_at_the_wanted_size_is_given_back_as_it_is() {
        let source = TargetSize { width: 4928, height: 3264 };
        for width in [320, 640, 1280] {
            let options = crate::Options::default().with_max_width(NonZeroU32::new(width).unwrap());
            let geometry = Geometry::plan(source, &options);
            let TargetSize { width, height } = geometry.scaled;
            let image = DynamicImage::new_rgb8(width, height);
            let samples = image.as_bytes().as_ptr();
            let shown = resize(image, &geometry, options.background());
            assert_eq!(shown.as_bytes().as_ptr(), samples, "{width} px wide was copied");
        }
    }

    proptest::proptest! {
        #[test]
        fn targets_stay_within_bounds_and_proportion(
            width in 1u32..40_000, height in 1u32..40_000,
            max_width in 0u32..50_000, max_height in 0u32..50_000,
        ) {
            let (w, h) = fit((width, height), max_width, max_height);
            proptest::prop_assert!(w >= 1 && h >= 1 && w <= width && h <= height);
            proptest::prop_assert!(max_width == 0 || w <= max_width);
            proptest::prop_assert!(max_height == 0 || h <= max_height);
            // Off by no more than rounding: half a pixel of the free side.
            let exact_h = f64::from(w) * f64::from(height) / f64::from(width);
            let exact_w = f64::from(h) * f64::from(width) / f64::from(height);
            let off = (exact_h - f64::from(h)).abs().min((exact_w - f64::from(w)).abs());
            proptest::prop_assert!(off <= 0.5 + 1e-9 || w == 1 || h == 1, "{w}x{h}");
        }
    }
}
