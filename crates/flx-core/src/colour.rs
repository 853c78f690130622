//! Converting colours to sRGB, so that viewers that ignore profiles show them right.

use image::{DynamicImage, ImageBuffer, Luma, LumaA, Rgb, Rgba, RgbaImage};
use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients,
    ToneReprCurve, TransferCharacteristics, TransformExecutor, TransformOptions,
};

use crate::decode::{Decoded, Pixels, Profile};
use crate::inks;
use crate::options::Background;
use crate::raster::Raster;
use crate::{ColourSpace, Options};

/// A picture whose colours are settled.
pub(crate) struct Coloured {
    pub(crate) raster: Raster,
    pub(crate) conversion: Conversion,
    /// The space that the numbers are in, where it is not sRGB.
    pub(crate) space: Option<Space>,
    /// The profile to embed.
    pub(crate) icc: Option<Vec<u8>>,
}

/// A colour space other than sRGB.
pub(crate) struct Space(ColorProfile);

/// The largest profile that results carry, in bytes; sources with a larger one become sRGB.
const MAX_EMBEDDED_BYTES: usize = 1024 * 1024;

/// The picture in the space asked for, with the profile that says so.
///
/// Only pictures in red, green and blue stay in their own space: of grey ones and of those in
/// inks, not every format could hold the profile. A profile of sRGB is embedded where the source
/// had one and it is to be kept.
pub(crate) fn settle(decoded: Decoded, options: &Options) -> Coloured {
    let coloured = |pixels: &Pixels| matches!(pixels, Pixels::Image(image) if has_colour(image));
    let found = (options.colour_space() == ColourSpace::Source && coloured(&decoded.pixels))
        .then(|| decoded.profile.as_ref().and_then(Space::of))
        .flatten();
    match (found, decoded.pixels) {
        (Some((space, icc)), Pixels::Image(image)) => Coloured {
            raster: Raster::Image(image),
            conversion: Conversion::FromProfile,
            space: Some(space),
            icc: Some(icc),
        },
        (_, pixels) => {
            let named = options.keep().icc && matches!(decoded.profile, Some(Profile::Icc(_)));
            let named = named && coloured(&pixels);
            let (raster, conversion) = to_srgb(Decoded { pixels, profile: decoded.profile });
            let icc = named.then(|| written(&ColorProfile::new_srgb())).flatten();
            Coloured { raster, conversion, space: None, icc }
        }
    }
}

/// The file of a profile, as others accept it.
fn written(profile: &ColorProfile) -> Option<Vec<u8>> {
    let mut icc = profile.encode().ok()?;
    // libpng refuses a length that is no multiple of four (ICC.1:2022, 7.1), and any white point
    // but this very D50 (7.2.16).
    icc.resize(icc.len().next_multiple_of(4), 0);
    let length = u32::try_from(icc.len()).ok()?.to_be_bytes();
    let d50 = [0x0000_f6d6_u32, 0x0001_0000, 0x0000_d32d].map(u32::to_be_bytes).concat();
    icc.get_mut(..4)?.copy_from_slice(&length);
    icc.get_mut(68..80)?.copy_from_slice(&d50);
    Some(icc)
}

/// Whether any pixel is other than grey: encoders may store a picture without colours in a way
/// that no profile for colours fits.
fn has_colour(image: &DynamicImage) -> bool {
    match image {
        DynamicImage::ImageRgb8(pixels) => pixels.pixels().any(|Rgb([r, g, b])| r != g || g != b),
        DynamicImage::ImageRgba8(pixels) => {
            pixels.pixels().any(|Rgba([r, g, b, _])| r != g || g != b)
        }
        DynamicImage::ImageRgb16(pixels) => pixels.pixels().any(|Rgb([r, g, b])| r != g || g != b),
        DynamicImage::ImageRgba16(pixels) => {
            pixels.pixels().any(|Rgba([r, g, b, _])| r != g || g != b)
        }
        _ => false,
    }
}

impl Space {
    fn of(source: &Profile) -> Option<(Self, Vec<u8>)> {
        let profile = read_profile(source, false)?;
        if profile.color_space != DataColorSpace::Rgb || !differs_from_srgb(&profile) {
            return None;
        }
        let icc = match source {
            Profile::Icc(bytes) => bytes.clone(),
            _ => written(&profile)?,
        };
        (icc.len() <= MAX_EMBEDDED_BYTES).then_some((Self(profile), icc))
    }

