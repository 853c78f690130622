//! The smallest file that still looks as good as asked.
//!
//! Pictures differ in how high they score at one quality, but the way a picture's score rises with
//! quality is much the same for all: the distance to 100 is a multiple, the picture's own, of the
//! distance that pictures have on average. One measurement gives that multiple and so a second
//! guess that is seldom far off; from two measurements on, the search goes between them.

use super::score::Reference;
use super::{Found, Trials};
use crate::quality::{SCALE, quality_for_score};
use crate::{Error, Quality};

/// What is good enough after so many measurements: the nearer to the target the smaller the file,
/// but each further try costs a whole encode.
const CLOSE_ENOUGH: [f32; 4] = [1.0, 1.5, 2.0, 3.0];

/// A guess aims this far above the target, since falling short costs another encode.
const MARGIN: f32 = 0.45;

/// Encodes at most. The search halves its range at least every second time.
const MOST: usize = 8;

/// Qualities nearer to each other than this give files that nobody can tell apart.
const STEP: f32 = 0.3;

#[derive(Clone, Copy)]
struct Measured {
    quality: f32,
    score: f32,
}

/// The lossy file of the lowest quality that scores no less than the target.
pub(super) fn search(
    trials: &mut Trials<'_>,
    reference: &Reference,
    target: f32,
) -> Result<Found, Error> {
    let (lowest, highest) = (f32::from(Quality::MIN.get()), f32::from(Quality::MAX.get()));
    let (mut below, mut above): (Option<Measured>, Option<Measured>) = (None, None);
    let mut best: Option<Found> = None;
    let mut quality = quality_for_score(target + MARGIN);
    for attempt in 0..MOST {
        let mut found = trials.lossy(quality)?;
        let score = reference.score(&found.bytes)?;
        found.score = Some(score);
        let measured = Measured { quality, score };
        if score >= target {
            let enough = CLOSE_ENOUGH.get(attempt).or(CLOSE_ENOUGH.last()).copied();
            above = Some(measured);
            if best.as_ref().is_none_or(|best| found.bytes.len() <= best.bytes.len()) {
                best = Some(found);
            }
            if quality <= lowest || enough.is_some_and(|enough| score <= target + enough) {
                break;
            }
        } else {
            below = Some(measured);
            if quality >= highest {
                break;
            }
        }
        quality = match (below, above) {
            (Some(low), Some(high)) if high.quality - low.quality <= STEP => break,
            (Some(low), Some(high)) => between(low, high, target, attempt),
            _ => by_scale(measured, target),
        }
        .clamp(lowest, highest);
    }
    match (best, below) {
        (Some(best), _) => Ok(best),
        // Nothing lossy looks as good as asked; what loses nothing does, where there is such a thing.
        (None, _) if trials.format.has_lossless() => trials.lossless(),
        (None, short) => Err(Error::TargetNotReached {
            format: trials.format,
            score: short.map_or(0.0, |short| short.score).to_string(),
            target: target.to_string(),
        }),
    }
}

/// The next guess from one measurement: the picture's distance to 100 is a multiple of the scale's.
fn by_scale(measured: Measured, target: f32) -> f32 {
    let usual = 100.0 - SCALE.at(measured.quality);
    let multiple = ((100.0 - measured.score) / usual.max(1.0)).max(0.05);
    let guess = quality_for_score(100.0 - (100.0 - target - MARGIN) / multiple);
    // Never the same again: a picture off the scale's ends still moves on.
    if measured.score < target {
        guess.max(measured.quality + 2.0)
    } else {
        guess.min(measured.quality - 1.0)
    }
}

/// The next guess from one measurement on either side.
fn between(low: Measured, high: Measured, target: f32, attempt: usize) -> f32 {
    let wanted = (target + MARGIN).min((target + high.score) / 2.0);
    let share = (wanted - low.score) / (high.score - low.score).max(0.01);
    // Late in the search straight halves, in case the score does not rise steadily.
    let share = if attempt >= 4 { 0.5 } else { share.clamp(0.1, 0.9) };
    low.quality + (high.quality - low.quality) * share
}
