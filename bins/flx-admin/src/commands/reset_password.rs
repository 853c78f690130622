//! `flx-admin reset-password`

use clap::Args;
use flx_store::Email;

use crate::context::Context;
use crate::error::Error;
use crate::links::{Address, issue};

#[derive(Debug, Args)]
pub(crate) struct ResetPassword {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    #[command(flatten)]
    address: Address,
}

impl ResetPassword {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        issue(context, &store, &account, &self.address)
    }
}
