//! `flx-admin set-plan`

use clap::Args;
use flx_plans::Tier;
use flx_store::Email;

use crate::cli::tier_parser;
use crate::context::Context;
use crate::error::Error;
use crate::views::AccountView;

#[derive(Debug, Args)]
pub(crate) struct SetPlan {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    /// The plan to put it on
    #[arg(long, value_parser = tier_parser())]
    plan: Tier,
}

impl SetPlan {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let old = context.account(&store, &self.email)?;
        let account = store.set_tier(&old.id, self.plan, &context.actor(), context.now_ms())?;
        let sentence =
            format!("{} is on the {} plan now (was {})", account.email, account.tier, old.tier);
        context.output().done(&AccountView::from(&account), &sentence)
    }
}
