//! What came of a job, and flx's share of a peer over its pictures.

use super::job::{Entrant, Job};
use super::ratio::{self, Ratio};
use super::rounds::Measured;
use super::runner::Memory;

/// What came of a job.
pub struct Finished {
    /// The job, with those of its entrants that could be measured, flx first.
    pub job: &'static Job,
    /// Their places among the job's entrants.
    pub places: Vec<usize>,
    /// For each picture its name and what each of `places` made of it.
    pub pictures: Vec<(String, Vec<Measured>)>,
    /// Of each of `places`, on the first picture.
    pub memory: Vec<Option<Memory>>,
    /// Rounds that were asked for at each point.
    pub asked: usize,
    /// Pictures that could not be judged, and what they score without loss.
    pub left_out: Vec<String>,
}

impl Finished {
    /// The program in one of `places`.
    #[must_use]
    pub fn entrant(&self, place: usize) -> Option<&'static Entrant> {
        self.job.entrants.get(*self.places.get(place)?)
    }

    /// The peers, each with its place.
    pub fn peers(&self) -> impl Iterator<Item = (usize, &'static Entrant)> {
        (1..self.places.len()).filter_map(|place| Some((place, self.entrant(place)?)))
    }

    /// Every picture's place, what flx made of it and what a peer did.
    fn pairs(&self, peer: usize) -> impl Iterator<Item = (usize, &Measured, &Measured)> {
        self.pictures.iter().enumerate().filter_map(move |(place, (_, measured))| {
            Some((place, measured.first()?, measured.get(peer)?))
        })
    }

    /// Over all pictures; none when one of them has no ratio.
    #[must_use]
    pub fn over_all(
        &self,
        peer: usize,
        ratio: impl Fn(&Measured, &Measured) -> Option<f64>,
    ) -> Option<Ratio> {
        let ratios = self.pairs(peer).map(|(place, flx, other)| (place, ratio(flx, other)));
        Ratio::over(&ratios.collect::<Vec<_>>())
    }

    /// Over the pictures that were timed; none when one of them has no ratio.
    #[must_use]
    pub fn over_timed(
        &self,
        peer: usize,
        ratio: impl Fn(&Measured, &Measured) -> Option<f64>,
    ) -> Option<Ratio> {
        let timed = self.pairs(peer).filter(|(_, flx, other)| flx.timed() || other.timed());
        let ratios = timed.map(|(place, flx, other)| (place, ratio(flx, other)));
        Ratio::over(&ratios.collect::<Vec<_>>())
    }

    /// Over the pictures of which both reached what is compared: not every encoder reaches every
    /// score.
    #[must_use]
    pub fn over_known(
        &self,
        peer: usize,
        ratio: impl Fn(&Measured, &Measured) -> Option<f64>,
    ) -> Option<Ratio> {
        let ratios = self.pairs(peer).map(|(place, flx, other)| (place, ratio(flx, other)));
        Ratio::over(&ratios.filter(|(_, ratio)| ratio.is_some()).collect::<Vec<_>>())
    }

    /// How many pictures flx or a peer was timed on.
    #[must_use]
    pub fn timed(&self, peer: usize) -> usize {
        self.pairs(peer).filter(|(_, flx, other)| flx.timed() || other.timed()).count()
    }

    /// Over the pictures that were timed with both at a score; none when one has no ratio.
    #[must_use]
    pub fn over_reached(
        &self,
        peer: usize,
        score: f64,
        ratio: impl Fn(&Measured, &Measured) -> Option<f64>,
    ) -> Option<Ratio> {
        let reached = self.pairs(peer).filter(|(_, flx, other)| {
            flx.time(score, 1).is_some() && other.time(score, 1).is_some()
        });
        let ratios = reached.map(|(place, flx, other)| (place, ratio(flx, other)));
        Ratio::over(&ratios.collect::<Vec<_>>())
    }

    /// The fewest rounds behind the times of flx and of a peer with one thread at a score.
    #[must_use]
    pub fn rounds_at(&self, peer: usize, score: f64) -> Option<usize> {
        let both = self.pairs(peer).filter_map(|(_, flx, other)| {
            Some(flx.time(score, 1)?.rounds.min(other.time(score, 1)?.rounds))
        });
        both.min()
    }

    /// The fewest rounds behind the times of flx and of a peer.
    #[must_use]
    pub fn rounds(&self, peer: usize, threads: u32) -> Option<usize> {
        self.pairs(peer).filter_map(|(_, flx, other)| ratio::rounds(flx, other, threads)).min()
    }

    /// Peak memory.
    #[must_use]
    pub fn memory_ratio(&self, peer: usize) -> Option<f64> {
        let peak = |place: usize| -> Option<Memory> { *self.memory.get(place)? };
        Some(peak(0)?.peak as f64 / peak(peer)?.peak as f64)
    }

    /// A figure of every program, over the pictures of which all of them have one: means over
    /// other pictures could not be compared. A program without any has none.
    #[must_use]
    pub fn common(&self, figure: impl Fn(&[Measured], usize) -> Option<f64>) -> Common {
        let rows: Vec<Vec<Option<f64>>> = self
            .pictures
            .iter()
            .map(|(_, all)| (0..self.places.len()).map(|place| figure(all, place)).collect())
            .collect();
        let of = |row: &[Option<f64>], place: usize| row.get(place).copied().flatten();
        let present: Vec<usize> = (0..self.places.len())
            .filter(|place| rows.iter().any(|row| of(row, *place).is_some()))
            .collect();
        let rows: Vec<_> = rows
            .into_iter()
            .filter(|row| present.iter().all(|place| of(row, *place).is_some()))
            .collect();
        let figures = (0..self.places.len())
            .map(|place| rows.iter().filter_map(|row| of(row, place)).collect())
            .collect();
        Common { pictures: if present.is_empty() { 0 } else { rows.len() }, figures }
    }
}

/// A figure of every program over the same pictures.
pub struct Common {
    /// How many pictures these are.
    pub pictures: usize,
    /// For each program a figure for each of them, or nothing.
    pub figures: Vec<Vec<f64>>,
}

impl Common {
    /// A program's geometric mean.
    #[must_use]
    pub fn mean(&self, place: usize) -> Option<f64> {
        ratio::geometric_mean(self.figures.get(place)?.iter().copied())
    }
}
