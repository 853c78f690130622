//! The stages of one call and how long each took.

use std::fmt;
use std::time::{Duration, Instant};

use crate::{Error, Limits};

/// A stage of [`compress`](crate::compress), in the order they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum Stage {
    /// Reading the header.
    Probe,
    /// Turning the file into pixels.
    Decode,
    /// Converting pixels to sRGB.
    Colour,
    /// Scaling down.
    Resize,
    /// Turning the picture upright.
    Orient,
    /// Drawing the watermark.
    Watermark,
    /// Writing the result.
    Encode,
}

impl Stage {
    /// Every stage, in the order they run.
    pub const ALL: [Self; 7] = [
        Self::Probe,
        Self::Decode,
        Self::Colour,
        Self::Resize,
        Self::Orient,
        Self::Watermark,
        Self::Encode,
    ];

    /// The stage's name in lower case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Probe => "probe",
            Self::Decode => "decode",
            Self::Colour => "colour",
            Self::Orient => "orient",
            Self::Resize => "resize",
            Self::Watermark => "watermark",
            Self::Encode => "encode",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Wall time spent in each stage of one call.
#[derive(Debug, Clone, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Timings(Vec<(Stage, Duration)>);

impl Timings {
    /// The stages that ran, in order, with their wall time.
    pub fn iter(&self) -> impl Iterator<Item = (Stage, Duration)> + '_ {
        self.0.iter().copied()
    }

    /// The sum over all stages.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.0.iter().map(|(_, time)| *time).sum()
    }

    /// Runs a stage unless the limits forbid it, and notes its time.
    pub(crate) fn run<T>(
        &mut self,
        stage: Stage,
        limits: &Limits,
        work: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        limits.start(stage)?;
        let start = Instant::now();
        let result = work();
        let took = start.elapsed();
        // A stage that runs once for each frame is told once.
        match self.0.iter_mut().find(|(known, _)| *known == stage) {
            Some((_, time)) => *time += took,
            None => self.0.push((stage, took)),
        }
        result
    }
}
