//! Credits, what a period allows of them, and how AI credits are spent.

use std::fmt;

/// A number of credits: one compression credit is one picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Credits(pub u32);

impl Credits {
    /// No credits.
    pub const ZERO: Self = Self(0);

    /// The number.
    #[must_use]
    pub fn get(self) -> u32 {
        self.0
    }

    /// Both together, at most `u32::MAX`.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// What is left after taking `other` away, at least zero.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl fmt::Display for Credits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What an unlimited allowance shows as its limit.
const SHOWN_WHEN_UNLIMITED: Credits = Credits(99_999);

/// How many compressions a billing period allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Allowance {
    /// This many.
    Limited(Credits),
    /// Sold as unlimited, with a cap against abuse that is enforced.
    Unlimited {
        /// The cap.
        cap: Credits,
    },
}

impl Allowance {
    /// The cap of an unlimited allowance unless the operator's file says otherwise.
    pub const DEFAULT_CAP: Credits = Credits(50_000);

    /// The number that is enforced: the limit or the cap.
    #[must_use]
    pub fn enforced(self) -> Credits {
        match self {
            Self::Limited(limit) => limit,
            Self::Unlimited { cap } => cap,
        }
    }

    /// The number that is shown: the limit, or 99,999 when unlimited.
    #[must_use]
    pub fn shown(self) -> Credits {
        match self {
            Self::Limited(limit) => limit,
            Self::Unlimited { .. } => SHOWN_WHEN_UNLIMITED,
        }
    }

    /// What may still be used of it; zero when more is used than a lowered limit allows.
    #[must_use]
    pub fn left(self, used: Credits) -> Credits {
        self.enforced().minus(used)
    }
}

/// An account's AI credits in one billing period.
///
/// Top-ups never expire and are touched only when the month's own are gone.
///
/// ```
/// use flx_plans::{AiCredits, Credits};
///
/// let credits = AiCredits::new(Credits(1_000), Credits(120), Credits(200));
/// assert_eq!(credits.remaining(), Credits(1_080));
/// let spend = credits.spend(Credits(900)).ok_or("not enough")?;
/// assert_eq!((spend.from_monthly(), spend.from_topups()), (Credits(880), Credits(20)));
/// # Ok::<(), &str>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AiCredits {
    monthly: Credits,
    used: Credits,
    topups: Credits,
}

/// How a spend divides between the month's own credits and the top-ups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AiSpend {
    from_monthly: Credits,
    from_topups: Credits,
}

impl AiCredits {
    /// `monthly`: the plan's number; `used`: how many of the month's own are used in this period; `topups`: the
    /// top-up credits not yet used.
    #[must_use]
    pub fn new(monthly: Credits, used: Credits, topups: Credits) -> Self {
        Self { monthly, used, topups }
    }

    /// The month's own that are left; zero when a lowered plan allows less than is used.
    #[must_use]
    pub fn monthly_left(self) -> Credits {
        self.monthly.minus(self.used)
    }

    /// Everything that is left: monthly − used + top-ups.
    #[must_use]
    pub fn remaining(self) -> Credits {
        self.monthly_left().plus(self.topups)
    }

    /// Where `amount` would be taken from, the month's own first; `None` when less is left.
    #[must_use]
    pub fn spend(self, amount: Credits) -> Option<AiSpend> {
        if amount > self.remaining() {
            return None;
        }
        let from_monthly = amount.min(self.monthly_left());
        Some(AiSpend { from_monthly, from_topups: amount.minus(from_monthly) })
    }
}

impl AiSpend {
    /// Taken from the month's own.
    #[must_use]
    pub fn from_monthly(self) -> Credits {
        self.from_monthly
    }

    /// Taken from the top-ups.
    #[must_use]
    pub fn from_topups(self) -> Credits {
        self.from_topups
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_lowered_limit_leaves_nothing_rather_than_less() {
        let limit = Allowance::Limited(Credits(20));
        assert_eq!(limit.left(Credits(19)), Credits(1));
        assert_eq!(limit.left(Credits(20)), Credits(0));
        assert_eq!(limit.left(Credits(45)), Credits(0));
    }

    #[test]
    fn unlimited_shows_99999_and_enforces_its_cap() {
        let unlimited = Allowance::Unlimited { cap: Allowance::DEFAULT_CAP };
        assert_eq!(unlimited.shown(), Credits(99_999));
        assert_eq!(unlimited.enforced(), Credits(50_000));
        assert_eq!(unlimited.left(Credits(49_999)), Credits(1));
        assert_eq!(unlimited.left(Credits(50_000)), Credits(0));
    }

    #[test]
    fn the_months_own_credits_go_first() {
        let credits = AiCredits::new(Credits(10), Credits(7), Credits(5));
        let taken = |n| credits.spend(Credits(n)).map(|s| (s.from_monthly().0, s.from_topups().0));
        assert_eq!(taken(0), Some((0, 0)));
        assert_eq!(taken(3), Some((3, 0)));
        assert_eq!(taken(4), Some((3, 1)));
        assert_eq!(taken(8), Some((3, 5)));
        assert_eq!(taken(9), None);
    }

    #[test]
    fn a_lowered_plan_does_not_eat_topups() {
        let credits = AiCredits::new(Credits(0), Credits(120), Credits(200));
        assert_eq!(credits.monthly_left(), Credits(0));
        assert_eq!(credits.remaining(), Credits(200));
    }

    proptest! {
        #[test]
        fn spending_never_creates_or_loses_credits(
            monthly in any::<u32>(), used in any::<u32>(), topups in any::<u32>(), n in any::<u32>(),
        ) {
            let before = AiCredits::new(Credits(monthly), Credits(used), Credits(topups));
            let Some(spend) = before.spend(Credits(n)) else {
                prop_assert!(Credits(n) > before.remaining());
                return Ok(());
            };
            let (from_monthly, from_topups) = (spend.from_monthly().0, spend.from_topups().0);
            prop_assert_eq!(u64::from(from_monthly) + u64::from(from_topups), u64::from(n));
            prop_assert!(from_monthly <= before.monthly_left().0);
            prop_assert!(from_topups <= topups);
            prop_assert!(from_topups == 0 || from_monthly == before.monthly_left().0);
        }
    }
}
