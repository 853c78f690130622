//! Finding the file that the options describe, by coding the picture as often as that takes.

pub(crate) mod auto;
mod exact;
pub(crate) mod fit_bytes;
pub(crate) mod fresh;
mod one_format;
mod sample;
pub(crate) mod score;
mod trials;

use std::cmp::Ordering::Equal;

use trials::Trials;

use crate::encode::{Coding, How, Written, alternatives, may_be_nearly_lossless};
use crate::pace::Load;
use crate::quality::quality_for_score;
use crate::raster::Raster;
use crate::resize::TargetSize;
use crate::{Error, Format, Options, QualityChoice};

/// A result, and what is known of it.
pub(crate) struct Found {
    pub(crate) bytes: Vec<u8>,
    pub(crate) format: Format,
    /// On the scale; none when every pixel is as it was, or nearly so.
    pub(crate) quality: Option<f32>,
    /// When it was measured.
    pub(crate) score: Option<f32>,
    /// Whether a bound on bytes took it below the quality asked for.
    pub(crate) lowered: bool,
}

impl Found {
    /// What is known of a file by the way it was coded.
    pub(crate) fn new(written: Written, format: Format, coding: Coding) -> Self {
        let (quality, score) = match coding {
            Coding::Lossy(quality) | Coding::Setting { quality, .. } if !written.is_lossless => {
                (Some(quality), None)
            }
            _ => (None, Some(100.0)),
        };
        Self { bytes: written.bytes, format, quality, score, lowered: false }
    }

    /// Whether it is the better answer: what is as good as asked goes before what is not; of the
    /// first the smaller file, of the others the better look.
    fn is_better_than(&self, other: &Self) -> bool {
        if self.lowered != other.lowered {
            return other.lowered;
        }
        let look = |found: &Self| match (found.score, found.quality) {
            (Some(score), _) => score,
            (None, Some(quality)) => quality,
            (None, None) => 100.0,
        };
        let looks = if self.lowered { look(self).total_cmp(&look(other)) } else { Equal };
        looks.reverse().then(self.bytes.len().cmp(&other.bytes.len())).is_lt()
    }
}

/// The smallest file that answers the options, in one of the formats; where none does within a
/// bound on bytes, the best-looking one. Counts how often the whole picture is coded.
///
/// When time runs out, what was found until then is the answer.
pub(crate) fn smallest(
    raster: &Raster,
    formats: &[Format],
    options: &Options,
    how: &How<'_>,
    encodes: &mut u32,
) -> Result<Found, Error> {
    let size = TargetSize { width: raster.width(), height: raster.height() };
    let fitting: Vec<Format> = formats
        .iter()
        .copied()
        .filter(|format| how.limits.check_output(*format, size).is_ok())
        .collect();
    let promising = sample::promising(raster, &fitting, options, how)?;
    let mut best: Option<Found> = None;
    let mut refusal = None;
    for (index, format) in promising.iter().enumerate() {
        let later = promising.iter().skip(index + 1).map(|format| load(raster, *format, options));
        let trials = Trials::new(raster, *format, options, how, later.collect(), encodes);
        match one_format::search(trials, options) {
            Ok(found) => {
                if best.as_ref().is_none_or(|best| found.is_better_than(best)) {
                    best = Some(found);
                }
            }
            Err(Error::DeadlineExceeded { .. }) if best.is_some() => break,
            // Another format may still do what this one cannot.
            Err(error @ (Error::CannotFit { .. } | Error::TargetNotReached { .. })) => {
                refusal.get_or_insert(error);
            }
            Err(other) => return Err(other),
        }
    }
    match (best, refusal) {
        (Some(best), _) => Ok(best),
        (None, Some(error)) => Err(error),
        (None, None) => Err(Error::InvalidOption {
            name: "format",
            value: "no format".to_owned(),
            allowed: "at least one that can hold the picture",
        }),
    }
}

/// How a format is coded at first; without loss where nothing else was asked for.
fn first_coding(format: Format, options: &Options) -> Coding {
    match options.quality() {
        _ if format == Format::Png && !options.lossy_png() => Coding::Lossless,
        QualityChoice::Fixed(quality) => Coding::Lossy(f32::from(quality.get())),
        QualityChoice::Auto(look) => Coding::Lossy(quality_for_score(look.target())),
    }
}

/// What a format is likely to take.
fn load(raster: &Raster, format: Format, options: &Options) -> Load {
    let is_lossy = first_coding(format, options) != Coding::Lossless;
    let is_scored = is_lossy && matches!(options.quality(), QualityChoice::Auto(_));
    let is_palette = format == Format::Png && is_lossy;
    // A look is found in two to three encodes, a size in about three more.
    let of_look = if is_scored { 3 } else { 1 };
    let of_size = if is_lossy && options.max_bytes().is_some() { 3 } else { 0 };
    let beside = u64::from(is_lossy && !alternatives(raster, format).is_empty())
        + u64::from(is_lossy && may_be_nearly_lossless(raster, format));
    Load { format, is_palette, encodes: of_look + of_size + beside, is_scored }
}
