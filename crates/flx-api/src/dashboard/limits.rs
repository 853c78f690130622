//! What the pages say of limits.

use flx_plans::{Allowance, Plan};

/// Most pictures that are chosen at once, whatever a request of the plan may hold.
pub(super) const MAX_FILES: u32 = 20;

/// Compressions of a period; none when the plan is sold as unlimited.
pub(super) fn limit(plan: &Plan) -> Option<u32> {
    match plan.compressions_per_period() {
        Allowance::Limited(limit) => Some(limit.get()),
        Allowance::Unlimited { .. } => None,
    }
}
