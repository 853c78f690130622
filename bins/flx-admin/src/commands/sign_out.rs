//! `flx-admin sign-out`

use clap::Args;
use flx_store::Email;

use crate::context::Context;
use crate::error::Error;
use crate::views::AccountView;

#[derive(Debug, Args)]
pub(crate) struct SignOut {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
}

impl SignOut {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        let ended = store.end_web_sessions(&account.id, &context.actor(), context.now_ms())?;
        let sentence = format!("signed {} out of {ended} browsers", account.email);
        context.output().done(&AccountView::from(&account), &sentence)
    }
}
