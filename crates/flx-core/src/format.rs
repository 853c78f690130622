//! The formats that are read and written.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// An output format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Format {
    /// WebP (RFC 9649): lossy, or lossless where that is smaller. The default.
    #[default]
    WebP,
    /// AVIF (AV1 Image File Format 1.1).
    Avif,
    /// JPEG (ITU-T T.81): progressive, but at effort fast one sequential scan, where jpegli writes it.
    Jpeg,
    /// PNG (third edition): lossless, or of a palette where that is asked for.
    Png,
}

impl Format {
    /// Every output format, in the order of the documentation.
    pub const ALL: [Self; 4] = [Self::WebP, Self::Avif, Self::Jpeg, Self::Png];

    /// The name used in options and file names: `webp`, `avif`, `jpg` or `png`.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::WebP => "webp",
            Self::Avif => "avif",
            Self::Jpeg => "jpg",
            Self::Png => "png",
        }
    }

    /// The media type registered for the format.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::WebP => "image/webp",
            Self::Avif => "image/avif",
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
        }
    }

    /// The longest side, in pixels, that the format can hold.
    ///
    /// WebP stores sides in 14 bits (RFC 9649, section 2.5); JPEG in 16 bits (T.81, B.2.2), of
    /// which libjpeg takes up to 65,500; AV1 codes frames of up to 65,536; PNG goes to 2³¹ − 1.
    #[must_use]
    pub const fn max_side(self) -> u32 {
        match self {
            Self::WebP => 16_383,
            Self::Avif => 65_535,
            Self::Jpeg => 65_500,
            Self::Png => 0x7fff_ffff,
        }
    }

    /// Whether the format keeps transparency.
    #[must_use]
    pub const fn has_alpha(self) -> bool {
        !matches!(self, Self::Jpeg)
    }

    /// Whether this build can write the format.
    #[must_use]
    pub const fn is_enabled(self) -> bool {
        match self {
            Self::WebP => cfg!(feature = "webp"),
            Self::Avif => cfg!(feature = "avif"),
            Self::Jpeg => cfg!(feature = "jpeg"),
            Self::Png => cfg!(feature = "png"),
        }
    }

    /// Whether the format has a coding that keeps every pixel as it is.
    pub(crate) const fn has_lossless(self) -> bool {
        matches!(self, Self::WebP | Self::Png)
    }

    /// Refuses a format that this build cannot write.
    pub(crate) fn check_enabled(self) -> Result<(), Error> {
        if self.is_enabled() {
            return Ok(());
        }
        let feature = match self {
            Self::Jpeg => "jpeg",
            other => other.extension(),
        };
        Err(Error::FormatDisabled { format: self.extension(), feature })
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WebP => "WebP",
            Self::Avif => "AVIF",
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
        })
    }
}

impl FromStr for Format {
    type Err = Error;

    /// Parses `webp`, `avif`, `jpg` (or `jpeg`) and `png`, in any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        match text.to_ascii_lowercase().as_str() {
            "webp" => Ok(Self::WebP),
            "avif" => Ok(Self::Avif),
            "jpg" | "jpeg" => Ok(Self::Jpeg),
            "png" => Ok(Self::Png),
            _ => Err(Error::InvalidOption {
                name: "format",
                value: text.chars().take(40).collect(),
                allowed: "webp, avif, jpg or png",
            }),
        }
    }
}

/// An input format, told by the first bytes and never by a name.
///
/// Animations (APNG, WebP, GIF) stay such where WebP is written, and give their first frame
/// elsewhere; see [`compress`](crate::compress()).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum SourceFormat {
    /// JPEG: baseline, extended sequential or progressive Huffman coding, 8 bit.
    Jpeg,
    /// PNG and APNG.
    Png,
    /// WebP, lossy or lossless, still or moving.
    WebP,
    /// GIF, still or moving.
    Gif,
    /// AVIF still pictures and the primary picture of sequences.
    Avif,
    /// Windows bitmap.
    Bmp,
    /// TIFF; the first page.
    Tiff,
}

impl SourceFormat {
    /// Every input format.
    pub const ALL: [Self; 7] =
        [Self::Jpeg, Self::Png, Self::WebP, Self::Gif, Self::Avif, Self::Bmp, Self::Tiff];

    /// The output format of the same name, when there is one.
    #[must_use]
    pub const fn as_output(self) -> Option<Format> {
        match self {
            Self::Jpeg => Some(Format::Jpeg),
            Self::Png => Some(Format::Png),
            Self::WebP => Some(Format::WebP),
            Self::Avif => Some(Format::Avif),
            Self::Gif | Self::Bmp | Self::Tiff => None,
        }
    }

    /// The media type registered for the format.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
            Self::Avif => "image/avif",
            Self::Bmp => "image/bmp",
            Self::Tiff => "image/tiff",
        }
    }

    /// The cargo feature that adds the format, which is also its lower-case name.
    #[must_use]
    pub const fn feature(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
            Self::Avif => "avif",
            Self::Bmp => "bmp",
            Self::Tiff => "tiff",
        }
    }

    /// Whether this build can read the format.
    #[must_use]
    pub const fn is_enabled(self) -> bool {
        match self {
            Self::Jpeg => cfg!(feature = "jpeg"),
            Self::Png => cfg!(feature = "png"),
            Self::WebP => cfg!(feature = "webp"),
            Self::Gif => cfg!(feature = "gif"),
            Self::Avif => cfg!(feature = "avif"),
            Self::Bmp => cfg!(feature = "bmp"),
            Self::Tiff => cfg!(feature = "tiff"),
        }
    }

    pub(crate) fn supported_list() -> String {
        let names: Vec<String> =
            Self::ALL.iter().filter(|format| format.is_enabled()).map(Self::to_string).collect();
        names.join(", ")
    }
}

impl fmt::Display for SourceFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Gif => "GIF",
            Self::Avif => "AVIF",
            Self::Bmp => "BMP",
            Self::Tiff => "TIFF",
        })
    }
}
