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
        let unlimited = Allowance::Unlimited { cap: Allowance::DEFAULT_CAP };
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
        Self { free, starter, pro, agency }
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
        self.iter().find(|(_, plan)| allows(plan)).map(|(tier, _)| tier)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_table_is_the_documented_one() {
        let plans = Plans::default();
        let rows: Vec<_> = plans
            .iter()
            .map(|(tier, plan)| {
                let shown = plan.compressions_per_period().shown().get();
                let enforced = plan.compressions_per_period().enforced().get();
                let ai = plan.ai_credits_per_period().get();
                let (minute, files) = (plan.requests_per_minute(), plan.max_files_per_request());
                let (key, mark) = (plan.api_key().is_included(), plan.watermark().is_included());
                (tier.as_str(), shown, enforced, ai, minute, files, key, mark)
            })
            .collect();
        assert_eq!(
            rows,
            [
                ("free", 20, 20, 0, 0, 1, false, false),
                ("starter", 200, 200, 200, 60, 1, true, true),
                ("pro", 99_999, 50_000, 1_000, 60, 1, true, true),
                ("agency", 99_999, 50_000, 10_000, 600, 20, true, true),
            ]
        );
        assert!(plans.iter().all(|(_, plan)| plan.max_file_bytes() == 20_971_520));
    }

    #[test]
    fn the_lowest_tier_is_found_or_none() {
        let plans = Plans::default();
        assert_eq!(plans.lowest(|plan| plan.max_files_per_request() > 1), Some(Tier::Agency));
        assert_eq!(plans.lowest(|plan| plan.requests_per_minute() >= 60), Some(Tier::Starter));
        assert_eq!(plans.lowest(|plan| plan.max_files_per_request() > 20), None);
    }
}
