//! Animations: frame by frame from GIF, APNG or animated WebP to animated WebP.
//!
//! No more than a few frames are in memory at a time. What has to see the animation twice, such as
//! a search for the quality that fits, decodes it again.

mod frames;
mod judge;
mod writer;

use frames::{Colours, Source};
use judge::Judge;

use crate::colour::Conversion;
use crate::embed::room_for;
use crate::encode::{Coding, How};
use crate::geometry::Geometry;
use crate::metadata::Metadata;
use crate::pace::{Load, affordable};
use crate::probe::Header;
use crate::search::fresh::Steps;
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

/// What came of an animation.
pub(crate) struct Animated {
    pub(crate) found: Result<Found, Error>,
    /// How often all of it was coded.
    pub(crate) encodes: u32,
    pub(crate) conversion: Conversion,
    /// What is to be embedded.
    pub(crate) metadata: Metadata,
}

/// Compresses an animation whose header has passed the limits for stills.
pub(crate) fn animate(
    input: &[u8],
    header: &Header<'_>,
    geometry: &Geometry,
    options: &Options,
    limits: &Limits,
    timings: &mut Timings,
) -> Result<Animated, Error> {
    limits.check_animation(&header.info)?;
    limits.check_animation_result(&header.info, geometry.canvas)?;
    let how = How::of(options, limits);
    let source = Source { input, header, geometry, options, how };
    let mut metadata = Metadata::kept(input, header.info.format(), options.keep());
    let mut job = Job::new(&source, timings);
    let found = search(&mut job, &mut metadata);
    Ok(Animated { found, encodes: job.encodes, conversion: job.colours.conversion, metadata })
}

/// The file that answers the options, to a look and down to a size. Adds the profile to the metadata.
fn search(job: &mut Job<'_>, metadata: &mut Metadata) -> Result<Found, Error> {
    let options = job.source.options;
    let mut judge = None;
    let found = match options.quality() {
        QualityChoice::Fixed(quality) => job.run(Coding::Lossy(f32::from(quality.get())))?,
        QualityChoice::Auto(look) => {
            judge.insert(Judge::new(job.source)).search(look.target(), job)?
        }
    };
    metadata.icc = job.colours.icc.take();
    let Some(limit) = options.max_bytes() else { return Ok(found) };
    let limit = limit.get().saturating_sub(room_for(metadata)).max(1);
    if found.bytes.len() as u64 <= limit {
        return Ok(found);
    }
    let start = (found.quality.unwrap_or(f32::from(Quality::MAX.get())), found.bytes.len() as u64);
    let mut found = fit_bytes::search(Format::WebP, start, limit, &Steps::fine(), |quality| {
        job.run(Coding::Lossy(quality))
    })?;
    if let Some(judge) = &judge {
        match judge.score(&found.bytes, job.timings) {
            Ok(score) => found.score = Some(score),
            // It fits all the same; nobody knows how it looks.
            Err(Error::DeadlineExceeded { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    found.lowered = found.quality.is_some();
    Ok(found)
}

/// One animation, coded again and again.
struct Job<'a> {
    source: &'a Source<'a>,
    timings: &'a mut Timings,
    /// What is expected from here on.
    load: Load,
    encodes: u32,
    /// As the last run found them.
    colours: Colours,
}

impl<'a> Job<'a> {
    fn new(source: &'a Source<'a>, timings: &'a mut Timings) -> Self {
        let options = source.options;
        let is_scored = matches!(options.quality(), QualityChoice::Auto(_));
        // The first guess of a look is seldom far off; a size takes some three encodes more.
        let of_look = if is_scored { 2 } else { 1 };
        let of_size = if options.max_bytes().is_some() { 3 } else { 0 };
        let encodes = of_look + of_size;
        let load = Load { format: Format::WebP, is_palette: false, encodes, is_scored };
        Self { source, timings, load, encodes: 0, colours: Colours::default() }
    }

    fn run(&mut self, coding: Coding) -> Result<Found, Error> {
        let source = self.source;
        let how = source.how;
        let effort = affordable(how.effort, &[self.load], source.pixels(), how.limits.time_left());
        self.load.encodes = self.load.encodes.saturating_sub(1).max(1);
        self.encodes += 1;
        let (written, colours) = source.encode(coding, &How { effort, ..how }, self.timings)?;
        self.colours = colours;
        Ok(Found::new(written, Format::WebP, coding))
    }
}
