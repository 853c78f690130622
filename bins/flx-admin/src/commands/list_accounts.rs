//! `flx-admin list-accounts`

use clap::Args;
use flx_store::{Account, Store};

use crate::context::Context;
use crate::error::Error;
use crate::table::Table;
use crate::views::AccountView;

/// Accounts read at once, so that a million of them need no memory of that size.
const PAGE: u32 = 1_000;

#[derive(Debug, Args)]
pub(crate) struct ListAccounts {}

impl ListAccounts {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        if context.output().is_json() { json(context, &store) } else { text(context, &store) }
    }
}

/// Calls `show` for each page of accounts, in the order of their addresses.
fn each_page(
    store: &Store,
    mut show: impl FnMut(&[Account]) -> Result<(), Error>,
) -> Result<(), Error> {
    let mut after = None;
    loop {
        let page = store.list_accounts(after.as_ref(), PAGE)?;
        let Some(last) = page.last() else {
            return Ok(());
        };
        after = Some(last.email.clone());
        show(&page)?;
    }
}

fn text(context: &Context, store: &Store) -> Result<(), Error> {
    let mut table = Table::with_header(&["EMAIL", "PLAN", "STATE", "CREATED"]);
    each_page(store, |page| {
        for account in page.iter().map(AccountView::from) {
            let state = if account.disabled { "disabled" } else { "enabled" };
            table.row(&[account.email.as_str(), account.plan, state, &account.created_at]);
        }
        let text = std::mem::take(&mut table).render();
        context.output().text(&text)
    })?;
    context.output().text(&table.render())
}

/// One array, written page by page.
fn json(context: &Context, store: &Store) -> Result<(), Error> {
    let mut separator = "[\n";
    each_page(store, |page| {
        let mut text = String::new();
        for account in page.iter().map(AccountView::from) {
            text.push_str(separator);
            let line = serde_json::to_string(&account).map_err(|e| Error::Output(e.into()))?;
            text.push_str(&line);
            separator = ",\n";
        }
        context.output().text(&text)
    })?;
    context.output().text(if separator == "[\n" { "[]\n" } else { "\n]\n" })
}
