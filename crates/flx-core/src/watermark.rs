//! A picture drawn over another.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use image::{DynamicImage, ImageBuffer, Pixel, Primitive, Rgba, RgbaImage};

use crate::decode::Wanted;
use crate::probe::Header;
use crate::resize::{self, TargetSize};
use crate::{Error, ImageInfo, Limits, SourceFormat, Stage, colour, decode, probe};

/// A PNG with or without alpha, drawn over a picture after orientation and scaling.
///
/// Decoded once, cheap to clone, usable for any number of pictures.
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Watermark {
    #[cfg_attr(feature = "serde", serde(with = "crate::serialised::pixels"))]
    picture: Arc<DynamicImage>,
    scale: WatermarkScale,
    opacity: Opacity,
    position: Position,
}

/// Width of the watermark in percent of the picture's width: 5–50, default 20.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct WatermarkScale(f32);

/// Opacity of the watermark in percent: 0 (invisible) to 100 (opaque), default 70.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Opacity(f32);

/// Where the watermark stands: corners, edges and centre, 2 % of the width away from the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub enum Position {
    /// `TL`
    TopLeft,
    /// `TC`
    TopCentre,
    /// `TR`
    TopRight,
    /// `CL`
    CentreLeft,
    /// `CC`
    Centre,
    /// `CR`
    CentreRight,
    /// `BL`
    BottomLeft,
    /// `BC`
    BottomCentre,
    /// `BR`, the default.
    #[default]
    BottomRight,
}

impl Watermark {
    /// Decodes a PNG into a watermark with the default scale, opacity and position.
    ///
    /// # Errors
    /// [`Error::Watermark`] around what is wrong: not a PNG, damaged, or over `limits`.
    pub fn from_png(png: &[u8], limits: &Limits) -> Result<Self, Error> {
        decode_png(png, limits)
            .map(|picture| Self {
                picture: Arc::new(picture),
                scale: WatermarkScale::default(),
                opacity: Opacity::default(),
                position: Position::default(),
            })
            .map_err(|error| Error::Watermark(Box::new(error)))
    }

    /// What the header tells, which is all that is looked at.
    ///
    /// # Errors
    /// Those of [`from_png`](Self::from_png) that a header alone leads to.
    pub fn probe(png: &[u8], limits: &Limits) -> Result<ImageInfo, Error> {
        let header = header(png, limits);
        header.map(|header| header.info).map_err(|error| Error::Watermark(Box::new(error)))
    }

    /// Bytes that its pixels take in memory, for as long as a clone of it lives.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.picture.as_bytes().len() as u64
    }

    /// Width in percent of the picture's width. Default 20.
    #[must_use]
    pub fn with_scale(mut self, scale: WatermarkScale) -> Self {
        self.scale = scale;
        self
    }

    /// Opacity in percent. Default 70.
    #[must_use]
    pub fn with_opacity(mut self, opacity: Opacity) -> Self {
        self.opacity = opacity;
        self
    }

    /// Place. Default [`Position::BottomRight`].
    #[must_use]
    pub fn with_position(mut self, position: Position) -> Self {
        self.position = position;
        self
    }
}

impl fmt::Debug for Watermark {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watermark")
            .field("width", &self.picture.width())
            .field("height", &self.picture.height())
            .field("scale", &self.scale)
            .field("opacity", &self.opacity)
            .field("position", &self.position)
            .finish()
    }
}

impl WatermarkScale {
    /// Takes 5–50 percent.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] outside that range.
    pub fn new(percent: f32) -> Result<Self, Error> {
        in_range("watermark_scale", percent, 5.0, 50.0, "5 to 50").map(Self)
    }
}

impl Default for WatermarkScale {
    fn default() -> Self {
        Self(20.0)
    }
}

impl Opacity {
    /// Takes 0–100 percent.
    ///
    /// # Errors
    /// [`Error::InvalidOption`] outside that range.
    pub fn new(percent: f32) -> Result<Self, Error> {
        in_range("watermark_opacity", percent, 0.0, 100.0, "0 to 100").map(Self)
    }
}

