//! `flx-admin enable-account`

use clap::Args;
use flx_store::Email;

use crate::context::Context;
use crate::error::Error;
use crate::views::AccountView;

#[derive(Debug, Args)]
pub(crate) struct EnableAccount {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
}

impl EnableAccount {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        let account = store.enable_account(&account.id, &context.actor(), context.now_ms())?;
        let sentence = format!("{} is enabled", account.email);
        context.output().done(&AccountView::from(&account), &sentence)
    }
}
