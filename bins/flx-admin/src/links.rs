//! One-time links to the dashboard.

use clap::Args;
use flx_keys::Token;
use flx_store::{Account, LinkPurpose, Store};

use crate::context::Context;
use crate::error::Error;
use crate::views::LinkView;

const HOUR_MS: i64 = 60 * 60 * 1000;
/// How long somebody has to follow an invitation: a week.
const INVITE_MS: i64 = 7 * 24 * HOUR_MS;
/// How long somebody has to follow a link for a new password: a day.
const RESET_MS: i64 = 24 * HOUR_MS;

/// Where the dashboard is.
#[derive(Debug, Args)]
pub(crate) struct Address {
    /// The address under which the dashboard is reached, as the server has it
    #[arg(
        long,
        env = "FLX_PUBLIC_URL",
        value_name = "URL",
        default_value = "http://127.0.0.1:8080"
    )]
    public_url: String,
}

/// Issues a link for an account and prints it alone on its line, remarks beside it.
pub(crate) fn issue(
    context: &Context,
    store: &Store,
    account: &Account,
    address: &Address,
) -> Result<(), Error> {
    let token = Token::generate()?;
    let now_ms = context.now_ms();
    // The store tells which of the two it is; the longer time is for who was never here.
    let has_password =
        store.find_sign_in(&account.email)?.is_some_and(|sign_in| sign_in.password.is_some());
    let expires_at_ms = now_ms.saturating_add(if has_password { RESET_MS } else { INVITE_MS });
    let (digest, by) = (token.digest(), context.actor());
    let purpose = store.issue_link(&account.id, &digest, expires_at_ms, &by, now_ms)?;
    let base = match address.public_url.trim_end_matches('/') {
        "" => "http://127.0.0.1:8080",
        base => base,
    };
    let link = format!("{base}/welcome?token={}", *token.expose());
    let output = context.output();
    if account.is_disabled() {
        output.remark("the account is disabled: it can sign in once it is enabled")?;
    }
    output.remark(&match purpose {
        LinkPurpose::Invite | LinkPurpose::SetUp => format!(
            "the link by which {} sets a password, shown this once, works once and for a week:",
            account.email
        ),
        LinkPurpose::Reset => format!(
            "the link by which {} sets a new password, shown this once, works once and for a day:",
            account.email
        ),
    })?;
    output.result(&LinkView::new(account, &link, expires_at_ms), &format!("{link}\n"))
}
