//! `flx-admin revoke-key`

use clap::Args;
use flx_keys::{Error as KeyError, KeyRepository as _, Keyring, KeyringOptions};
use flx_store::Email;

use crate::cli::Agreement;
use crate::confirm::confirm;
use crate::context::Context;
use crate::error::Error;
use crate::views::KeyView;

#[derive(Debug, Args)]
pub(crate) struct RevokeKey {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    #[command(flatten)]
    agreement: Agreement,
}

impl RevokeKey {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        let owner = account.id.owner();
        let old = store.active_of_owner(&owner)?.ok_or(KeyError::NoActiveKey)?;
        let question = format!(
            "Revoke the key {} of {}? It is refused from the next request on, for good.",
            old.masked, account.email
        );
        confirm(self.agreement, &question)?;
        let keys = Keyring::new(KeyringOptions::default())?;
        let revoked = keys.revoke_from(&store, &old, &context.actor(), context.now_ms())?;
        let sentence = format!("{} of {} is revoked", revoked.masked, account.email);
        context.output().done(&KeyView::from(&revoked), &sentence)
    }
}
