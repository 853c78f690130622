//! flx's figures as shares of a peer's.

use super::rounds::{Measured, SCORES};
use super::turns::Time;

/// A geometric mean over pictures, with its spread.
#[derive(Debug, Clone)]
pub struct Ratio {
    /// The geometric mean.
    pub mean: f64,
    /// The picture where flx is best.
    pub least: f64,
    /// The picture where flx is worst.
    pub most: f64,
    /// That picture's place.
    pub worst: usize,
    /// How many pictures there are.
    pub count: usize,
}

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    /// Wall time.
    Wall,
    /// User and system time.
    Cpu,
}

impl Of {
    /// It, in milliseconds.
    #[must_use]
    pub const fn of(self, time: &Time) -> f64 {
        match self {
            Self::Wall => time.wall_ms,
            Self::Cpu => time.cpu_ms,
        }
    }
}

impl Ratio {
    /// Sums up the ratios of pictures, each with the picture's place. None when one of them is
    /// missing: a mean over the others could leave out just those where flx is worst.
    #[must_use]
    pub fn over(ratios: &[(usize, Option<f64>)]) -> Option<Self> {
        let known: Vec<(usize, f64)> =
            ratios.iter().map(|(place, ratio)| Some((*place, (*ratio)?))).collect::<Option<_>>()?;
        let worst = known.iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(Self {
            mean: geometric_mean(known.iter().map(|one| one.1))?,
            least: known.iter().map(|one| one.1).fold(f64::INFINITY, f64::min),
            most: worst.1,
            worst: worst.0,
            count: known.len(),
        })
    }
}

/// Bytes at one score.
#[must_use]
pub fn bytes_at(flx: &Measured, peer: &Measured, score: f64) -> Option<f64> {
    Some(flx.curve.bytes_at(score)? / peer.curve.bytes_at(score)?)
}

/// Bytes over the scores that both reached; for a job that is not swept, flx's bytes against the
/// peer's at that score, or, outside what the peer's settings span, against its cheapest result that
/// looks as good, or its best.
#[must_use]
pub fn bytes(flx: &Measured, peer: &Measured, swept: bool) -> Option<f64> {
    if swept {
        return geometric_mean(SCORES.iter().filter_map(|score| bytes_at(flx, peer, *score)));
    }
    let own = flx.curve.points().first()?;
    let cheapest = || Some(peer.curve.reaching(own.score)?.bytes as f64);
    Some(own.bytes as f64 / peer.curve.bytes_at(own.score).or_else(cheapest)?)
}

/// Time over the scores that both reached.
#[must_use]
pub fn time(flx: &Measured, peer: &Measured, of: Of, threads: u32) -> Option<f64> {
    geometric_mean(both(flx, peer, threads).map(|(own, other)| of.of(own) / of.of(other)))
}

/// Time with one thread at one score.
#[must_use]
pub fn time_at(flx: &Measured, peer: &Measured, of: Of, score: f64) -> Option<f64> {
    Some(of.of(flx.time(score, 1)?) / of.of(peer.time(score, 1)?))
}

/// The fewest rounds behind [`time`].
#[must_use]
pub fn rounds(flx: &Measured, peer: &Measured, threads: u32) -> Option<usize> {
    both(flx, peer, threads).map(|(own, other)| own.rounds.min(other.rounds)).min()
}

/// Times of both at the same score.
fn both<'a>(
    flx: &'a Measured,
    peer: &'a Measured,
    threads: u32,
) -> impl Iterator<Item = (&'a Time, &'a Time)> {
    let own = flx.times.iter().filter(move |time| time.threads == threads);
    own.filter_map(move |own| Some((own, peer.time(own.score, threads)?)))
}

/// None when there is nothing to average, or something that was too short to be measured.
pub fn geometric_mean(values: impl Iterator<Item = f64>) -> Option<f64> {
    let (sum, count) =
        values.fold((0.0, 0_u32), |(sum, count), value| (sum + value.ln(), count + 1));
    // Of a zero the logarithm is infinite, of zero by zero not a number.
    (count > 0 && sum.is_finite()).then(|| (sum / f64::from(count)).exp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_average_geometrically_and_name_the_worst() {
        let ratio = Ratio::over(&[(0, Some(0.5)), (2, Some(2.0))]).unwrap();
        assert!((ratio.mean - 1.0).abs() < 1e-12);
        assert_eq!((ratio.least, ratio.most, ratio.worst, ratio.count), (0.5, 2.0, 2, 2));
    }

    #[test]
    fn what_is_missing_or_no_number_is_not_averaged_away() {
        assert!(Ratio::over(&[(0, Some(0.5)), (1, None)]).is_none());
        for odd in [0.0, f64::INFINITY, f64::NAN] {
            assert_eq!(geometric_mean([0.5, odd].into_iter()), None, "{odd}");
        }
    }
}
