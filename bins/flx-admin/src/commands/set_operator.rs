//! `flx-admin set-operator`

use clap::Args;
use flx_store::Email;

use crate::context::Context;
use crate::error::Error;
use crate::views::AccountView;

#[derive(Debug, Args)]
pub(crate) struct SetOperator {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    /// Takes it away instead
    #[arg(long)]
    off: bool,
}

impl SetOperator {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        let (by, now_ms) = (context.actor(), context.now_ms());
        let account = store.set_operator(&account.id, !self.off, &by, now_ms)?;
        let sentence = if self.off {
            format!("{} is no operator any more", account.email)
        } else {
            format!("{} is an operator", account.email)
        };
        context.output().done(&AccountView::from(&account), &sentence)
    }
}
