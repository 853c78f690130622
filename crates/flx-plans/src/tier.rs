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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for tier in Tier::ALL {
            assert_eq!(tier.to_string().parse(), Ok(tier));
            assert_eq!(tier.title().to_lowercase(), tier.as_str());
        }
    }

    #[test]
    fn tiers_are_ordered_and_all_but_free_are_paid() {
        assert!(Tier::ALL.is_sorted());
        let paid = Tier::ALL.map(Tier::is_paid);
        assert_eq!(paid, [false, true, true, true]);
    }

    #[test]
    fn another_name_is_refused_and_cut_short() {
        let error = "Pro".parse::<Tier>().unwrap_err();
        let text = "\"Pro\" is not a plan: the plans are free, starter, pro and agency";
        assert_eq!(error.to_string(), text);
        let error = "x".repeat(5_000).parse::<Tier>().unwrap_err();
        assert!(error.to_string().len() < 120);
    }
}
