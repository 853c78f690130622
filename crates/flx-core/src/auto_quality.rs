//! Quality by what it looks like.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// How close to its source a result must look, measured for each picture by itself.
///
/// Targets are scores of SSIMULACRA2 (Sneyers, 2023): 100 is the same picture; at 90 a difference
/// cannot be told side by side, 70 is high and 50 medium quality. Every result reaches its target as
/// this crate measures; of animations of more than 32 megapixels in all, in the frames measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[non_exhaustive]
pub enum AutoQuality {
    /// A score of at least 60: differences show, but do not disturb.
    Low,
    /// A score of at least 75: differences are hard to find. The default.
    #[default]
    Good,
    /// A score of at least 85: differences are hard to find side by side.
    Best,
}

impl AutoQuality {
    /// Every target, from the lowest.
    pub const ALL: [Self; 3] = [Self::Low, Self::Good, Self::Best];

    /// The lowest score that a result may have.
    #[must_use]
    pub const fn target(self) -> f32 {
        match self {
            Self::Low => 60.0,
            Self::Good => 75.0,
            Self::Best => 85.0,
        }
    }

    /// The name used in options: `low`, `good` or `best`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Good => "good",
            Self::Best => "best",
        }
    }
}

impl fmt::Display for AutoQuality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for AutoQuality {
    type Err = Error;

    /// Parses `low`, `good` and `best`, in any case.
    fn from_str(text: &str) -> Result<Self, Error> {
        Self::ALL.into_iter().find(|quality| text.eq_ignore_ascii_case(quality.name())).ok_or_else(
            || Error::InvalidOption {
                name: "quality",
                value: text.chars().take(40).collect(),
                allowed: "low, good or best",
            },
        )
    }
}
