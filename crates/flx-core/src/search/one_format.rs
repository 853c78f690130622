//! The smallest file of one format that answers the options.

use super::score::Reference;
use super::trials::Trials;
use super::{Found, auto, exact, first_coding, fit_bytes};
use crate::encode::{Coding, failed};
use crate::quality::quality_for_score;
use crate::{AutoQuality, Error, Options, Quality, QualityChoice};

/// Codes in as many ways as it takes: to a look, without loss beside, and down to a size.
pub(super) fn search(mut trials: Trials<'_>, options: &Options) -> Result<Found, Error> {
    let limit = options.max_bytes().map_or(u64::MAX, |limit| limit.get());
    let fits = |found: &Found| found.bytes.len() as u64 <= limit;
    let first = first_coding(trials.format, options);
    let (look, reference) = match options.quality() {
        QualityChoice::Auto(look) if first != Coding::Lossless => {
            let reference = Reference::new(trials.raster, trials.format, trials.how)?;
            (Some(look), Some(reference))
        }
        _ => (None, None),
    };
    let mut best = match (look, &reference, first) {
        (Some(look), Some(reference), _) => by_look(&mut trials, reference, look)?,
        (_, _, Coding::Lossy(quality)) => Some(trials.lossy(quality)?),
        _ => Some(trials.run(first)?),
    };
    // A palette that keeps every pixel has nothing to gain.
    if best.as_ref().is_none_or(|found| found.quality.is_some()) {
        match exact::improve(&mut best, &mut trials, look, reference.as_ref()) {
            Err(Error::DeadlineExceeded { .. }) if best.as_ref().is_some_and(fits) => {}
            other => other?,
        }
    }
    let found = best.ok_or_else(|| failed(trials.format, "nothing was coded"))?;
    if fits(&found) {
        return Ok(found);
    }
    if first == Coding::Lossless {
        let bytes = found.bytes.len() as u64;
        return Err(Error::CannotFit { format: trials.format, bytes, limit });
    }
    let mut found = to_size(&mut trials, limit)?;
    if let (None, Some(reference)) = (found.score, &reference) {
        match reference.score(&found.bytes) {
            Ok(score) => found.score = Some(score),
            // It fits all the same; nobody knows how it looks.
            Err(Error::DeadlineExceeded { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    let is_good = look.is_some_and(|look| found.score.is_some_and(|score| score >= look.target()));
    found.lowered = found.quality.is_some() && !is_good;
    Ok(found)
}

/// The lowest quality that looks as good as asked; none where only coding without loss does.
fn by_look(
    trials: &mut Trials<'_>,
    reference: &Reference<'_>,
    look: AutoQuality,
) -> Result<Option<Found>, Error> {
    let format = trials.format;
    let target = look.target();
    let steps = trials.steps.clone();
    let plan = auto::Plan { target, first: quality_for_score(target + auto::MARGIN), most: 8 };
    let sought = auto::search(&plan, &steps, |quality| {
        let mut found = trials.lossy(quality)?;
        if found.score.is_none() {
            found.score = Some(reference.score(&found.bytes)?);
        }
        Ok(found)
    })?;
    match sought {
        Ok(found) => Ok(Some(found)),
        Err(_) if format.has_lossless() => Ok(None),
        Err(score) => Err(Error::TargetNotReached {
            format,
            // Rounded down: nothing that falls short reads as if it did not.
            score: format!("{:.1}", (score * 10.0).floor() / 10.0),
            target: target.to_string(),
        }),
    }
}

/// The highest quality whose file is small enough.
fn to_size(trials: &mut Trials<'_>, limit: u64) -> Result<Found, Error> {
    let format = trials.format;
    let steps = trials.steps.clone();
    match trials.lowest_over(limit) {
        Some(start) => fit_bytes::search(format, start, limit, &steps, |q| trials.lossy(q)),
        None => {
            // What is too large is without loss, as nothing else looked as good as asked; the best
            // of the rest may fit.
            let highest = f32::from(Quality::MAX.get());
            let found = trials.lossy(highest)?;
            let bytes = found.bytes.len() as u64;
            if bytes <= limit {
                return Ok(found);
            }
            fit_bytes::search(format, (highest, bytes), limit, &steps, |q| trials.lossy(q))
        }
    }
}
