//! Taking metadata out of a file without touching its pixels.
//!
//! What is needed to show the picture right stays: orientation, and the colour profile where it
//! says anything but sRGB. Everything else goes: Exif with its GPS position and thumbnail, XMP,
//! IPTC, comments, and whatever is appended to the file.

#[cfg(feature = "avif")]
pub(crate) mod avif;
mod exif;
#[cfg(feature = "jpeg")]
pub(crate) mod jpeg;
#[cfg(feature = "png")]
pub(crate) mod png;
#[cfg(feature = "webp")]
pub(crate) mod webp;

use crate::SourceFormat;
use crate::probe::Header;

/// What becomes of an embedded colour profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ColourProfile {
    Keep,
    Drop,
}

/// The file without metadata; `None` when its structure is too odd to be sure.
pub(crate) fn strip(input: &[u8], header: &Header<'_>, profile: ColourProfile) -> Option<Vec<u8>> {
    let orientation = header.info.orientation();
    match header.info.format() {
        #[cfg(feature = "jpeg")]
        SourceFormat::Jpeg => jpeg::strip(input, profile, orientation),
        #[cfg(feature = "png")]
        SourceFormat::Png => png::strip(input, profile, orientation),
        #[cfg(feature = "webp")]
        SourceFormat::WebP => webp::strip(input, profile, orientation),
        #[cfg(feature = "avif")]
        SourceFormat::Avif => avif::strip(input, profile),
        _ => None,
    }
}
