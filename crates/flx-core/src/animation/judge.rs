//! Quality by its look: guessed from a few frames, and checked on the frames of the result.

use std::ops::ControlFlow;

use super::Job;
use super::frames::{Frame, Source};
use super::writer::shown_for;
use crate::decode::frames::Frames;
use crate::encode::{Coding, How};
use crate::search::fresh::Steps;
use crate::search::score::Reference;
use crate::search::{Found, auto, smallest};
use crate::{Error, Format, Timings, probe};

/// Encodes of the whole animation at most.
const MOST: usize = 4;

/// Frames that the first guess is made from.
const GUESSED_FROM: u64 = 3;

/// Pixels of the frames that are scored in a result, together. Beyond, frames are left out.
const SCORED_PIXELS: u64 = 32_000_000;

/// Frames that are scored however large they are.
const SCORED_AT_LEAST: u64 = 3;

/// Judges animations against their source.
pub(super) struct Judge<'a> {
    source: &'a Source<'a>,
}

impl<'a> Judge<'a> {
    pub(super) fn new(source: &'a Source<'a>) -> Self {
        Self { source }
    }

    /// The animation of the lowest quality at which no frame that is scored falls short; without
    /// loss where there is none.
    pub(super) fn search(&self, target: f32, job: &mut Job<'_>) -> Result<Found, Error> {
        let Some(first) = self.guess(job.timings)? else { return job.run(Coding::Lossless) };
        let mut begun = Some(job.run(Coding::Lossy(first))?);
        // Without loss it is no larger than with.
        if let Some(found) = begun.take_if(|found| found.quality.is_none()) {
            return Ok(found);
        }
        let plan = auto::Plan { target, first, most: MOST };
        let sought = auto::search(&plan, &Steps::fine(), |quality| {
            let mut found = match begun.take() {
                Some(found) => found,
                None => job.run(Coding::Lossy(quality))?,
            };
            if found.score.is_none() {
                found.score = Some(self.score(&found.bytes, job.timings)?);
            }
            Ok(found)
        })?;
        sought.or_else(|_| job.run(Coding::Lossless))
    }

    /// The highest quality that one of a few frames asks for as a still; none where they are
    /// smaller without loss.
    fn guess(&self, timings: &mut Timings) -> Result<Option<f32>, Error> {
        let options = self.source.options.clone().without_max_bytes();
        let mut spread = Spread::of(self.source.frames(), GUESSED_FROM);
        let mut highest: Option<f32> = None;
        self.source.each(timings, |_, Frame { raster, space, .. }| {
            if spread.takes_next() {
                let how = How { space, ..self.source.how };
                let still = smallest(&raster, &[Format::WebP], &options, &how, &mut 0)?;
                highest = match (highest, still.quality) {
                    (Some(one), Some(other)) => Some(one.max(other)),
                    (one, other) => one.or(other),
                };
            }
            Ok(if spread.is_done() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(highest)
    }

    /// The lowest score of the frames that are scored.
    pub(super) fn score(&self, file: &[u8], timings: &mut Timings) -> Result<f32, Error> {
        let header = probe::header(file)?;
        let is_still = header.info.frames() == 1;
        let how = self.source.how;
        let mut shown = Frames::of(file, &header, how.limits)?;
        let (mut current, mut end) = (None, 0);
        let mut spread = Spread::of(self.source.frames(), self.scored());
        let (mut start, mut lowest) = (0_u64, 100.0_f32);
        self.source.each(timings, |_, Frame { raster, duration, space }| {
            let is_scored = spread.takes_next();
            if is_scored {
                let how = How { space, ..how };
                let reference = Reference::new(&raster, Format::WebP, &how)?;
                if is_still {
                    lowest = lowest.min(reference.score(file)?);
                    // All frames of the source are one.
                    return Ok(ControlFlow::Break(()));
                }
                while end <= start {
                    let Some(frame) = shown.next().transpose()? else { break };
                    end += u64::from(frame.duration);
                    current = Some(frame.image);
                }
                if let Some(image) = &current {
                    lowest = lowest.min(reference.score_of(image)?);
                }
            }
            start += u64::from(shown_for(duration));
            Ok(if spread.is_done() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        Ok(lowest)
    }

    fn scored(&self) -> u64 {
        let frame = self.source.pixels() / self.source.frames().max(1);
        (SCORED_PIXELS / frame.max(1)).max(SCORED_AT_LEAST)
    }
}

/// Takes so many of all frames, evenly spread.
struct Spread {
    all: u64,
    taken: u64,
    next: u64,
}

impl Spread {
    fn of(all: u64, wanted: u64) -> Self {
        Self { all, taken: wanted.min(all), next: 0 }
    }

    fn takes_next(&mut self) -> bool {
        // From the middle of each share.
        let before = |index: u64| (index * self.taken + self.all / 2) / self.all.max(1);
        let is_taken = before(self.next + 1) > before(self.next);
        self.next += 1;
        is_taken
    }

    fn is_done(&self) -> bool {
        self.next >= self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(all: u64, wanted: u64) -> Vec<u64> {
        let mut spread = Spread::of(all, wanted);
        (0..all).filter(|_| spread.takes_next()).collect()
    }

    #[test]
    fn frames_are_taken_evenly_and_all_of_them_where_they_are_few() {
        assert_eq!(taken(5, 9), [0, 1, 2, 3, 4]);
        assert_eq!(taken(12, 3), [1, 5, 9]);
        assert_eq!(taken(100, 4), [12, 37, 62, 87]);
        for (all, wanted) in [(7, 3), (640, 33), (2, 1)] {
            assert_eq!(taken(all, wanted).len() as u64, wanted);
        }
    }
}
