//! `flx-admin add-credits`

use clap::Args;
use flx_plans::Credits;
use flx_store::Email;
use serde::Serialize;

use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct AddCredits {
    /// The account's e-mail address
    #[arg(long)]
    email: Email,
    /// How many AI credits to add, at least 1
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    ai: u32,
}

#[derive(Serialize)]
struct View {
    email: String,
    added: u32,
    ia_topup_credits: u32,
}

impl AddCredits {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let account = context.account(&store, &self.email)?;
        let (by, now_ms) = (context.actor(), context.now_ms());
        let balance = store.add_ai_credits(&account.id, Credits(self.ai), &by, now_ms)?;
        let sentence =
            format!("added {} AI credits to {}: {balance} topped up now", self.ai, account.email);
        let view = View {
            email: account.email.to_string(),
            added: self.ai,
            ia_topup_credits: balance.get(),
        };
        context.output().done(&view, &sentence)
    }
}
