//! The table of all tiers.

use crate::{Allowance, Credits, Feature, Plan, Tier};

/// Default size limit of one picture: 20 MiB.
const MAX_FILE_BYTES: u64 = 20 * 1024 * 1024;

/// The plans in force: one for each tier. `default()` is the built-in table; [`Plans::from_toml`] reads an
/// operator's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plans {
    pub(crate) free: Plan,
    pub(crate) starter: Plan,
    pub(crate) pro: Plan,
    pub(crate) agency: Plan,
}

impl Default for Plans {
    fn default() -> Self {
        let unlimited = Allowance::Unlimited {
            cap: Allowance::DEFAULT_CAP,
        };
        let free = Plan {
            compressions_per_period: Allowance::Limited(Credits(20)),
            ai_credits_per_period: Credits::ZERO,
            requests_per_minute: 0,
            max_files_per_request: 1,
            max_file_bytes: MAX_FILE_BYTES,
            api_key: Feature::NotIncluded,
            watermark: Feature::NotIncluded,
        };
        let starter = Plan {
            compressions_per_period: Allowance::Limited(Credits(200)),
            ai_credits_per_period: Credits(200),
            requests_per_minute: 60,
            api_key: Feature::Included,
            watermark: Feature::Included,
            ..free.clone()
        };
        let pro = Plan {
            compressions_per_period: unlimited,
            ai_credits_per_period: Credits(1_000),
            ..starter.clone()
        };
        let agency = Plan {
            ai_credits_per_period: Credits(10_000),
            requests_per_minute: 600,
            max_files_per_request: 20,
            ..pro.clone()
        };
        Self {
            free,
            starter,
            pro,
            agency,
        }
    }
}

impl Plans {
    /// What a tier allows.
    #[must_use]
    pub fn plan(&self, tier: Tier) -> &Plan {
        match tier {
            Tier::Free => &self.free,
            Tier::Starter => &self.starter,
            Tier::Pro => &self.pro,
            Tier::Agency => &self.agency,
        }
    }

    /// All tiers with their plans, smallest first.
    pub fn iter(&self) -> impl Iterator<Item = (Tier, &Plan)> {
        Tier::ALL.into_iter().map(|tier| (tier, self.plan(tier)))
    }

    /// The lowest tier whose plan fulfils a condition.
    pub fn lowest(&self, allows: impl Fn(&Plan) -> bool) -> Option<Tier> {
        self.iter()
            .find(|(_, plan)| allows(plan))
            .map(|(tier, _)| tier)
    }
}
