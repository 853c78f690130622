//! Finding the file that the options describe, by coding the picture as often as that takes.

mod auto;
pub(crate) mod fit_bytes;
mod sample;
pub(crate) mod score;

use score::Reference;

use crate::encode::{Coding, How, alternatives, encode};
use crate::pace::affordable;
use crate::quality::quality_for_score;
use crate::raster::Raster;
use crate::{Error, Format, Options, QualityChoice, Stage};

/// A result, and how it was come by.
pub(crate) struct Found {
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: Format,
    /// On the scale; none for lossless coding.
    pub(crate) quality: Option<f32>,
    /// When it was measured.
    pub(crate) score: Option<f32>,
    /// How often a picture was coded in full.
    pub(crate) encodes: u32,
}

impl Found {
    /// What is known of a file by the way it was coded.
    pub(crate) fn new(bytes: Vec<u8>, format: Format, coding: Coding, encodes: u32) -> Self {
        let (quality, score) = match coding {
            Coding::Lossy(quality) | Coding::Setting { quality, .. } => (Some(quality), None),
            Coding::Lossless => (None, Some(100.0)),
        };
        Self { bytes, format, quality, score, encodes }
    }
}

/// The smallest file that answers the options, in one of the formats.
pub(crate) fn smallest(
    raster: &Raster,
    formats: &[Format],
    options: &Options,
    how: &How<'_>,
) -> Result<Found, Error> {
    let fitting: Vec<Format> = formats
        .iter()
        .copied()
        .filter(|format| raster.width().max(raster.height()) <= format.max_side())
        .collect();
    let promising = sample::promising(raster, &fitting, options, how)?;
    let mut best: Option<Found> = None;
    let mut refusal = None;
    let mut encodes = 0;
    for format in promising {
        match in_format(raster, format, options, how) {
            Ok(found) => {
                encodes += found.encodes;
                if best.as_ref().is_none_or(|best| found.bytes.len() < best.bytes.len()) {
                    best = Some(found);
                }
            }
            // Another format may still do what this one cannot.
            Err(error @ (Error::CannotFit { .. } | Error::TargetNotReached { .. })) => {
                refusal.get_or_insert(error);
            }
            Err(other) => return Err(other),
        }
    }
    match (best, refusal) {
        (Some(best), _) => Ok(Found { encodes, ..best }),
        (None, Some(error)) => Err(error),
        (None, None) => Err(Error::InvalidOption {
            name: "format",
            value: "no format".to_owned(),
            allowed: "at least one that can hold the picture",
        }),
    }
}

fn in_format(
    raster: &Raster,
    format: Format,
    options: &Options,
    how: &How<'_>,
) -> Result<Found, Error> {
    let lossless = first_coding(format, options) == Coding::Lossless;
    let pixels = u64::from(raster.width()) * u64::from(raster.height());
    let effort = affordable(how.effort, format, pixels, how.limits.time_left());
    let how = &How { effort, ..*how };
    let mut trials = Trials { raster, format, how, encodes: 0 };
    let mut reference = None;
    let mut found = match options.quality() {
        QualityChoice::Auto(look) if !lossless => {
            let reference = reference.insert(Reference::new(raster, format, how)?);
            auto::search(&mut trials, reference, look.target())?
        }
        _ => trials.run(first_coding(format, options))?,
    };
    if !lossless {
        for coding in alternatives(raster, format) {
            let other = trials.run(coding)?;
            if other.bytes.len() < found.bytes.len() {
                found = other;
            }
        }
    }
    if let Some(limit) = options.max_bytes()
        && found.bytes.len() as u64 > limit.get()
    {
        if lossless {
            return Err(Error::CannotFit {
                format,
                bytes: found.bytes.len() as u64,
                limit: limit.get(),
            });
        }
        let start = found.quality.unwrap_or(f32::from(crate::Quality::MAX.get()));
        found = fit_bytes::search(format, found.bytes.len(), start, limit.get(), |quality| {
            trials.lossy(quality)
        })?;
        if let Some(reference) = &reference {
            found.score = Some(reference.score(&found.bytes)?);
        }
    }
    Ok(Found { encodes: trials.encodes, ..found })
}

/// How a format is coded at first; without loss where nothing else was asked for.
fn first_coding(format: Format, options: &Options) -> Coding {
    match options.quality() {
        _ if format == Format::Png && !options.lossy_png() => Coding::Lossless,
        QualityChoice::Fixed(quality) => Coding::Lossy(f32::from(quality.get())),
        QualityChoice::Auto(look) => Coding::Lossy(quality_for_score(look.target())),
    }
}

/// Codes one picture in one format, again and again.
struct Trials<'a> {
    raster: &'a Raster,
    format: Format,
    how: &'a How<'a>,
    encodes: u32,
}

impl Trials<'_> {
    fn lossy(&mut self, quality: f32) -> Result<Found, Error> {
        self.run(Coding::Lossy(quality))
    }

    fn lossless(&mut self) -> Result<Found, Error> {
        self.run(Coding::Lossless)
    }

    fn run(&mut self, coding: Coding) -> Result<Found, Error> {
        if self.encodes > 0 {
            self.how.limits.start(Stage::Encode)?;
        }
        self.encodes += 1;
        let bytes = encode(self.raster, self.format, coding, self.how)?;
        Ok(Found::new(bytes, self.format, coding, self.encodes))
    }
}