impl Default for Opacity {
    fn default() -> Self {
        Self(70.0)
    }
}

fn in_range(
    name: &'static str,
    value: f32,
    min: f32,
    max: f32,
    allowed: &'static str,
) -> Result<f32, Error> {
    // NaN is in no range.
    if (min..=max).contains(&value) {
        Ok(value)
    } else {
        Err(Error::InvalidOption { name, value: value.to_string(), allowed })
    }
}

impl FromStr for Position {
    type Err = Error;

    /// Parses the two-letter codes `TL`, `TC`, `TR`, `CL`, `CC`, `CR`, `BL`, `BC`, `BR`, in any case.
    fn from_str(code: &str) -> Result<Self, Error> {
        Ok(match code.to_ascii_uppercase().as_str() {
            "TL" => Self::TopLeft,
            "TC" => Self::TopCentre,
            "TR" => Self::TopRight,
            "CL" => Self::CentreLeft,
            "CC" => Self::Centre,
            "CR" => Self::CentreRight,
            "BL" => Self::BottomLeft,
            "BC" => Self::BottomCentre,
            "BR" => Self::BottomRight,
            _ => {
                return Err(Error::InvalidOption {
                    name: "watermark_position",
                    value: code.chars().take(40).collect(),
                    allowed: "TL, TC, TR, CL, CC, CR, BL, BC or BR",
                });
            }
        })
    }
}

impl Position {
    /// Shares of the free width and height that lie left of and above what is placed.
    pub(crate) const fn anchor(self) -> (f64, f64) {
        let x = match self {
            Self::TopLeft | Self::CentreLeft | Self::BottomLeft => 0.0,
            Self::TopCentre | Self::Centre | Self::BottomCentre => 0.5,
            Self::TopRight | Self::CentreRight | Self::BottomRight => 1.0,
        };
        let y = match self {
            Self::TopLeft | Self::TopCentre | Self::TopRight => 0.0,
            Self::CentreLeft | Self::Centre | Self::CentreRight => 0.5,
            Self::BottomLeft | Self::BottomCentre | Self::BottomRight => 1.0,
        };
        (x, y)
    }
}

/// A margin of 2 % of the picture's width keeps the watermark off the border.
const MARGIN_SHARE: f64 = 0.02;

fn header<'a>(png: &'a [u8], limits: &Limits) -> Result<Header<'a>, Error> {
    limits.check_bytes(png)?;
    let header = probe::header(png)?;
    if header.info.format() != SourceFormat::Png {
        return Err(Error::InvalidOption {
            name: "watermark",
            value: header.info.format().to_string(),
            allowed: "a PNG picture",
        });
    }
    limits.check(&header.info)?;
    Ok(header)
}

fn decode_png(png: &[u8], limits: &Limits) -> Result<DynamicImage, Error> {
    let header = header(png, limits)?;
    limits.may_go_on(Stage::Decode)?;
    let (picture, _) = colour::to_srgb(decode::decode(png, &header, &Wanted::default())?);
    let mut picture = picture.into_image();
    picture.apply_orientation(header.info.orientation);
    Ok(DynamicImage::ImageRgba8(picture.into_rgba8()))
}

/// Draws the watermark over an upright, scaled picture, in the picture's colour space; none stands
/// for sRGB.
pub(crate) fn draw(
    picture: DynamicImage,
    watermark: &Watermark,
    space: Option<&colour::Space>,
) -> DynamicImage {
    Fitted::to(watermark, picture.width(), picture.height(), space).draw(picture)
}

/// A watermark scaled for pictures of one size, such as the frames of an animation.
pub(crate) struct Fitted {
    mark: RgbaImage,
    place: Place,
    opacity: f32,
}

impl Fitted {
    pub(crate) fn to(
        watermark: &Watermark,
        width: u32,
        height: u32,
        space: Option<&colour::Space>,
    ) -> Self {
        let place = Place::of(watermark, width, height);
        let mark = resize::resized(&watermark.picture, place.size).into_rgba8();
        let mark = match space {
            Some(space) => space.of_srgb(&mark),
            None => mark,
        };
        Self { mark, place, opacity: watermark.opacity.0 / 100.0 }
    }

