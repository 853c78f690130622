//! What of a source's metadata and colours a result keeps.

use std::str::FromStr;

use crate::Error;

/// Which metadata a result carries over from its source. By default none.
///
/// Orientation is never carried over: results are upright. Only one that is
/// [`unchanged`](crate::Compressed::unchanged) is turned by a tag still, if its source is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Keep {
    /// Copyright notice, credit and artist, of EXIF, XMP and, in JPEG, IPTC.
    pub copyright: bool,
    /// A colour profile. A result in its source's colours has theirs anyway; with this, one in sRGB
    /// whose source had a profile gets that of sRGB.
    pub icc: bool,
    /// EXIF without the place and without thumbnails.
    pub exif: bool,
    /// XMP without the place.
    pub xmp: bool,
    /// The place where the picture was taken, of EXIF and XMP.
    pub gps: bool,
}

impl Keep {
    /// Nothing.
    pub const NOTHING: Self =
        Self { copyright: false, icc: false, exif: false, xmp: false, gps: false };

    /// Whether nothing is kept.
    #[must_use]
    pub fn is_nothing(self) -> bool {
        self == Self::NOTHING
    }
}

impl FromStr for Keep {
    type Err = Error;

    /// Parses names separated by commas: `copyright`, `icc`, `exif`, `xmp`, `gps`; in any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        let mut keep = Self::NOTHING;
        for name in text.split(',') {
            match name.trim().to_ascii_lowercase().as_str() {
                "copyright" => keep.copyright = true,
                "icc" => keep.icc = true,
                "exif" => keep.exif = true,
                "xmp" => keep.xmp = true,
                "gps" => keep.gps = true,
                _ => {
                    return Err(Error::InvalidOption {
                        name: "keep",
                        value: name.trim().chars().take(40).collect(),
                        allowed: "copyright, icc, exif, xmp or gps, separated by commas",
                    });
                }
            }
        }
        Ok(keep)
    }
}

/// The colour space of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum ColourSpace {
    /// sRGB, which viewers that ignore profiles show right. The default. A result that is
    /// [`unchanged`](crate::Compressed::unchanged) keeps its source's numbers and, where they are
    /// not those of sRGB, the profile that tells so.
    #[default]
    Srgb,
    /// The source's own, with its profile embedded, in animations too. Sources that are grey or in
    /// four inks, and those whose profile cannot be read or has more than 1 MiB, become sRGB.
    /// Watermark and background are converted, so they look the same.
    Source,
}

impl FromStr for ColourSpace {
    type Err = Error;

    /// Parses `srgb` and `keep`, in any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_lowercase().as_str() {
            "srgb" => Ok(Self::Srgb),
            "keep" => Ok(Self::Source),
            _ => Err(Error::InvalidOption {
                name: "colour",
                value: text.chars().take(40).collect(),
                allowed: "srgb or keep",
            }),
        }
    }
}
