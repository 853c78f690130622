//! `flx-admin invite`

use clap::Args;
use flx_plans::Tier;
use flx_store::Email;

use crate::cli::tier_parser;
use crate::context::Context;
use crate::error::Error;
use crate::links::{Address, issue};

#[derive(Debug, Args)]
pub(crate) struct Invite {
    /// The e-mail address of the account to create
    #[arg(long)]
    email: Email,
    /// Its plan
    #[arg(long, value_parser = tier_parser())]
    plan: Tier,
    /// Makes it an operator's, who sees the dashboard's pages about all accounts
    #[arg(long)]
    operator: bool,
    #[command(flatten)]
    address: Address,
}

impl Invite {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let (by, now_ms) = (context.actor(), context.now_ms());
        let mut account = store.create_account(&self.email, self.plan, &by, now_ms)?;
        if self.operator {
            account = store.set_operator(&account.id, true, &by, now_ms)?;
        }
        issue(context, &store, &account, &self.address)
    }
}
