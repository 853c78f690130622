//! `/operator`: accounts with plan and usage, and inviting people.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use flx_keys::Token;
use flx_pages::{AccountRow, AccountsPage, Issued, Moment, Notice, Section};
use flx_plans::Tier;
use flx_store::{Account, Email, StoreError, Usage};
use serde::Deserialize;

use crate::clock::now_ms;
use crate::dashboard::answer::{Stop, page as answer, refusal};
use crate::dashboard::limits::limit;
use crate::dashboard::links::{INVITE_MS, LinkBase, RESET_MS};
use crate::dashboard::visitor::{Member, Visitor};
use crate::dashboard::welcome::address;
use crate::origin::public_base;
use crate::problem::{Kind, Problem};
use crate::refuse;
use crate::state::State;

/// Accounts on a page.
const ON_PAGE: u32 = 50;
/// Longest search in characters.
const MAX_QUERY_CHARS: usize = 254;

#[derive(Debug, Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    q: String,
    #[serde(default)]
    after: String,
}

/// Whom to invite.
#[derive(Debug, Deserialize)]
pub(crate) struct Invitation {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    tier: String,
}

/// `GET /operator`
pub(crate) async fn page(
    request: HttpRequest,
    query: web::Query<Search>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    visitor.operator(&request)?;
    let page = accounts_page(&visitor, &state, query.into_inner(), None, None).await?;
    answer(&visitor, &page)
}

/// `POST /operator/invite`
pub(crate) async fn invite(
    request: HttpRequest,
    form: web::Form<Invitation>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    let member = visitor.operator(&request)?;
    visitor.must_own(&request, &form.csrf)?;
    let all = Search { q: String::new(), after: String::new() };
    match create(&request, &state, member, &form).await {
        Ok(issued) => {
            let said = Notice::Done(format!("{} is invited.", issued.email));
            let page = accounts_page(&visitor, &state, all, Some(said), Some(issued)).await?;
            answer(&visitor, &page)
        }
        Err(problem) => {
            let said = Notice::Failed(problem.view(None).detail);
            let page = accounts_page(&visitor, &state, all, Some(said), None).await?;
            refusal(&problem, &visitor, &page)
        }
    }
}

async fn create(
    request: &HttpRequest,
    state: &Arc<State>,
    member: &Member,
    form: &Invitation,
) -> Result<Issued, Problem> {
    let email = address(&form.email)?;
    let tier: Tier = form
        .tier
        .parse()
        .map_err(|error: flx_plans::Error| Problem::field("tier", error.to_string()))?;
    let (store, by, new) = (state.store().clone(), member.actor(), email.clone());
    let created = state.blocking(move || store.create_account(&new, tier, &by, now_ms())).await?;
    let account = created.map_err(|error| match error {
        StoreError::Conflict { .. } => {
            Problem::field("email", "There is an account with this e-mail address already.")
        }
        error => refuse::store(&error),
    })?;
    issue(request, state, member, &account).await
}

/// Issues the link by which an account's owner sets a password.
pub(super) async fn issue(
    request: &HttpRequest,
    state: &Arc<State>,
    member: &Member,
    account: &Account,
) -> Result<Issued, Problem> {
    let token = Token::generate().map_err(|error| {
        tracing::error!(error = %error, "no token could be made");
        Problem::new(Kind::Internal, Kind::Internal.generic_detail())
    })?;
    let (store, by, digest) = (state.store().clone(), member.actor(), token.digest());
    let (id, email, now) = (account.id.clone(), account.email.clone(), now_ms());
    let issued = state.blocking(move || {
        let known = store.find_sign_in(&email)?.is_some_and(|found| found.password.is_some());
        let ends = now.saturating_add(if known { RESET_MS } else { INVITE_MS });
        store.issue_link(&id, &digest, ends, &by, now).map(|_| ends)
    });
    let ends = issued.await?.map_err(|error| refuse::store(&error))?;
    Ok(Issued {
        email: account.email.to_string(),
        link: LinkBase::of(public_base(request, state)).link(&token),
        expires_at: Moment(ends),
    })
}

async fn accounts_page(
    visitor: &Visitor,
    state: &Arc<State>,
    search: Search,
    notice: Option<Notice>,
    issued: Option<Issued>,
) -> Result<AccountsPage, Stop> {
    let query: String = search.q.trim().to_lowercase().chars().take(MAX_QUERY_CHARS).collect();
    let after: Option<Email> = search.after.parse().ok();
    let (store, asked) = (state.store().clone(), query.clone());
    let found = state.blocking(move || {
        // One more than is shown tells whether there is another page.
        store.search_accounts(&asked, after.as_ref(), ON_PAGE + 1, now_ms())
    });
    let mut found = found.await?.map_err(|error| refuse::store(&error))?;
    let more = found.len() > ON_PAGE as usize;
    found.truncate(ON_PAGE as usize);
    let next_after = found.last().filter(|_| more).map(|(account, _)| account.email.to_string());
    Ok(AccountsPage {
        frame: visitor.frame(state, Section::Accounts, notice),
        query,
        accounts: found.iter().map(|(account, usage)| row(state, account, usage)).collect(),
        next_after,
        issued,
    })
}

/// An account as it stands in the list.
pub(super) fn row(state: &State, account: &Account, usage: &Usage) -> AccountRow {
    let plan = state.plans().plan(account.tier);
    AccountRow {
        id: account.id.to_string(),
        email: account.email.to_string(),
        tier: account.tier,
        compressions_used: usage.compressions_used.get(),
        compressions_limit: limit(plan),
        created_at: Moment(account.created_at_ms),
        is_disabled: account.is_disabled(),
        is_operator: account.is_operator(),
    }
}
