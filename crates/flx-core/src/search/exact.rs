//! Graphics without loss, or nearly so, where that is smaller than lossy coding at a better look.

use super::Found;
use super::score::Reference;
use super::trials::Trials;
use crate::encode::{Coding, alternatives, may_be_nearly_lossless};
use crate::{AutoQuality, Error};

/// Tries to better a lossy file, or makes one without loss where there is none, as when none looks
/// as good as asked. When it fails half-way, the best until then stands in `best`.
pub(super) fn improve<'a>(
    best: &mut Option<Found>,
    trials: &mut Trials<'a>,
    look: Option<AutoQuality>,
    reference: Option<&Reference<'a>>,
) -> Result<(), Error> {
    let (raster, format) = (trials.raster, trials.format);
    let may_be_near = may_be_nearly_lossless(raster, format);
    // Only what is scored later has to be kept.
    let lossy = best.as_ref().filter(|lossy| may_be_near && lossy.score.is_none());
    let lossy = lossy.map(|lossy| lossy.bytes.clone());
    let codings =
        if best.is_some() { alternatives(raster, format) } else { vec![Coding::Lossless] };
    for coding in codings {
        take_if_smaller(best, trials.run(coding)?);
    }
    if !may_be_near {
        return Ok(());
    }
    let mut near = trials.nearly_lossless(level(look))?;
    if best.as_ref().is_some_and(|best| near.bytes.len() >= best.bytes.len()) {
        return Ok(());
    }
    let made;
    let reference = match reference {
        Some(reference) => reference,
        None => {
            made = Reference::new(raster, format, trials.how)?;
            &made
        }
    };
    let score = reference.score(&near.bytes)?;
    near.score = Some(score);
    let least = match (look, lossy) {
        (Some(look), _) => look.target(),
        (None, Some(lossy)) => reference.score(&lossy)?,
        (None, None) => 0.0,
    };
    if score >= least {
        take_if_smaller(best, near);
    }
    Ok(())
}

fn take_if_smaller(best: &mut Option<Found>, other: Found) {
    if best.as_ref().is_none_or(|best| other.bytes.len() <= best.bytes.len()) {
        *best = Some(other);
    }
}

/// How far libwebp may go. Each level scores well above its look, see `docs/decisions/0008-webp.md`.
const fn level(look: Option<AutoQuality>) -> u8 {
    match look {
        None | Some(AutoQuality::Best) => 40,
        Some(AutoQuality::Good) => 20,
        Some(AutoQuality::Low) => 0,
    }
}