    /// Draws the watermark over a picture of that size.
    pub(crate) fn draw(&self, picture: DynamicImage) -> DynamicImage {
        let Self { mark, place, opacity } = self;
        let opacity = *opacity;
        match with_colour(picture) {
            DynamicImage::ImageRgb8(mut pixels) => {
                blend(&mut pixels, mark, place, opacity);
                DynamicImage::ImageRgb8(pixels)
            }
            DynamicImage::ImageRgba8(mut pixels) => {
                blend(&mut pixels, mark, place, opacity);
                DynamicImage::ImageRgba8(pixels)
            }
            DynamicImage::ImageRgb16(mut pixels) => {
                blend(&mut pixels, mark, place, opacity);
                DynamicImage::ImageRgb16(pixels)
            }
            DynamicImage::ImageRgba16(mut pixels) => {
                blend(&mut pixels, mark, place, opacity);
                DynamicImage::ImageRgba16(pixels)
            }
            other => other,
        }
    }
}

/// A grey picture gets colour channels, since the watermark may have colours.
fn with_colour(picture: DynamicImage) -> DynamicImage {
    match picture {
        DynamicImage::ImageLuma8(_) => DynamicImage::ImageRgb8(picture.into_rgb8()),
        DynamicImage::ImageLumaA8(_) => DynamicImage::ImageRgba8(picture.into_rgba8()),
        DynamicImage::ImageLuma16(_) => DynamicImage::ImageRgb16(picture.into_rgb16()),
        DynamicImage::ImageLumaA16(_) => DynamicImage::ImageRgba16(picture.into_rgba16()),
        other => other,
    }
}

/// Where on the picture the watermark stands, and how large.
#[derive(Debug, PartialEq)]
struct Place {
    size: TargetSize,
    left: u32,
    top: u32,
}

impl Place {
    fn of(watermark: &Watermark, width: u32, height: u32) -> Self {
        let margin = (f64::from(width) * MARGIN_SHARE).round();
        let free = |side: u32| (f64::from(side) - 2.0 * margin).max(1.0);
        let (mark_width, mark_height) =
            (f64::from(watermark.picture.width()), f64::from(watermark.picture.height()));
        let by_width = f64::from(width) * f64::from(watermark.scale.0) / 100.0 / mark_width;
        // A high, narrow watermark on a wide picture shrinks until it fits.
        let factor = by_width.min(free(width) / mark_width).min(free(height) / mark_height);
        let side = |mark: f64, picture: u32| ((mark * factor).round() as u32).clamp(1, picture);
        let size = TargetSize { width: side(mark_width, width), height: side(mark_height, height) };
        let (x, y) = watermark.position.anchor();
        let offset = |picture: u32, mark: u32, share: f64| {
            let margin = margin.min(f64::from(picture - mark) / 2.0);
            let room = f64::from(picture - mark) - 2.0 * margin;
            (margin + room * share).round() as u32
        };
        Self { size, left: offset(width, size.width, x), top: offset(height, size.height, y) }
    }
}

/// Source-over with straight alpha (Porter and Duff, 1984).
fn blend<P>(
    picture: &mut ImageBuffer<P, Vec<P::Subpixel>>,
    mark: &RgbaImage,
    place: &Place,
    opacity: f32,
) where
    P: Pixel,
    P::Subpixel: Primitive + Into<f32>,
{
    let max: f32 = P::Subpixel::DEFAULT_MAX_VALUE.into();
    for (x, y, Rgba([r, g, b, a])) in mark.enumerate_pixels() {
        let Some(pixel) = picture.get_pixel_mut_checked(place.left + x, place.top + y) else {
            continue;
        };
        let over = f32::from(*a) / 255.0 * opacity;
        let (colours, under) = match pixel.channels_mut() {
            [colours @ .., alpha] if P::CHANNEL_COUNT == 4 => {
                let under = (*alpha).into() / max;
                *alpha = from_f32((over + under * (1.0 - over)) * max);
                (colours, under)
            }
            colours => (colours, 1.0),
        };
        let total = over + under * (1.0 - over);
        if total <= 0.0 {
            continue;
        }
        for (channel, colour) in colours.iter_mut().zip([r, g, b]) {
            let above = f32::from(*colour) / 255.0 * max;
            let below: f32 = (*channel).into();
            *channel = from_f32((above * over + below * under * (1.0 - over)) / total);
        }
    }
}

