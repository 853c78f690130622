//! `flx-admin generate-key`

use clap::Args;
use flx_keys::{Issued, Keyring, KeyringOptions};
use flx_store::{Account, Email};

use crate::context::Context;
use crate::error::Error;
use crate::views::NewKeyView;

#[derive(Debug, Args)]
pub(crate) struct GenerateKey {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
}

impl GenerateKey {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        may_have_key(context, &account)?;
        let keys = Keyring::new(KeyringOptions::default())?;
        let (owner, by, now_ms) = (account.id.owner(), context.actor(), context.now_ms());
        let issued = keys.generate(&store, &owner, &by, now_ms)?;
        print_key(context, &account, &issued)
    }
}

/// A key is part of a plan: whoever lacks it is told where to get it.
pub(super) fn may_have_key(context: &Context, account: &Account) -> Result<(), Error> {
    let admitted = context.plans()?.admit_api_key(account.tier);
    admitted.map_err(|denied| context.denied(denied))
}

/// The raw key alone on its line, remarks beside it.
pub(super) fn print_key(
    context: &Context,
    account: &Account,
    issued: &Issued,
) -> Result<(), Error> {
    let output = context.output();
    if account.is_disabled() {
        output.remark("the account is disabled: the key works once it is enabled")?;
    }
    output.remark(&format!(
        "the API key of {}, shown this once, from now on {}:",
        account.email, issued.record.masked
    ))?;
    let view = NewKeyView::new(account, &issued.key, &issued.record);
    output.result(&view, &format!("{}\n", issued.key.expose()))
}
