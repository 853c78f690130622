//! The best quality whose file is not larger than allowed.

use super::Found;
use crate::{Error, Format, Quality};

/// Files of this share of the limit are near enough to it.
const NEAR: f64 = 0.97;

/// Encodes at most.
const MOST: usize = 8;

/// Qualities nearer to each other than this give files of nearly one size.
const STEP: f32 = 0.4;

/// How much the logarithm of the size usually grows by one point of quality.
const SLOPE: f64 = 0.028;

#[derive(Clone, Copy)]
struct Measured {
    quality: f32,
    bytes: f64,
}

/// Searches below a quality at which the file is `bytes` and so too large for the limit.
///
/// The logarithm of the size rises almost in a straight line with quality, so each guess is where
/// that line meets the limit. `lossy` codes at a quality.
pub(crate) fn search(
    format: Format,
    bytes: usize,
    quality: f32,
    limit: u64,
    mut lossy: impl FnMut(f32) -> Result<Found, Error>,
) -> Result<Found, Error> {
    let lowest = f32::from(Quality::MIN.get());
    let aim = limit as f64 * (1.0 + NEAR) / 2.0;
    let mut above = Measured { quality, bytes: bytes as f64 };
    let mut below: Option<Measured> = None;
    let mut best: Option<Found> = None;
    for attempt in 0..MOST {
        let slope = match below {
            Some(low) if low.quality < above.quality => {
                (above.bytes / low.bytes).ln() / f64::from(above.quality - low.quality)
            }
            _ => SLOPE,
        };
        let step = (above.bytes / aim).ln() / slope.max(0.001);
        #[expect(clippy::cast_possible_truncation, reason = "a quality needs no more digits")]
        let guess = above.quality - step as f32;
        let floor = below.map_or(lowest, |low| low.quality + STEP / 2.0);
        let ceiling = (above.quality - STEP / 2.0).max(floor);
        // Without a file that fits, the later tries go for the lowest quality at once.
        let guess = if below.is_none() && attempt >= 2 { lowest } else { guess };
        let quality = guess.clamp(floor.max(lowest), ceiling);
        let found = lossy(quality)?;
        let measured = Measured { quality, bytes: found.bytes.len() as f64 };
        if found.bytes.len() as u64 <= limit {
            let near = measured.bytes >= limit as f64 * NEAR;
            below = Some(measured);
            best = Some(found);
            if near || above.quality - quality <= STEP {
                break;
            }
        } else {
            above = measured;
            if quality <= lowest {
                return Err(Error::CannotFit { format, bytes: found.bytes.len() as u64, limit });
            }
            if below.is_some_and(|low| quality - low.quality <= STEP) {
                break;
            }
        }
    }
    best.ok_or(Error::CannotFit { format, bytes: above.bytes as u64, limit })
}