/// Rounds to a sample; both sample types hold every value that blending can give.
fn from_f32<T: Primitive>(value: f32) -> T {
    T::from(value.round()).unwrap_or(T::DEFAULT_MAX_VALUE)
}

#[cfg(test)]
mod tests {
    use image::{Luma, Rgb, RgbImage};

    use super::*;

    fn mark(width: u32, height: u32) -> Watermark {
        Watermark {
            picture: Arc::new(RgbaImage::from_pixel(width, height, Rgba([255, 0, 0, 255])).into()),
            scale: WatermarkScale::default(),
            opacity: Opacity::new(100.0).unwrap(),
            position: Position::default(),
        }
    }

    #[test]
    fn the_default_place_is_bottom_right_with_a_margin_of_two_percent() {
        let place = Place::of(&mark(100, 50), 1000, 800);
        assert_eq!(place.size, TargetSize { width: 200, height: 100 });
        assert_eq!((place.left, place.top), (1000 - 200 - 20, 800 - 100 - 20));
    }

    #[test]
    fn all_nine_places_are_inside_the_picture_and_distinct() {
        let mut seen = Vec::new();
        for code in ["TL", "TC", "TR", "CL", "CC", "CR", "BL", "BC", "BR"] {
            let place = Place::of(&mark(10, 10).with_position(code.parse().unwrap()), 500, 300);
            assert!(place.left >= 10 && place.left + 100 <= 490, "{code}: {place:?}");
            assert!(place.top >= 10 && place.top + 100 <= 290, "{code}: {place:?}");
            assert!(!seen.contains(&(place.left, place.top)), "{code}");
            seen.push((place.left, place.top));
        }
    }

    #[test]
    fn a_tall_watermark_shrinks_to_the_picture() {
        let place = Place::of(&mark(10, 1000), 100, 20);
        assert!(place.size.height <= 16, "{place:?}");
        let place = Place::of(&mark(1000, 1000), 1, 1);
        assert_eq!(place, Place { size: TargetSize { width: 1, height: 1 }, left: 0, top: 0 });
    }

    #[test]
    fn half_opacity_mixes_colours_and_keeps_alpha_right() {
        let half = mark(10, 10).with_opacity(Opacity::new(50.0).unwrap());
        let blue = DynamicImage::ImageRgb8(RgbImage::from_pixel(50, 50, Rgb([0, 0, 255])));
        let drawn = draw(blue, &half, None).into_rgb8();
        assert_eq!(drawn.get_pixel(45, 45), &Rgb([128, 0, 128]));
        assert_eq!(drawn.get_pixel(2, 2), &Rgb([0, 0, 255]));
        let clear = DynamicImage::ImageRgba8(RgbaImage::from_pixel(50, 50, Rgba([0, 0, 255, 0])));
        let drawn = draw(clear, &half, None).into_rgba8();
        assert_eq!(drawn.get_pixel(45, 45), &Rgba([255, 0, 0, 128]));
    }

    #[test]
    fn a_coloured_watermark_gives_a_grey_picture_colours() {
        let grey = DynamicImage::ImageLuma16(ImageBuffer::from_pixel(50, 50, Luma([0x8000])));
        let drawn = draw(grey, &mark(10, 10), None).into_rgb16();
        assert_eq!(drawn.get_pixel(45, 45), &Rgb([0xffff, 0, 0]));
        assert_eq!(drawn.get_pixel(2, 2), &Rgb([0x8000; 3]));
    }

    #[test]
    fn scale_and_opacity_outside_their_ranges_are_refused() {
        assert!(WatermarkScale::new(4.9).is_err() && WatermarkScale::new(50.1).is_err());
        assert!(Opacity::new(-0.1).is_err() && Opacity::new(f32::NAN).is_err());
    }
}
