//! Less effort where time is short.

use std::time::Duration;

use crate::{Effort, Format};

/// Processor time of one encode in milliseconds a megapixel, on one thread, for the efforts in
/// ascending order: `just bench-peers`, table of engines, rounded up.
const fn cost(format: Format) -> [u64; 3] {
    match format {
        Format::WebP => [70, 140, 300],
        Format::Avif if cfg!(feature = "avif-aom") => [150, 600, 2_500],
        Format::Avif if cfg!(feature = "asm") => [450, 900, 2_000],
        Format::Avif => [1_500, 2_500, 6_000],
        Format::Jpeg => [60, 100, 350],
        Format::Png => [200, 400, 1_500],
    }
}

/// Machines differ, and a picture may be harder than most.
const MARGIN: u64 = 3;

/// The greatest effort, of those up to the one asked for, at which a picture of so many pixels will
/// be done in the time left; the least when none will.
pub(crate) fn affordable(
    asked: Effort,
    format: Format,
    pixels: u64,
    left: Option<Duration>,
) -> Effort {
    let Some(left) = left else { return asked };
    let left = u64::try_from(left.as_millis()).unwrap_or(u64::MAX);
    let fits = |cost: u64| pixels.saturating_mul(cost).saturating_mul(MARGIN) / 1_000_000 <= left;
    Effort::ALL
        .into_iter()
        .zip(cost(format))
        .filter(|(effort, cost)| *effort <= asked && fits(*cost))
        .map(|(effort, _)| effort)
        .next_back()
        .unwrap_or(Effort::Fast)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn effort_is_lowered_as_time_runs_out_and_never_raised() {
        let at = |asked, seconds| {
            affordable(asked, Format::Avif, 50_000_000, Some(Duration::from_secs(seconds)))
        };
        assert_eq!(affordable(Effort::Small, Format::Avif, 50_000_000, None), Effort::Small);
        assert_eq!(at(Effort::Small, 100_000), Effort::Small);
        assert_eq!(at(Effort::Small, 1), Effort::Fast);
        assert_eq!(at(Effort::Fast, 100_000), Effort::Fast);
        assert!(at(Effort::Small, 300) < Effort::Small);
    }
}
