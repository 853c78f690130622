//! The smallest file that still looks as good as asked.
//!
//! Pictures differ in how high they score at one quality, but the way a picture's score rises with
//! quality is much the same for all: the distance to 100 is a multiple, the picture's own, of the
//! distance that pictures have on average. One measurement gives that multiple and so a second
//! guess that is seldom far off; from two measurements on, the search goes between them.

use super::Found;
use super::fresh::Steps;
use crate::quality::{SCALE, quality_for_score};
use crate::{Error, Quality};

/// What is good enough after so many measurements: the nearer to the target the smaller the file,
/// but each further try costs a whole encode.
const CLOSE_ENOUGH: [f32; 4] = [1.0, 1.5, 2.0, 3.0];

/// A guess aims this far above the target, since falling short costs another encode.
pub(crate) const MARGIN: f32 = 0.45;

/// Qualities nearer to each other than this give files that nobody can tell apart.
const STEP: f32 = 0.3;

/// What is looked for, and how long.
pub(crate) struct Plan {
    /// The score that a file must have.
    pub(crate) target: f32,
    /// The quality to begin with.
    pub(crate) first: f32,
    /// Encodes at most. The search halves its range at least every second time.
    pub(crate) most: usize,
}

#[derive(Clone, Copy)]
struct Measured {
    quality: f32,
    score: f32,
}

/// The file of the lowest quality that scores no less than the target, or the score of the highest
/// quality where even that falls short. `trial` codes at a quality, and scores what comes out.
///
/// When time runs out, the smallest file until then that is good enough is the answer.
pub(crate) fn search(
    plan: &Plan,
    steps: &Steps,
    mut trial: impl FnMut(f32) -> Result<Found, Error>,
) -> Result<Result<Found, f32>, Error> {
    let (lowest, highest) = (f32::from(Quality::MIN.get()), f32::from(Quality::MAX.get()));
    let target = plan.target;
    let (mut below, mut above): (Option<Measured>, Option<Measured>) = (None, None);
    let mut best: Option<Found> = None;
    let mut quality = plan.first;
    for attempt in 0..plan.most {
        // Before the search gives up, the best that there is has its chance.
        if above.is_none() && attempt + 1 == plan.most {
            quality = highest;
        }
        let found = match trial(quality) {
            Err(Error::DeadlineExceeded { .. }) if best.is_some() => break,
            other => other?,
        };
        let score = found.score.unwrap_or(100.0);
        let measured = Measured { quality, score };
        if score >= target {
            above = Some(measured);
            if best.as_ref().is_none_or(|best| found.bytes.len() <= best.bytes.len()) {
                best = Some(found);
            }
            if quality <= lowest {
                break;
            }
        } else {
            below = Some(measured);
            if quality >= highest {
                break;
            }
        }
        // What is in hand may have become near enough by the time that its successor falls short.
        let enough = CLOSE_ENOUGH.get(attempt).or(CLOSE_ENOUGH.last()).copied();
        if let (Some(high), Some(enough)) = (above, enough)
            && high.score <= target + enough
        {
            break;
        }
        let next = match (below, above) {
            (Some(low), Some(high)) => {
                let wish = between(low, high, target, attempt);
                steps.between(low.quality, high.quality, wish, STEP)
            }
            _ => steps.beyond(quality, by_scale(measured, target)),
        };
        match next {
            Some(next) => quality = next,
            None => break,
        }
    }
    Ok(best.ok_or(below.map_or(0.0, |below| below.score)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Format, Stage};

    /// A file of as many bytes as its quality, which scores what `look` says.
    fn file(quality: f32, score: f32) -> Found {
        let bytes = vec![0; quality as usize];
        let (quality, score) = (Some(quality), Some(score));
        Found { bytes, format: Format::Jpeg, quality, score, lowered: false }
    }

    fn searched(
        most: usize,
        mut look: impl FnMut(f32) -> Result<f32, Error>,
    ) -> (Result<Result<Found, f32>, Error>, Vec<f32>) {
        let mut tried = Vec::new();
        let plan = Plan { target: 75.0, first: 80.0, most };
        let sought = search(&plan, &Steps::fine(), |quality| {
            tried.push(quality);
            look(quality).map(|score| file(quality, score))
        });
        (sought, tried)
    }

    fn late() -> Error {
        Error::DeadlineExceeded { stage: Stage::Encode }
    }

    #[test]
    fn the_search_gives_up_only_after_the_highest_quality() {
        // As hard as a picture can be: only the very end of the scale comes near.
        for most in [2, 4, 8] {
            let (sought, tried) = searched(most, |quality| Ok(10.0 + quality / 2.0));
            assert_eq!(sought.unwrap().err(), Some(60.0));
            assert_eq!(tried.last(), Some(&100.0), "{tried:?}");
            assert!(tried.len() <= most, "{tried:?}");
        }
    }

    #[test]
    fn out_of_time_the_file_in_hand_that_is_good_enough_is_the_answer() {
        let mut calls = 0;
        let (sought, _) = searched(8, |quality| {
            calls += 1;
            if calls > 1 { Err(late()) } else { Ok(quality + 15.0) }
        });
        assert_eq!(sought.unwrap().unwrap().quality, Some(80.0));
    }

    #[test]
    fn out_of_time_a_file_that_is_not_good_enough_is_none() {
        let mut calls = 0;
        let (sought, _) = searched(8, |_| {
            calls += 1;
            if calls > 1 { Err(late()) } else { Ok(50.0) }
        });
        assert_eq!(sought.err(), Some(late()));
    }

    #[test]
    fn cancelled_there_is_no_answer_whatever_is_in_hand() {
        let cancelled = Error::Cancelled { stage: Stage::Encode };
        let mut calls = 0;
        let (sought, _) = searched(8, |quality| {
            calls += 1;
            if calls > 1 { Err(cancelled.clone()) } else { Ok(quality + 15.0) }
        });
        assert_eq!(sought.err(), Some(cancelled));
    }
}
