//! `/welcome?token=…`: a one-time link is followed, and a password set.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use flx_keys::{Password, Token};
use flx_pages::{Notice, Section, WelcomeFor, WelcomePage};
use flx_plans::Tier;
use flx_store::{Account, Email, LinkPurpose, OneTimeLink, StoreError};
use serde::Deserialize;

use super::answer::{Stop, page as answer, refusal, see};
use super::attempts::Aim;
use super::credentials;
use super::visitor::Visitor;
use crate::clock::now_ms;
use crate::origin::client_address;
use crate::problem::{Kind, Problem};
use crate::refuse;
use crate::state::State;

#[derive(Deserialize)]
pub(super) struct Link {
    #[serde(default)]
    token: String,
}

/// What somebody sets.
#[derive(Deserialize)]
pub(super) struct Chosen {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    token: String,
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

/// `GET /welcome`
pub(super) async fn page(
    request: HttpRequest,
    query: web::Query<Link>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(&request, &state).await?;
    let token = query.into_inner().token;
    let link = find(&state, &token).await?;
    answer(&visitor, &welcome_page(&visitor, &state, token, &link, String::new(), None))
}

/// `POST /welcome`
pub(super) async fn submit(
    request: HttpRequest,
    form: web::Form<Chosen>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let mut visitor = Visitor::of(&request, &state).await?;
    let form = form.into_inner();
    visitor.must_own(&request, &form.csrf)?;
    let link = find(&state, &form.token).await?;
    match redeem(&request, &state, &link, &form).await {
        Ok(account) => {
            visitor.sign_in(&request, &state, account).await?;
            Ok(see(&visitor, "/compress"))
        }
        Err(problem) => {
            let said = Some(Notice::Failed(problem.view(None).detail));
            let page = welcome_page(&visitor, &state, form.token, &link, form.email, said);
            refusal(&problem, &visitor, &page)
        }
    }
}

async fn find(state: &Arc<State>, token: &str) -> Result<OneTimeLink, Problem> {
    let digest = Token::parse(token).ok_or_else(used_up)?.digest();
    let store = state.store().clone();
    let found = state.blocking(move || store.find_link(&digest, now_ms())).await?;
    found.map_err(|error| refuse::store(&error))?.ok_or_else(used_up)
}

async fn redeem(
    request: &HttpRequest,
    state: &Arc<State>,
    link: &OneTimeLink,
    form: &Chosen,
) -> Result<Account, Problem> {
    state.attempts().take(client_address(request), Aim::Link(&form.token))?;
    let email = match &link.account {
        Some(account) if account.is_disabled() => {
            return Err(Problem::new(Kind::AccountDisabled, "The account is disabled."));
        }
        Some(account) => account.email.clone(),
        None => address(&form.email)?,
    };
    let hash = credentials::hash(state, form.password.clone(), email.as_str()).await?;
    let digest = Token::parse(&form.token).ok_or_else(used_up)?.digest();
    let (store, purpose, now) = (state.store().clone(), link.purpose, now_ms());
    let redeemed = state.blocking(move || match purpose {
        LinkPurpose::SetUp => store.redeem_set_up_link(&digest, &email, Tier::Agency, &hash, now),
        LinkPurpose::Invite | LinkPurpose::Reset => store.redeem_link(&digest, &hash, now),
    });
    redeemed.await?.map_err(|error| match error {
        StoreError::NotFound { .. } => used_up(),
        error => refuse::store(&error),
    })
}

fn welcome_page(
    visitor: &Visitor,
    state: &State,
    token: String,
    link: &OneTimeLink,
    typed: String,
    notice: Option<Notice>,
) -> WelcomePage {
    let email = link.account.as_ref().map_or(typed, |account| account.email.as_str().to_owned());
    let whom = match link.purpose {
        LinkPurpose::SetUp => WelcomeFor::SetUp { email },
        LinkPurpose::Invite => WelcomeFor::Invited { email },
        LinkPurpose::Reset => WelcomeFor::Reset { email },
    };
    // Whoever else is signed in here is not meant.
    let mut frame = visitor.frame(state, Section::None, notice);
    frame.viewer = None;
    WelcomePage { frame, token, whom, password_min: Password::MIN_CHARS }
}

/// Reads an address from a form.
pub(super) fn address(text: &str) -> Result<Email, Problem> {
    text.parse().map_err(|error: StoreError| {
        let mut sentence = error.to_string();
        if let Some(first) = sentence.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        sentence.push('.');
        Problem::field("email", sentence)
    })
}

fn used_up() -> Problem {
    Problem::new(
        Kind::LinkExpired,
        "The link was used, has expired, or was replaced by a newer one. Ask for another.",
    )
}
