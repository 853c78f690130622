//! How a picture fills the box it is scaled to.

use std::str::FromStr;

use crate::Error;

/// How a picture fills the box of the greatest width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Fit {
    /// In proportion, as large as fits into the box. The default.
    #[default]
    Inside,
    /// In proportion, so that it covers the box; what stands out is cut away at the side that the
    /// [`Gravity`] turns from.
    Cover,
    /// In proportion, as large as fits into the box; the rest of the box is filled with the
    /// background.
    Contain,
    /// To the box's own proportion, which stretches the picture.
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
