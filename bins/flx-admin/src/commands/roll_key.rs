//! `flx-admin roll-key`

use clap::Args;
use flx_keys::{Error as KeyError, KeyRepository as _, Keyring, KeyringOptions};
use flx_store::Email;

use super::generate_key::{may_have_key, print_key};
use crate::cli::Agreement;
use crate::confirm::confirm;
use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct RollKey {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    #[command(flatten)]
    agreement: Agreement,
}

impl RollKey {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        may_have_key(context, &account)?;
        let old = store.active_of_owner(&account.id.owner())?.ok_or(KeyError::NoActiveKey)?;
        let question = format!(
            "Roll the key {} of {}? It is refused from the next request on, for good.",
            old.masked, account.email
        );
        confirm(self.agreement, &question)?;
        // Exactly the key that was shown is rolled, however long the question stood.
        let keys = Keyring::new(KeyringOptions::default())?;
        let issued = keys.roll_from(&store, &old, &context.actor(), context.now_ms())?;
        context.output().remark(&format!("{} is refused from now on", old.masked))?;
        print_key(context, &account, &issued)
    }
}