    /// A picture of sRGB in the numbers of this space.
    pub(crate) fn of_srgb(&self, image: &RgbaImage) -> RgbaImage {
        let mut shown = RgbaImage::new(image.width(), image.height());
        let transform = ColorProfile::new_srgb().create_transform_8bit(
            Layout::Rgba,
            &self.0,
            Layout::Rgba,
            TransformOptions::default(),
        );
        match transform.and_then(|transform| transform.transform(image, &mut shown)) {
            Ok(()) => shown,
            Err(_) => image.clone(),
        }
    }

    /// A picture in the numbers of this space in those of sRGB, as viewers show it.
    pub(crate) fn in_srgb(&self, image: DynamicImage) -> DynamicImage {
        converted(image, &self.0).unwrap_or_else(|image| image)
    }

    /// A colour of sRGB in the numbers of this space.
    pub(crate) fn background(&self, Background { red, green, blue }: Background) -> Background {
        let pixel = RgbaImage::from_pixel(1, 1, Rgba([red, green, blue, u8::MAX]));
        let [red, green, blue, _] =
            self.of_srgb(&pixel).get_pixel_checked(0, 0).map_or([red, green, blue, 0], |p| p.0);
        Background { red, green, blue }
    }
}

/// The picture in sRGB, and whether its colours had to be changed for that.
pub(crate) fn to_srgb(decoded: Decoded) -> (Raster, Conversion) {
    let Decoded { pixels, profile } = decoded;
    // Planes are given only where nothing says that they are not sRGB.
    if let Pixels::Ycc(planes) = pixels {
        return (Raster::Ycc(planes), Conversion::NotNeeded);
    }
    let is_grey = matches!(&pixels, Pixels::Image(image) if !image.color().has_color());
    let source = profile.as_ref().and_then(|profile| read_profile(profile, is_grey));
    let (image, conversion) = pixels_to_srgb(pixels, source);
    (Raster::Image(image), conversion)
}

fn pixels_to_srgb(pixels: Pixels, source: Option<ColorProfile>) -> (DynamicImage, Conversion) {
    match pixels {
        Pixels::Ycc(planes) => (Raster::Ycc(planes).into_image(), Conversion::NotNeeded),
        Pixels::Cmyk { width, height, samples } => {
            (inks::to_srgb(width, height, &samples, source.as_ref()), Conversion::FromInks)
        }
        Pixels::Image(image) => match source {
            // Viewers ignore a profile that does not fit the pixels or cannot be read.
            Some(profile) if differs_from_srgb(&profile) => match converted(image, &profile) {
                Ok(image) => (image, Conversion::FromProfile),
                Err(image) => (image, Conversion::NotNeeded),
            },
            _ => (image, Conversion::NotNeeded),
        },
    }
}

/// Whether colours were converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Conversion {
    /// They were sRGB, or nothing said otherwise.
    NotNeeded,
    /// From the space of an embedded profile.
    FromProfile,
    /// From four inks, which few viewers show at all.
    FromInks,
}

fn read_profile(profile: &Profile, is_grey: bool) -> Option<ColorProfile> {
    match profile {
        Profile::Gamma(gamma) => gamma.profile(is_grey),
        Profile::Icc(bytes) => ColorProfile::new_from_slice(bytes).ok(),
        Profile::Cicp { primaries, transfer } => {
            // 1 and 2 are BT.709 and "unspecified", 13 the transfer of sRGB. The transfers of
            // BT.601 and BT.709 are cameras' curves, shown everywhere as if they were sRGB's.
            let plain_transfer = matches!(transfer, 1 | 2 | 6 | 13..=15);
            if (matches!(primaries, 1 | 2 | 5 | 6) || is_grey) && plain_transfer {
                return None;
            }
            let transfer = if plain_transfer {
                TransferCharacteristics::Srgb
            } else {
                TransferCharacteristics::try_from(*transfer).ok()?
            };
            if is_grey {
                // The transfer is all that matters, in a profile that fits grey pixels.
                let mut grey = ColorProfile::new_gray_with_gamma(2.2);
                grey.gray_trc = Some(transfer.try_into().ok()?);
                return Some(grey);
            }
            Some(ColorProfile::new_from_cicp(CicpProfile {
                color_primaries: CicpColorPrimaries::try_from(*primaries).ok()?,
                transfer_characteristics: transfer,
                matrix_coefficients: MatrixCoefficients::Identity,
                full_range: true,
            }))
        }
    }
}

