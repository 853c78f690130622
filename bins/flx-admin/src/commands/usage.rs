//! `flx-admin usage`

use clap::Args;
use flx_plans::{Allowance, Plan};
use flx_store::Email;

use crate::context::Context;
use crate::error::Error;
use crate::table::Table;
use crate::views::UsageView;

#[derive(Debug, Args)]
pub(crate) struct Usage {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
}

impl Usage {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let plans = context.plans()?;
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        let usage = store.usage(&account.id, context.now_ms())?;
        // Deleted between the two questions.
        let usage = usage.ok_or(Error::NoAccount(self.email))?;
        let keys = store.key_history(&account.id)?;
        let plan = plans.plan(account.tier);
        let view = UsageView::new(&account, plan, &usage, &keys);
        context.output().result(&view, &text(&view, plan))
    }
}

fn text(view: &UsageView, plan: &Plan) -> String {
    let limit = match plan.compressions_per_period() {
        Allowance::Limited(limit) => limit.to_string(),
        Allowance::Unlimited { cap } => format!("unlimited (at most {cap})"),
    };
    let ai = format!(
        "{} of {} a period, {} topped up, {} left",
        view.ia_credits_used,
        view.ia_credits_monthly,
        view.ia_topup_credits,
        view.ia_credits_remaining
    );
    let period = &view.period;
    let mut table = Table::default();
    table.row(&["account", &view.email]);
    table.row(&["plan", view.plan]);
    table.row(&["compressions", &format!("{} of {limit}", view.compressor_used)]);
    table.row(&["AI credits", &ai]);
    table.row(&["period", &format!("{} to {}", period.starts_at, period.resets_at)]);
    if view.keys.is_empty() {
        table.row(&["API key", "none"]);
    }
    for key in &view.keys {
        let used = key.last_used_at.as_deref().unwrap_or("never");
        let line = format!(
            "{} {}, created {} by {}, last used {used}",
            key.masked, key.state, key.created_at, key.created_by
        );
        table.row(&["API key", &line]);
    }
    table.render()
}
