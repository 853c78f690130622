//! The four tiers.

use std::fmt;
use std::str::FromStr;

use crate::Error;

/// A tier, ordered from the smallest to the largest. What each one allows is in [`Plans`](crate::Plans).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// `free`
    Free,
    /// `starter`
    Starter,
    /// `pro`
    Pro,
    /// `agency`
    Agency,
}

impl Tier {
    /// All tiers, smallest first.
    pub const ALL: [Self; 4] = [Self::Free, Self::Starter, Self::Pro, Self::Agency];

    /// The name in files, the database and answers: `free`, `starter`, `pro` or `agency`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Free => "free",
            Self::Starter => "starter",
            Self::Pro => "pro",
            Self::Agency => "agency",
        }
    }

    /// The name as a person reads it: `Free`, `Starter`, `Pro` or `Agency`.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Free => "Free",
            Self::Starter => "Starter",
            Self::Pro => "Pro",
            Self::Agency => "Agency",
        }
    }

    /// Whether it is a paid tier: every one but `Free`. The first paid one sets an account's billing anchor.
    #[must_use]
    pub fn is_paid(self) -> bool {
        self != Self::Free
    }
}

impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Tier {
    type Err = Error;

    /// Reads a tier's name, lower case.
    fn from_str(name: &str) -> Result<Self, Error> {
        Self::ALL
            .into_iter()
            .find(|tier| tier.as_str() == name)
            .ok_or_else(|| Error::UnknownTier(name.chars().take(40).collect()))
    }
}
