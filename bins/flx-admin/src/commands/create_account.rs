//! `flx-admin create-account`

use clap::Args;
use flx_plans::Tier;
use flx_store::Email;

use crate::cli::tier_parser;
use crate::context::Context;
use crate::error::Error;
use crate::views::AccountView;

#[derive(Debug, Args)]
pub(crate) struct CreateAccount {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    /// Its plan
    #[arg(long, value_parser = tier_parser())]
    plan: Tier,
}

impl CreateAccount {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let (by, now_ms) = (context.actor(), context.now_ms());
        let account = store.create_account(&self.email, self.plan, &by, now_ms)?;
        let sentence = format!("created {} on the {} plan", account.email, account.tier);
        context.output().done(&AccountView::from(&account), &sentence)
    }
}
