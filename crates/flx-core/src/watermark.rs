//! A picture drawn over another.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use image::{DynamicImage, RgbaImage};

use crate::resize::{self, TargetSize};
use crate::{Error, Limits, SourceFormat, decode, probe};

/// A PNG with or without alpha, drawn over a picture after orientation and scaling.
///
/// Decoded once, cheap to clone, usable for any number of pictures.
#[derive(Clone)]
pub struct Watermark {
    picture: Arc<RgbaImage>,
    scale: WatermarkScale,
    opacity: Opacity,
    position: Position,
}

/// Width of the watermark in percent of the picture's width: 5–50, default 20.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct WatermarkScale(f32);

/// Opacity of the watermark in percent: 0 (invisible) to 100 (opaque), default 70.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Opacity(f32);

/// Where the watermark stands: corners, edges and centre, 2 % of the width away from the border.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
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
    /// Shares of the free width and height that lie left of and above the watermark.
    const fn anchor(self) -> (f64, f64) {
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
