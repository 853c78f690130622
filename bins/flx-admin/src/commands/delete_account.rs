//! `flx-admin delete-account`

use clap::Args;
use flx_store::Email;
use serde::Serialize;

use crate::cli::Agreement;
use crate::confirm::confirm;
use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct DeleteAccount {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    #[command(flatten)]
    agreement: Agreement,
}

#[derive(Serialize)]
struct View {
    id: String,
    email: String,
    deleted: bool,
}

impl DeleteAccount {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        let question =
            format!("Delete {} with its key, credits and history, for good?", account.email);
        confirm(self.agreement, &question)?;
        store.delete_account(&account.id, &context.actor(), context.now_ms())?;
        let sentence = format!("deleted {}", account.email);
        let view =
            View { id: account.id.to_string(), email: account.email.to_string(), deleted: true };
        context.output().done(&view, &sentence)
    }
}
