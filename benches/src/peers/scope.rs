//! How much is measured: of a quick, a standard or a full run.

use std::error::Error;
use std::str::FromStr;

/// Pictures of one kind of job.
#[derive(Debug, Clone, Copy)]
pub struct Share {
    /// 2–3 MP.
    pub large: usize,
    /// 0.4 MP.
    pub small: usize,
    /// 24 MP.
    pub huge: usize,
}

/// How long a job's encoders take, which decides how many pictures it gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// Well under a second for a large picture.
    Light,
    /// Seconds.
    Heavy,
    /// Tens of seconds.
    Slow,
    /// A peer that flx is not chiefly measured by.
    Aside,
}

/// A run's size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// To see that everything works.
    Quick,
    /// About twenty minutes on two cores.
    Standard,
    /// Every picture.
    Full,
}

impl FromStr for Scope {
    type Err = Box<dyn Error>;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "quick" => Ok(Self::Quick),
            "standard" => Ok(Self::Standard),
            "full" => Ok(Self::Full),
            other => Err(format!("{other} is none of quick, standard and full").into()),
        }
    }
}

impl Scope {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quick => "quick",
            Self::Standard => "standard",
            Self::Full => "full",
        }
    }

    /// Pictures whose bytes are compared.
    #[must_use]
    pub const fn compared(self, weight: Weight) -> Share {
        let (large, small, huge) = match (self, weight) {
            (Self::Quick, Weight::Light) => (1, 1, 1),
            (Self::Quick, _) => (0, 1, 1),
            (Self::Standard, Weight::Light) => (2, 6, 1),
            (Self::Standard, Weight::Heavy) => (2, 6, 1),
            (Self::Standard, Weight::Slow) => (0, 4, 0),
            (Self::Standard, Weight::Aside) => (1, 2, 0),
            (Self::Full, Weight::Slow) => (4, 24, 2),
            (Self::Full, Weight::Aside) => (4, 6, 0),
            (Self::Full, _) => (8, 24, 8),
        };
        Share { large, small, huge }
    }

    /// Those of them that are also timed again and again.
    #[must_use]
    pub const fn timed(self, weight: Weight) -> Share {
        let (large, small, huge) = match (self, weight) {
            (Self::Standard, Weight::Light) => (2, 1, 1),
            (Self::Standard, Weight::Heavy) => (1, 1, 1),
            (Self::Standard, Weight::Slow) => (0, 2, 0),
            (Self::Standard, Weight::Aside) => (1, 0, 0),
            (Self::Full, Weight::Light) => (8, 6, 4),
            (Self::Full, Weight::Heavy | Weight::Aside) => (4, 6, 2),
            (Self::Full, Weight::Slow) => (1, 4, 1),
            (Self::Quick, _) => return self.compared(weight),
        };
        Share { large, small, huge }
    }

    /// How often each is measured unless the caller says so.
    #[must_use]
    pub const fn count(self) -> usize {
        match self {
            Self::Quick => 1,
            Self::Standard | Self::Full => 5,
        }
    }

    /// No further round is begun at one point of one picture after so many seconds.
    #[must_use]
    pub const fn patience_seconds(self) -> f64 {
        match self {
            Self::Quick => 2.0,
            Self::Standard => 6.0,
            Self::Full => 60.0,
        }
    }
}

/// So many of the items, evenly spread, the first among them.
#[must_use]
pub fn spread<T>(items: &[T], count: usize) -> Vec<&T> {
    let count = count.min(items.len());
    (0..count).filter_map(|number| items.get(number * items.len() / count)).collect()
}
