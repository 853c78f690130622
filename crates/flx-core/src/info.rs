//! What a file's header tells about its picture.

use image::metadata::Orientation;

use crate::SourceFormat;

/// The facts of a source picture, read from its header alone.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct ImageInfo {
    pub(crate) format: SourceFormat,
    pub(crate) coded_width: u32,
    pub(crate) coded_height: u32,
    /// Width and height of the part shown, before orientation, where that is not all.
    pub(crate) crop: Option<(u32, u32)>,
    #[cfg_attr(feature = "serde", serde(with = "crate::serialised::orientation"))]
    pub(crate) orientation: Orientation,
    pub(crate) bit_depth: u8,
    pub(crate) has_alpha: bool,
    pub(crate) progressive: bool,
    pub(crate) cmyk: bool,
    pub(crate) frames: u32,
    pub(crate) bytes: u64,
}

impl ImageInfo {
    /// The format, told by content.
    #[must_use]
    pub const fn format(&self) -> SourceFormat {
        self.format
    }

    /// Width in pixels of the picture as shown: cropped and upright.
    #[must_use]
    pub const fn width(&self) -> u32 {
        let (width, height) = self.shown();
        if self.is_turned() { height } else { width }
    }

    /// Height in pixels of the picture as shown: cropped and upright.
    #[must_use]
    pub const fn height(&self) -> u32 {
        let (width, height) = self.shown();
        if self.is_turned() { width } else { height }
    }

    /// Width in pixels as stored in the file, before cropping and orientation.
    #[must_use]
    pub const fn coded_width(&self) -> u32 {
        self.coded_width
    }

    /// Height in pixels as stored in the file, before cropping and orientation.
    #[must_use]
    pub const fn coded_height(&self) -> u32 {
        self.coded_height
    }

    /// Orientation as Exif 2.32 numbers it: 1 is upright, 2–8 are mirrored or turned.
    #[must_use]
    pub fn orientation(&self) -> u8 {
        self.orientation.to_exif()
    }

    /// Bits per sample as stored, 1–16, or up to 64 in TIFF.
    #[must_use]
    pub const fn bit_depth(&self) -> u8 {
        self.bit_depth
    }

    /// Whether the file declares transparency.
    #[must_use]
    pub const fn has_alpha(&self) -> bool {
        self.has_alpha
    }

    /// Whether it is a progressive JPEG, all of whose coefficients stand in memory until the last
    /// scan is read; `false` in other formats.
    #[must_use]
    pub const fn is_progressive(&self) -> bool {
        self.progressive
    }

    /// Whether it is a JPEG in four inks (CMYK or YCCK), which is decoded whole, whatever size is
    /// wanted; `false` in other formats.
    #[must_use]
    pub const fn is_cmyk(&self) -> bool {
        self.cmyk
    }

    /// Number of frames; 1 for a still picture.
    #[must_use]
    pub const fn frames(&self) -> u32 {
        self.frames
    }

    /// Size of the file in bytes.
    #[must_use]
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Width and height of the part shown, before orientation.
    pub(crate) const fn shown(&self) -> (u32, u32) {
        match self.crop {
            Some(sides) => sides,
            None => (self.coded_width, self.coded_height),
        }
    }

    const fn is_turned(&self) -> bool {
        matches!(
            self.orientation,
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        )
    }
}
