//! Animations: frame by frame from GIF, APNG or animated WebP to animated WebP.
//!
//! No more than a few frames are in memory at a time. What has to see the animation twice, such as
//! a search for the quality that fits, decodes it again.

mod frames;
mod samples;
mod writer;

use frames::{Colours, Source};
use samples::Samples;

use crate::colour::Conversion;
use crate::embed::room_for;
use crate::encode::{Coding, How};
use crate::geometry::Geometry;
use crate::metadata::Metadata;
use crate::pace::affordable;
use crate::probe::Header;
use crate::search::{Found, fit_bytes};
use crate::{
    Error, Format, ImageInfo, Limits, Options, Quality, QualityChoice, SourceFormat, Timings,
};

/// Whether the result is to be an animation: only WebP is written as one.
pub(crate) fn is_asked_for(info: &ImageInfo, formats: &[Format], options: &Options) -> bool {
    let is_read =
        matches!(info.format(), SourceFormat::Gif | SourceFormat::Png | SourceFormat::WebP);
    options.animated() && info.frames() > 1 && is_read && formats.contains(&Format::WebP)
}

/// A result, what became of the colours, and what is to be embedded.
pub(crate) type Animated = (Found, Conversion, Metadata);

/// Compresses an animation whose header has passed the limits for stills.
pub(crate) fn animate(
    input: &[u8],
    header: &Header<'_>,
    geometry: &Geometry,
    options: &Options,
    limits: &Limits,
    timings: &mut Timings,
) -> Result<Animated, Error> {
    let info = &header.info;
    limits.check_animation(info)?;
    let format = Format::WebP;
    let pixels = u64::from(geometry.canvas.width) * u64::from(geometry.canvas.height);
    let all = pixels.saturating_mul(info.frames().into());
    let effort = affordable(options.effort(), format, all, limits.time_left());
    let how = How { effort, ..How::of(options, limits) };
    let metadata = Metadata::kept(input, info.format(), options.keep());
    let source = Source { input, header, geometry, options, how };

    let mut job = Job { source: &source, timings, encodes: 0, colours: Colours::default() };
    let mut samples = None;
    let mut found = match options.quality() {
        QualityChoice::Fixed(quality) => job.run(Coding::Lossy(f32::from(quality.get())))?,
        QualityChoice::Auto(look) => {
            let taken = Samples::take(&source, job.timings)?;
            let found = taken.search(look.target(), &mut job)?;
            samples = Some(taken);
            found
        }
    };
    let metadata = Metadata { icc: job.colours.icc.take(), ..metadata };
    if let Some(limit) = options.max_bytes() {
        let limit = limit.get().saturating_sub(room_for(&metadata)).max(1);
        if found.bytes.len() as u64 > limit {
            let start = found.quality.unwrap_or(f32::from(Quality::MAX.get()));
            found = fit_bytes::search(format, found.bytes.len(), start, limit, |quality| {
                job.run(Coding::Lossy(quality))
            })?;
            if let Some(samples) = &samples {
                found.score = Some(samples.score(&found.bytes, &source.how)?);
            }
        }
    }
    Ok((Found { encodes: job.encodes, ..found }, job.colours.conversion, metadata))
}

/// One animation, coded again and again.
struct Job<'a> {
    source: &'a Source<'a>,
    timings: &'a mut Timings,
    encodes: u32,
    /// As the last run found them.
    colours: Colours,
}

impl Job<'_> {
    fn run(&mut self, coding: Coding) -> Result<Found, Error> {
        self.encodes += 1;
        let (written, colours) = self.source.encode(coding, self.timings)?;
        self.colours = colours;
        let coding = if written.is_lossless { Coding::Lossless } else { coding };
        Ok(Found::new(written.bytes, Format::WebP, coding, self.encodes))
    }
}
