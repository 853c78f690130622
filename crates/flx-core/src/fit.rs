//! How a picture fills the box it is scaled to.

use std::str::FromStr;

use crate::Error;

/// How a picture fills the box of the greatest width and height.
///
/// A box with one side only is always filled as by [`Inside`](Self::Inside). Nothing is enlarged
/// unless [`Options::with_enlarge`](crate::Options::with_enlarge) asks for it; what a picture that
/// is smaller than the box becomes without, each variant tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Fit {
    /// In proportion, as large as fits into the box. The default. A smaller picture stays as it is.
    #[default]
    Inside,
    /// In proportion, so that it covers the box; what stands out is cut away at the side that the
    /// [`Gravity`] turns from. A picture too small to cover the box is cut to the box's proportion
    /// and not scaled: 640×480 into 1000×200 gives 640×128.
    Cover,
    /// In proportion, as large as fits into the box; the rest of the box is filled with the
    /// background, which is opaque. The result is always as large as the box: a smaller picture
    /// stays as it is, with more around it. Transparent pixels of the picture stay transparent.
    Contain,
    /// To the box's own proportion, which stretches the picture. A side of the box that is longer
    /// than the picture's counts as the picture's.
    Fill,
}

impl FromStr for Fit {
    type Err = Error;

    /// Parses `inside`, `cover`, `contain` and `fill`, in any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        Ok(match text.to_ascii_lowercase().as_str() {
            "inside" => Self::Inside,
            "cover" => Self::Cover,
            "contain" => Self::Contain,
            "fill" => Self::Fill,
            _ => {
                return Err(Error::InvalidOption {
                    name: "fit",
                    value: text.chars().take(40).collect(),
                    allowed: "inside, cover, contain or fill",
                });
            }
        })
    }
}

/// Which part of a picture is kept by [`Fit::Cover`], and where it stands in [`Fit::Contain`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Gravity {
    /// One of nine points. The default is the centre.
    Point(crate::Position),
    /// The part with the most detail, by the entropy of its histogram; as the centre in
    /// [`Fit::Contain`].
    Entropy,
    /// The part that draws the eye: edges, saturated colours and skin tones; as the centre in
    /// [`Fit::Contain`].
    Attention,
}

impl Default for Gravity {
    fn default() -> Self {
        Self::Point(crate::Position::Centre)
    }
}

impl FromStr for Gravity {
    type Err = Error;

    /// Parses the two-letter codes of [`Position`](crate::Position), `entropy` and `attention`, in
    /// any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_lowercase().as_str() {
            "entropy" => Ok(Self::Entropy),
            "attention" => Ok(Self::Attention),
            _ => text.parse().map(Self::Point).map_err(|_| Error::InvalidOption {
                name: "gravity",
                value: text.chars().take(40).collect(),
                allowed: "TL, TC, TR, CL, CC, CR, BL, BC, BR, entropy or attention",
            }),
        }
    }
}
