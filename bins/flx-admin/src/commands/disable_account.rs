//! `flx-admin disable-account`

use clap::Args;
use flx_store::Email;

use crate::cli::Agreement;
use crate::confirm::confirm;
use crate::context::Context;
use crate::error::Error;
use crate::views::AccountView;

#[derive(Debug, Args)]
pub(crate) struct DisableAccount {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    #[command(flatten)]
    agreement: Agreement,
}

impl DisableAccount {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        let question = format!("Disable {}? Its key is refused at once.", account.email);
        confirm(self.agreement, &question)?;
        let account = store.disable_account(&account.id, &context.actor(), context.now_ms())?;
        let sentence = format!("{} is disabled", account.email);
        context.output().done(&AccountView::from(&account), &sentence)
    }
}