/// Profiles of sRGB come in many wordings, so the question is asked of colours: does any of a grid
/// of them come out more than one step away?
fn differs_from_srgb(profile: &ColorProfile) -> bool {
    let layout = match profile.color_space {
        // Lightness is nowhere near the curve of sRGB, and not all transforms know it.
        DataColorSpace::Gray if profile.pcs == DataColorSpace::Lab => return true,
        DataColorSpace::Rgb => Layout::Rgb,
        DataColorSpace::Gray => Layout::Gray,
        _ => return true,
    };
    let levels = || (0..=255u8).step_by(15);
    let colours: Vec<u8> = match layout {
        Layout::Gray => levels().collect(),
        _ => levels()
            .flat_map(|r| levels().map(move |g| (r, g)))
            .flat_map(|(r, g)| levels().flat_map(move |b| [r, g, b]))
            .collect(),
    };
    let pixels = if layout == Layout::Gray { colours.len() } else { colours.len() / 3 };
    let mut shown = vec![0u8; pixels * 3];
    let Ok(transform) = profile.create_transform_8bit(
        layout,
        &ColorProfile::new_srgb(),
        Layout::Rgb,
        TransformOptions::default(),
    ) else {
        return false;
    };
    if transform.transform(&colours, &mut shown).is_err() {
        return false;
    }
    let expected: Vec<u8> = match layout {
        Layout::Gray => colours.iter().flat_map(|grey| [*grey; 3]).collect(),
        _ => colours,
    };
    expected.iter().zip(&shown).any(|(a, b)| a.abs_diff(*b) > 1)
}

/// Converts, or gives the picture back when the profile is of another kind than its pixels.
fn converted(image: DynamicImage, profile: &ColorProfile) -> Result<DynamicImage, DynamicImage> {
    let is_grey = matches!(
        image,
        DynamicImage::ImageLuma8(_)
            | DynamicImage::ImageLumaA8(_)
            | DynamicImage::ImageLuma16(_)
            | DynamicImage::ImageLumaA16(_)
    );
    match (profile.color_space, is_grey) {
        (DataColorSpace::Rgb, false) => convert_rgb(image, profile),
        (DataColorSpace::Gray, true) => convert_grey(image, profile),
        _ => Err(image),
    }
}

fn convert_rgb(image: DynamicImage, profile: &ColorProfile) -> Result<DynamicImage, DynamicImage> {
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let eight = |layout| profile.create_transform_8bit(layout, &srgb, layout, options).ok();
    let sixteen = |layout| profile.create_transform_16bit(layout, &srgb, layout, options).ok();
    match image {
        DynamicImage::ImageRgb8(pixels) => run(eight(Layout::Rgb), pixels, DynamicImage::ImageRgb8),
        DynamicImage::ImageRgba8(pixels) => {
            run(eight(Layout::Rgba), pixels, DynamicImage::ImageRgba8)
        }
        DynamicImage::ImageRgb16(pixels) => {
            run(sixteen(Layout::Rgb), pixels, DynamicImage::ImageRgb16)
        }
        DynamicImage::ImageRgba16(pixels) => {
            run(sixteen(Layout::Rgba), pixels, DynamicImage::ImageRgba16)
        }
        other => Err(other),
    }
}

/// Runs a transform row by row over a copy of the pixels.
fn run<P, T>(
    transform: Option<T>,
    pixels: ImageBuffer<P, Vec<P::Subpixel>>,
    wrap: impl Fn(ImageBuffer<P, Vec<P::Subpixel>>) -> DynamicImage,
) -> Result<DynamicImage, DynamicImage>
where
    P: image::Pixel,
    P::Subpixel: Default,
    T: std::ops::Deref,
    T::Target: TransformExecutor<P::Subpixel>,
{
    let Some(transform) = transform else {
        return Err(wrap(pixels));
    };
    let mut target = ImageBuffer::new(pixels.width(), pixels.height());
    match transform.transform(&pixels, &mut target) {
        Ok(()) => Ok(wrap(target)),
        Err(_) => Err(wrap(pixels)),
    }
}

