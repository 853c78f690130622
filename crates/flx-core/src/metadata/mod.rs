//! What a result carries of its source besides pixels.
//!
//! Everything here is bounded by constants, not by what a file claims, and what cannot be read is
//! left out: metadata never costs a picture.

mod exif;
#[cfg(feature = "jpeg")]
mod iptc;
mod source;
mod xml;
mod xmp;

use crate::Keep;

/// Metadata in the forms that all output formats embed.
#[derive(Debug, Default, PartialEq)]
pub(crate) struct Metadata {
    /// A colour profile as the ICC defines it.
    pub(crate) icc: Option<Vec<u8>>,
    /// A TIFF structure, without any prefix.
    pub(crate) exif: Option<Vec<u8>>,
    /// An XMP packet.
    pub(crate) xmp: Option<Vec<u8>>,
}

impl Metadata {
    /// What the source has of what is asked for. The profile is not looked for here.
    pub(crate) fn kept(input: &[u8], format: crate::SourceFormat, keep: Keep) -> Self {
        if !(keep.copyright || keep.exif || keep.xmp || keep.gps) {
            return Self::default();
        }
        let found = source::read(input, format);
        Self {
            icc: None,
            exif: found.exif.as_deref().and_then(|exif| exif::filtered(exif, keep)),
            xmp: found.rights_in(
                found.xmp.as_deref().and_then(|packet| xmp::filtered(packet, keep)),
                keep,
            ),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Bytes of the parts together, without the chunks and boxes around them.
    pub(crate) fn len(&self) -> usize {
        [&self.icc, &self.exif, &self.xmp].into_iter().flatten().map(Vec::len).sum()
    }
}
