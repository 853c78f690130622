//! Less effort where time is short.

use std::time::Duration;

use crate::cost::Cost;
use crate::engines::Engine;
use crate::{Effort, Format};

/// Encodes of a picture that are still to come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    pub(crate) format: Format,
    /// Whether PNG is to be of a palette.
    pub(crate) is_palette: bool,
    /// How many there will usually be.
    pub(crate) encodes: u64,
    /// Whether each is decoded and compared with the picture.
    pub(crate) is_scored: bool,
}

/// Processor time of one encode in milliseconds a megapixel, on one thread.
const fn milliseconds(load: &Load, effort: Effort) -> u64 {
    let cost = if load.is_palette {
        Cost::of_palette(effort)
    } else {
        Cost::of_writing(load.format, effort)
    };
    // The figures are those of engines at full speed; without SIMD rav1e takes three times as long.
    if !matches!(load.format, Format::Avif) || Engine::of(load.format, effort).full_speed {
        cost.ms_a_megapixel
    } else {
        cost.ms_a_megapixel * 3
    }
}

/// The same for decoding a result and comparing it with the picture.
const SCORING: u64 = 200;

/// Machines differ, and a picture may be harder than most.
const MARGIN: u64 = 3;

/// The greatest effort, of those up to the one asked for, at which all that is still to be done to
/// a picture of so many pixels will be done in the time left; the least when none will.
pub(crate) fn affordable(
    asked: Effort,
    loads: &[Load],
    pixels: u64,
    left: Option<Duration>,
) -> Effort {
    let Some(left) = left else { return asked };
    let left = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    let fits = |effort: Effort| {
        let each = |load: &Load| {
            let encode = milliseconds(load, effort);
            let scoring = if load.is_scored { SCORING } else { 0 };
            (encode + scoring).saturating_mul(load.encodes)
        };
        let all: u64 = loads.iter().map(each).sum();
        pixels.saturating_mul(all).saturating_mul(MARGIN) / 1_000_000 <= left
    };
    let greatest = Effort::ALL.into_iter().rev().find(|effort| *effort <= asked && fits(*effort));
    greatest.unwrap_or(Effort::Fast)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: Load =
        Load { format: Format::Avif, is_palette: false, encodes: 1, is_scored: false };

    fn in_time(loads: &[Load], seconds: u64) -> Effort {
        affordable(Effort::Small, loads, 50_000_000, Some(Duration::from_secs(seconds)))
    }

    /// The shortest time, in seconds, that an effort is afforded in.
    fn least(effort: Effort, loads: &[Load]) -> u64 {
        (1..100_000).find(|seconds| in_time(loads, *seconds) >= effort).unwrap()
    }

    #[test]
    fn effort_is_lowered_as_time_runs_out_and_never_raised() {
        let at = |asked, seconds| {
            affordable(asked, &[ONE], 50_000_000, Some(Duration::from_secs(seconds)))
        };
        assert_eq!(affordable(Effort::Small, &[ONE], 50_000_000, None), Effort::Small);
        assert_eq!(at(Effort::Small, 100_000), Effort::Small);
        assert_eq!(at(Effort::Small, 1), Effort::Fast);
        assert_eq!(at(Effort::Fast, 100_000), Effort::Fast);
        assert!(at(Effort::Small, 30) < Effort::Small);
    }

    #[test]
    fn all_that_is_still_to_come_must_fit_into_the_time() {
        let one = least(Effort::Balanced, &[ONE]);
        let three = Load { encodes: 3, ..ONE };
        let scored = Load { is_scored: true, ..ONE };
        let palette = Load { format: Format::Png, is_palette: true, ..ONE };
        assert!(least(Effort::Balanced, &[three]) >= one * 3 - 2);
        assert!(least(Effort::Balanced, &[scored]) > one);
        assert!(
            least(Effort::Balanced, &[ONE, palette])
                >= one + least(Effort::Balanced, &[palette]) - 1
        );
        assert!(
            least(Effort::Small, &[palette])
                > least(Effort::Small, &[Load { is_palette: false, ..palette }])
        );
    }
}