/// Grey stays grey: the curve is asked for all 256 or 65,536 values once.
fn convert_grey(image: DynamicImage, profile: &ColorProfile) -> Result<DynamicImage, DynamicImage> {
    let Some(curve) = grey_curve(profile) else {
        return Err(image);
    };
    let sixteen = |code: u16| curve.get(usize::from(code)).copied().unwrap_or(code);
    // 257 × 255 = 65,535; the same factor leads back, rounded.
    let eight = |code: u8| ((u32::from(sixteen(u16::from(code) * 257)) + 128) / 257) as u8;
    Ok(match image {
        DynamicImage::ImageLuma8(mut pixels) => {
            pixels.pixels_mut().for_each(|Luma([grey])| *grey = eight(*grey));
            DynamicImage::ImageLuma8(pixels)
        }
        DynamicImage::ImageLumaA8(mut pixels) => {
            pixels.pixels_mut().for_each(|LumaA([grey, _])| *grey = eight(*grey));
            DynamicImage::ImageLumaA8(pixels)
        }
        DynamicImage::ImageLuma16(mut pixels) => {
            pixels.pixels_mut().for_each(|Luma([grey])| *grey = sixteen(*grey));
            DynamicImage::ImageLuma16(pixels)
        }
        DynamicImage::ImageLumaA16(mut pixels) => {
            pixels.pixels_mut().for_each(|LumaA([grey, _])| *grey = sixteen(*grey));
            DynamicImage::ImageLumaA16(pixels)
        }
        other => return Err(other),
    })
}

/// The code of sRGB for each of 65,536 codes of a grey profile.
fn grey_curve(profile: &ColorProfile) -> Option<Vec<u16>> {
    if profile.pcs == DataColorSpace::Lab {
        return lightness_curve(profile.gray_trc.as_ref()?);
    }
    let codes: Vec<u16> = (0..=u16::MAX).collect();
    let mut shown = vec![0u16; codes.len() * 3];
    let srgb = ColorProfile::new_srgb();
    let options = TransformOptions::default();
    let transform = profile.create_transform_16bit(Layout::Gray, &srgb, Layout::Rgb, options);
    transform.ok()?.transform(&codes, &mut shown).ok()?;
    let (triples, _) = shown.as_chunks::<3>();
    Some(triples.iter().map(|[red, _, _]| *red).collect())
}

/// The same where the profile's curve leads to lightness (L*) in place of light.
fn lightness_curve(curve: &ToneReprCurve) -> Option<Vec<u16>> {
    let ToneReprCurve::Lut(points) = curve else { return None };
    let lightness = |code: f64| match points.as_slice() {
        [] => code,
        // A gamma in 8.8 bits (ICC.1:2022, 10.6).
        [gamma] => code.powf(f64::from(*gamma) / 256.0),
        points => {
            let at = code * (points.len() - 1) as f64;
            let value = |index: usize| points.get(index).or(points.last()).map_or(0, |p| *p);
            let (low, high) = (value(at as usize), value(at as usize + 1));
            (f64::from(low) + (f64::from(high) - f64::from(low)) * at.fract()) / 65_535.0
        }
    };
    let shown = |code: u16| {
        let lightness = lightness(f64::from(code) / 65_535.0) * 100.0;
        let light = if lightness > 8.0 {
            ((lightness + 16.0) / 116.0).powi(3)
        } else {
            lightness * 27.0 / 24_389.0
        };
        (inks::encoded(light) * 65_535.0).round() as u16
    };
    Some((0..=u16::MAX).map(shown).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_written_as_libpng_takes_them() {
        for profile in [ColorProfile::new_srgb(), ColorProfile::new_display_p3()] {
            let icc = written(&profile).unwrap();
            assert_eq!(icc.len() % 4, 0);
            assert_eq!(icc[..4], (icc.len() as u32).to_be_bytes());
            assert_eq!(icc[68..80], [0, 0, 0xf6, 0xd6, 0, 1, 0, 0, 0, 0, 0xd3, 0x2d]);
            assert!(ColorProfile::new_from_slice(&icc).is_ok());
        }
    }
}
