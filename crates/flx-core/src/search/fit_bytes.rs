//! The best quality whose file is not larger than allowed.

use super::Found;
use super::fresh::Steps;
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

/// Searches below a quality at which the file has so many bytes, too many for the limit.
///
/// The logarithm of the size rises almost in a straight line with quality, so each guess is where
/// that line meets the limit. `lossy` codes at a quality. When time runs out, the best file until
/// then that fits is the answer.
pub(crate) fn search(
    format: Format,
    (quality, bytes): (f32, u64),
    limit: u64,
    steps: &Steps,
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
        let next = match below {
            Some(low) => {
                let floor = low.quality + STEP / 2.0;
                let guess = guess.clamp(floor, (above.quality - STEP / 2.0).max(floor));
                steps.between(low.quality, above.quality, guess, STEP)
            }
            // Without a file that fits, the later tries go for the lowest quality at once.
            None if attempt >= 2 => steps.beyond(above.quality, lowest),
            None => steps.beyond(above.quality, guess.min(above.quality - STEP / 2.0)),
        };
        let Some(quality) = next else { break };
        let found = match lossy(quality) {
            Err(Error::DeadlineExceeded { .. }) if best.is_some() => break,
            other => other?,
        };
        let measured = Measured { quality, bytes: found.bytes.len() as f64 };
        if found.bytes.len() as u64 <= limit {
            below = Some(measured);
            best = Some(found);
            if measured.bytes >= limit as f64 * NEAR {
                break;
            }
        } else {
            above = measured;
            if quality <= lowest {
                break;
            }
        }
    }
    best.ok_or(Error::CannotFit { format, bytes: above.bytes as u64, limit })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Stage;

    fn file(quality: f32, bytes: usize) -> Found {
        let (bytes, quality) = (vec![0; bytes], Some(quality));
        Found { bytes, format: Format::Jpeg, quality, score: None, lowered: false }
    }

    /// A picture whose file doubles every 25 points of quality, and takes 40,000 bytes at 100.
    fn bytes_at(quality: f32) -> usize {
        (40_000.0 * ((quality - 100.0) / 25.0).exp2()) as usize
    }

    fn searched(
        limit: u64,
        lossy: impl FnMut(f32) -> Result<Found, Error>,
    ) -> Result<Found, Error> {
        search(Format::Jpeg, (100.0, 40_000), limit, &Steps::fine(), lossy)
    }

    #[test]
    fn a_file_near_the_limit_is_found_in_a_few_encodes() {
        for limit in [8_000, 15_000, 25_000, 39_000] {
            let mut encodes = 0;
            let found = searched(limit, |quality| {
                encodes += 1;
                Ok(file(quality, bytes_at(quality)))
            });
            let bytes = found.unwrap().bytes.len() as u64;
            assert!(bytes <= limit && bytes * 100 >= limit * 97, "{bytes} of {limit}");
            assert!(encodes <= 3, "{limit}: {encodes}");
        }
    }

    #[test]
    fn out_of_time_the_file_in_hand_that_fits_is_the_answer() {
        let late = Error::DeadlineExceeded { stage: Stage::Encode };
        let mut encodes = 0;
        // The first file is far smaller than the limit, so there is more to look for.
        let found = searched(15_000, |quality| {
            encodes += 1;
            if encodes > 1 { Err(late.clone()) } else { Ok(file(quality, 9_000)) }
        });
        assert_eq!(found.unwrap().bytes.len(), 9_000);
        let found = searched(15_000, |_| Err(late.clone()));
        assert_eq!(found.err(), Some(late));
    }

    #[test]
    fn what_never_fits_is_refused_with_what_the_lowest_quality_takes() {
        let refused = searched(100, |quality| Ok(file(quality, bytes_at(quality)))).err();
        let bytes = bytes_at(40.0) as u64;
        assert_eq!(refused, Some(Error::CannotFit { format: Format::Jpeg, bytes, limit: 100 }));
    }
}
