//! `/operator/accounts/{id}`: one account, and what may be done to it.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use flx_keys::{Actor, KeyRecord, KeyRepository as _};
use flx_pages::{AccountPage, AuditRow, Issued, Moment, Notice, Section};
use flx_plans::{Credits, Tier};
use flx_store::{Account, AccountId, AuditEntry, Store, StoreError, Usage};
use serde::Deserialize;

use super::accounts::{issue, row};
use crate::clock::now_ms;
use crate::dashboard::answer::{Stop, page as answer, refusal};
use crate::dashboard::forms::Plain;
use crate::dashboard::settings::shown;
use crate::dashboard::visitor::Visitor;
use crate::problem::Problem;
use crate::refuse;
use crate::state::State;

/// Lines of the audit log on the page.
const AUDIT_LINES: u32 = 20;

/// Which plan.
#[derive(Debug, Deserialize)]
pub(crate) struct NewPlan {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    tier: String,
}

/// How many AI credits.
#[derive(Debug, Deserialize)]
pub(crate) struct MoreCredits {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    amount: String,
}

/// What the page shows of an account.
struct Facts {
    account: Account,
    usage: Usage,
    key: Option<KeyRecord>,
    has_password: bool,
    audit: Vec<AuditEntry>,
}

/// `GET /operator/accounts/{id}`
pub(crate) async fn page(
    request: HttpRequest,
    id: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    visitor.operator(&request)?;
    let page = account_page(&request, &visitor, &state, &id, None, None).await?;
    answer(&visitor, &page)
}

/// `POST …/plan`
pub(crate) async fn set_plan(
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<NewPlan>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let tier = form.tier.parse::<Tier>();
    change(&request, &state.into_inner(), &id, &form.csrf, move |store, account, by| {
        let tier = tier.map_err(|error| Problem::field("tier", error.to_string()))?;
        let account = kept(store.set_tier(&account.id, tier, by, now_ms()))?;
        Ok(format!("{} is on the {} plan.", account.email, account.tier.title()))
    })
    .await
}

/// `POST …/credits`
pub(crate) async fn add_credits(
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<MoreCredits>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let amount = form.amount.trim().parse::<u32>().ok().filter(|amount| *amount > 0);
    change(&request, &state.into_inner(), &id, &form.csrf, move |store, account, by| {
        let amount = amount.ok_or_else(|| {
            Problem::field("amount", "The number of credits is a whole number from 1 on.")
        })?;
        kept(store.add_ai_credits(&account.id, Credits(amount), by, now_ms()))?;
        Ok(format!("{amount} AI credits are added."))
    })
    .await
}

/// `POST …/disable`
pub(crate) async fn disable(
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<Plain>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let own = Visitor::of(&request, &state).await?.operator(&request)?.account.id.clone();
    change(&request, &state.into_inner(), &id, &form.csrf, move |store, account, by| {
        if account.id == own {
            return Err(Problem::field("id", "You cannot disable your own account."));
        }
        let account = kept(store.disable_account(&account.id, by, now_ms()))?;
        Ok(format!("{} is disabled.", account.email))
    })
    .await
}

/// `POST …/enable`
pub(crate) async fn enable(
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<Plain>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    change(&request, &state.into_inner(), &id, &form.csrf, |store, account, by| {
        let account = kept(store.enable_account(&account.id, by, now_ms()))?;
        Ok(format!("{} is enabled.", account.email))
    })
    .await
}

/// `POST …/reset-password`
pub(crate) async fn reset(
    request: HttpRequest,
    id: web::Path<String>,
    form: web::Form<Plain>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    let member = visitor.operator(&request)?;
    visitor.must_own(&request, &form.csrf)?;
    let account = facts(&state, &id).await?.account;
    let issued = issue(&request, &state, member, &account).await?;
    let page = account_page(&request, &visitor, &state, &id, None, Some(issued)).await?;
    answer(&visitor, &page)
}

/// Does something to an account and shows it, with a sentence about what was done or why not.
async fn change(
    request: &HttpRequest,
    state: &Arc<State>,
    id: &str,
    csrf: &str,
    deed: impl FnOnce(&Store, &Account, &Actor) -> Result<String, Problem> + Send + 'static,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(request, state).await?;
    let by = visitor.operator(request)?.actor();
    visitor.must_own(request, csrf)?;
    let account = facts(state, id).await?.account;
    let store = state.store().clone();
    match state.blocking(move || deed(&store, &account, &by)).await? {
        Ok(said) => {
            let notice = Some(Notice::Done(said));
            let page = account_page(request, &visitor, state, id, notice, None).await?;
            answer(&visitor, &page)
        }
        Err(problem) => {
            let notice = Some(Notice::Failed(problem.view(None).detail));
            let page = account_page(request, &visitor, state, id, notice, None).await?;
            refusal(&problem, &visitor, &page)
        }
    }
}

fn kept<T>(stored: flx_store::Result<T>) -> Result<T, Problem> {
    stored.map_err(|error| refuse::store(&error))
}

async fn facts(state: &Arc<State>, id: &str) -> Result<Facts, Stop> {
    let id = AccountId::parse(id).ok_or_else(Stop::not_found)?;
    let store = state.store().clone();
    let read = state.blocking(move || {
        let (Some(account), Some(usage)) = (store.find_account(&id)?, store.usage(&id, now_ms())?)
        else {
            return Ok(None);
        };
        let key = store.active_of_owner(&account.id.owner())?;
        let sign_in = store.find_sign_in(&account.email)?;
        let has_password = sign_in.is_some_and(|found| found.password.is_some());
        let audit = store.audit_entries(Some(account.email.as_str()), AUDIT_LINES)?;
        Ok::<_, StoreError>(Some(Facts { account, usage, key, has_password, audit }))
    });
    let read = read.await?.map_err(|error| refuse::store(&error))?;
    read.ok_or_else(Stop::not_found)
}

async fn account_page(
    request: &HttpRequest,
    visitor: &Visitor,
    state: &Arc<State>,
    id: &str,
    notice: Option<Notice>,
    issued: Option<Issued>,
) -> Result<AccountPage, Stop> {
    let member = visitor.operator(request)?;
    let facts = facts(state, id).await?;
    Ok(AccountPage {
        frame: visitor.frame(state, Section::Accounts, notice),
        account: row(state, &facts.account, &facts.usage),
        key: facts.key.as_ref().map(shown),
        ai_used: facts.usage.ai_used.get(),
        ai_limit: state.plans().plan(facts.account.tier).ai_credits_per_period().get(),
        ai_topup: facts.usage.ai_topup.get(),
        resets_at: Moment(facts.usage.resets_at_ms),
        has_password: facts.has_password,
        issued,
        audit: facts.audit.into_iter().map(audit_row).collect(),
        is_own: facts.account.id == member.account.id,
    })
}

/// A line of the audit log as it is shown.
pub(super) fn audit_row(entry: AuditEntry) -> AuditRow {
    AuditRow {
        at: Moment(entry.at_ms),
        actor: entry.actor,
        action: entry.action,
        subject: entry.subject,
        detail: entry.detail,
    }
}
