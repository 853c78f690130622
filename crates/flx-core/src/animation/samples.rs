//! Quality by its look: judged on a few frames, and checked on those frames of the result.

use std::ops::ControlFlow;

use super::Job;
use super::frames::Source;
use super::writer::shown_for;
use crate::decode::frames::Frames;
use crate::encode::{Coding, How};
use crate::raster::Raster;
use crate::search::score::Reference;
use crate::search::{Found, smallest};
use crate::{Error, Format, Options, Quality, Timings, probe};

/// Encodes of the whole animation at most.
const MOST: usize = 4;

/// A few frames as they go into the encoder.
pub(super) struct Samples<'a> {
    frames: Vec<Sample>,
    how: How<'a>,
    options: Options,
}

struct Sample {
    raster: Raster,
    /// When it is shown, in milliseconds from the start.
    start: u64,
}

impl<'a> Samples<'a> {
    /// A frame near the start, one in the middle, one near the end.
    pub(super) fn take(source: &Source<'a>, timings: &mut Timings) -> Result<Self, Error> {
        let count = source.header.info.frames();
        let wanted = [count / 6, count / 2, (u64::from(count) * 5 / 6) as u32];
        let mut frames = Vec::new();
        let (mut index, mut start) = (0, 0);
        source.each(timings, |_, raster, duration| {
            if wanted.contains(&index) {
                frames.push(Sample { raster, start });
            }
            index += 1;
            start += u64::from(shown_for(duration));
            let last = wanted.iter().all(|wanted| *wanted < index);
            Ok(if last { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        let options = source.options.clone().without_max_bytes();
        Ok(Self { frames, how: source.how, options })
    }

    /// The animation at the lowest quality that the samples ask for, raised where their frames in
    /// the result fall short: what is left standing of earlier frames takes its toll.
    pub(super) fn search(&self, target: f32, job: &mut Job<'_>) -> Result<Found, Error> {
        let mut quality: Option<f32> = None;
        for sample in &self.frames {
            let found = smallest(&sample.raster, &[Format::WebP], &self.options, &self.how)?;
            quality = match (quality, found.quality) {
                (Some(one), Some(other)) => Some(one.max(other)),
                (one, other) => one.or(other),
            };
        }
        let highest = f32::from(Quality::MAX.get());
        for _ in 0..MOST {
            let Some(tried) = quality else { break };
            let mut found = job.run(Coding::Lossy(tried))?;
            let score = self.score(&found.bytes, &self.how)?;
            if score >= target {
                found.score = Some(score);
                return Ok(found);
            }
            let step = (target - score).max(2.0);
            quality = (tried < highest).then_some((tried + step).min(highest));
        }
        job.run(Coding::Lossless)
    }

    /// The lowest score of the sampled frames in a result.
    pub(super) fn score(&self, file: &[u8], how: &How<'_>) -> Result<f32, Error> {
        let header = probe::header(file)?;
        let mut lowest = 100.0_f32;
        if header.info.frames() == 1 {
            for sample in &self.frames {
                let reference = Reference::new(&sample.raster, Format::WebP, how)?;
                lowest = lowest.min(reference.score(file)?);
            }
            return Ok(lowest);
        }
        let mut start = 0;
        for frame in Frames::of(file, &header, how.limits)? {
            let frame = frame?;
            let end = start + u64::from(frame.duration);
            for sample in self.frames.iter().filter(|s| (start..end).contains(&s.start)) {
                let reference = Reference::new(&sample.raster, Format::WebP, how)?;
                lowest = lowest.min(reference.score_of(&frame.image)?);
            }
            start = end;
        }
        Ok(lowest)
    }
}
