//! The links by which a new installation is entered; its server prints them at its start.

use flx_keys::{Actor, Token};
use flx_store::Email;

use super::links::{INVITE_MS, LinkBase, RESET_MS};
use crate::Error;
use crate::clock::now_ms;
use crate::demo::DEMO_EMAIL;
use crate::state::State;

/// For the first operator; none when there are accounts.
pub(crate) fn set_up_link(state: &State) -> Result<Option<String>, Error> {
    let (token, now) = (Token::generate().map_err(Error::Keys)?, now_ms());
    let ends = now.saturating_add(RESET_MS);
    let issued = state.store().issue_set_up_link(&token.digest(), ends, now)?;
    Ok(issued.then(|| base(state).link(&token)))
}

/// For the demo account; none when it has a password.
pub(crate) fn demo_link(state: &State) -> Result<Option<String>, Error> {
    let email: Email = DEMO_EMAIL.parse()?;
    let Some(found) = state.store().find_sign_in(&email)? else { return Ok(None) };
    if found.password.is_some() {
        return Ok(None);
    }
    let (token, now) = (Token::generate().map_err(Error::Keys)?, now_ms());
    let (ends, by) = (now.saturating_add(INVITE_MS), Actor::new("flx-server --demo"));
    state.store().issue_link(&found.account.id, &token.digest(), ends, &by, now)?;
    Ok(Some(base(state).link(&token)))
}

fn base(state: &State) -> LinkBase {
    LinkBase::at(state.settings().links().public(), state.address())
}
