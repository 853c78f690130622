//! Signing in, up and out.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use flx_keys::{Actor, Password};
use flx_pages::{Notice, Section, SignInPage, SignUpPage};
use flx_plans::Tier;
use flx_store::{Account, StoreError};
use serde::Deserialize;

use super::answer::{Stop, page as answer, refusal, see};
use super::attempts::Aim;
use super::forms::{Plain, own_path};
use super::visitor::Visitor;
use super::{credentials, welcome};
use crate::clock::now_ms;
use crate::origin::client_address;
use crate::problem::{Kind, Problem};
use crate::refuse;
use crate::state::State;

#[derive(Debug, Deserialize)]
pub(super) struct Next {
    #[serde(default)]
    next: String,
}

/// What somebody signs in with.
#[derive(Deserialize)]
pub(super) struct Credentials {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
    #[serde(default)]
    next: String,
}

/// `GET /sign-in`
pub(super) async fn page(
    request: HttpRequest,
    query: web::Query<Next>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(&request, &state).await?;
    let next = own_path(&query.next);
    if visitor.member.is_some() {
        return Ok(see(&visitor, next));
    }
    answer(&visitor, &sign_in_page(&visitor, &state, String::new(), next, None))
}

/// `POST /sign-in`
pub(super) async fn submit(
    request: HttpRequest,
    form: web::Form<Credentials>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let mut visitor = Visitor::of(&request, &state).await?;
    let form = form.into_inner();
    let next = own_path(&form.next).to_owned();
    visitor.must_own(&request, &form.csrf)?;
    match enter(&request, &state, &form.email, form.password).await {
        Ok(account) => {
            visitor.sign_in(&request, &state, account).await?;
            Ok(see(&visitor, &next))
        }
        Err(problem) => {
            let said = Notice::Failed(problem.view(None).detail);
            let page = sign_in_page(&visitor, &state, form.email, &next, Some(said));
            refusal(&problem, &visitor, &page)
        }
    }
}

/// The account that somebody may enter.
async fn enter(
    request: &HttpRequest,
    state: &Arc<State>,
    email: &str,
    password: String,
) -> Result<Account, Problem> {
    let address = email.trim().to_lowercase();
    state.attempts().take(client_address(request), Aim::Account(&address))?;
    let account = credentials::open(state, email, password).await?;
    // One sentence for every reason, so that nobody learns who has an account.
    let account = account.ok_or_else(|| {
        Problem::new(Kind::Unauthorized, "The e-mail address or the password is not right.")
    })?;
    if account.is_disabled() {
        return Err(Problem::new(Kind::AccountDisabled, "The account is disabled."));
    }
    Ok(account)
}

/// `POST /sign-out`
pub(super) async fn sign_out(
    request: HttpRequest,
    form: web::Form<Plain>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let mut visitor = Visitor::of(&request, &state).await?;
    visitor.must_own(&request, &form.csrf)?;
    if let Some(member) = visitor.member.take() {
        let store = state.store().clone();
        let ended = state
            .blocking(move || store.end_web_session(&member.account.id, &member.session.id))
            .await?;
        ended.map_err(|error| refuse::store(&error))?;
    }
    visitor.sign_out();
    Ok(see(&visitor, "/sign-in"))
}

/// `GET /sign-up`, where it is open.
pub(super) async fn sign_up(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    must_be_open(&state)?;
    let visitor = Visitor::of(&request, &state).await?;
    if visitor.member.is_some() {
        return Ok(see(&visitor, "/compress"));
    }
    answer(&visitor, &sign_up_page(&visitor, &state, String::new(), None))
}

/// `POST /sign-up`
pub(super) async fn join(
    request: HttpRequest,
    form: web::Form<Credentials>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    must_be_open(&state)?;
    let mut visitor = Visitor::of(&request, &state).await?;
    let form = form.into_inner();
    visitor.must_own(&request, &form.csrf)?;
    match create(&request, &state, &form.email, form.password).await {
        Ok(account) => {
            visitor.sign_in(&request, &state, account).await?;
            Ok(see(&visitor, "/compress"))
        }
        Err(problem) => {
            let said = Notice::Failed(problem.view(None).detail);
            let page = sign_up_page(&visitor, &state, form.email, Some(said));
            refusal(&problem, &visitor, &page)
        }
    }
}

async fn create(
    request: &HttpRequest,
    state: &Arc<State>,
    email: &str,
    password: String,
) -> Result<Account, Problem> {
    state.attempts().take(client_address(request), Aim::SignUp)?;
    let email = welcome::address(email)?;
    let hash = credentials::hash(state, password, email.as_str()).await?;
    let (store, by) = (state.store().clone(), Actor::new("sign-up"));
    let created = state.blocking(move || store.sign_up(&email, Tier::Free, &hash, &by, now_ms()));
    created.await?.map_err(|error| match error {
        StoreError::Conflict { .. } => {
            Problem::field("email", "There is an account with this e-mail address. Sign in.")
        }
        error => refuse::store(&error),
    })
}

fn must_be_open(state: &State) -> Result<(), Stop> {
    if state.settings().sign_up_is_open() { Ok(()) } else { Err(Stop::not_found()) }
}

fn sign_in_page(
    visitor: &Visitor,
    state: &State,
    email: String,
    next: &str,
    notice: Option<Notice>,
) -> SignInPage {
    let frame = visitor.frame(state, Section::None, notice);
    SignInPage { frame, email, next: next.to_owned() }
}

fn sign_up_page(
    visitor: &Visitor,
    state: &State,
    email: String,
    notice: Option<Notice>,
) -> SignUpPage {
    let frame = visitor.frame(state, Section::None, notice);
    SignUpPage { frame, email, password_min: Password::MIN_CHARS }
}
