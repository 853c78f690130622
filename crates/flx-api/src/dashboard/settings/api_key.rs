//! `/settings/key`: generate, roll, revoke; the raw key is in one answer and never again.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use flx_keys::{ApiKey, Error as KeyError, KeyRecord, KeyRepository as _, Keyring, KeyringOptions};
use flx_pages::{ApiKeyPage, ConfirmPage, KeyShown, Moment, Notice, Section};

use crate::clock::now_ms;
use crate::dashboard::answer::{Stop, page as answer, refusal};
use crate::dashboard::forms::{Confirmed, Plain};
use crate::dashboard::visitor::{Member, Visitor};
use crate::problem::{Kind, Problem};
use crate::state::State;
use crate::{origin, refuse};

/// What is done to a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Deed {
    Generate,
    Roll,
    Revoke,
}

/// `GET /settings/key`
pub(crate) async fn page(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    let page = key_page(&request, &visitor, &state, None, None).await?;
    answer(&visitor, &page)
}

/// `POST /settings/key/generate`
pub(crate) async fn generate(
    request: HttpRequest,
    form: web::Form<Plain>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    change(&request, &state.into_inner(), &form.csrf, Deed::Generate).await
}

/// `POST /settings/key/roll`
pub(crate) async fn roll(
    request: HttpRequest,
    form: web::Form<Confirmed>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    confirmed(&request, &state.into_inner(), &form, Deed::Roll).await
}

/// `POST /settings/key/revoke`
pub(crate) async fn revoke(
    request: HttpRequest,
    form: web::Form<Confirmed>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    confirmed(&request, &state.into_inner(), &form, Deed::Revoke).await
}

async fn confirmed(
    request: &HttpRequest,
    state: &Arc<State>,
    form: &Confirmed,
    deed: Deed,
) -> Result<HttpResponse, Stop> {
    if !form.confirm.is_empty() {
        return change(request, state, &form.csrf, deed).await;
    }
    let visitor = Visitor::of(request, state).await?;
    visitor.member(request)?;
    visitor.must_own(request, &form.csrf)?;
    let (title, consequence, button, action) = match deed {
        Deed::Revoke => (
            "Revoke the API key?",
            "Every program that uses it is refused from its next request on. \
             You can generate another key afterwards.",
            "Revoke key",
            "/settings/key/revoke",
        ),
        Deed::Roll | Deed::Generate => (
            "Roll the API key?",
            "The old key stops working with the next request, everywhere. \
             Put the new one into every program that uses it.",
            "Roll key",
            "/settings/key/roll",
        ),
    };
    let page = ConfirmPage {
        frame: visitor.frame(state, Section::ApiKey, None),
        title: title.to_owned(),
        consequence: consequence.to_owned(),
        button: button.to_owned(),
        action: action.to_owned(),
        back: String::from("/settings/key"),
    };
    answer(&visitor, &page)
}

async fn change(
    request: &HttpRequest,
    state: &Arc<State>,
    csrf: &str,
    deed: Deed,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(request, state).await?;
    let member = visitor.member(request)?;
    visitor.must_own(request, csrf)?;
    match act(state, member, deed).await {
        Ok(key) => {
            let said = match deed {
                Deed::Generate => "Your API key is ready.",
                Deed::Roll => "The key is rolled. The old one is refused from now on.",
                Deed::Revoke => "The key is revoked. It is refused from now on.",
            };
            let notice = Some(Notice::Done(said.to_owned()));
            let raw = key.map(|key| key.expose().to_owned());
            answer(&visitor, &key_page(request, &visitor, state, notice, raw).await?)
        }
        Err(problem) => {
            let notice = Some(Notice::Failed(problem.view(None).detail));
            let page = key_page(request, &visitor, state, notice, None).await?;
            refusal(&problem, &visitor, &page)
        }
    }
}

/// Does it, and gives the raw key if there is a new one.
async fn act(state: &Arc<State>, member: &Member, deed: Deed) -> Result<Option<ApiKey>, Problem> {
    let (store, owner, by) = (state.store().clone(), member.account.id.owner(), member.actor());
    if deed != Deed::Revoke {
        let admitted = state.plans().admit_api_key(member.account.tier);
        admitted.map_err(|denied| refuse::denied(&denied, state))?;
    }
    let turn = crate::dashboard::credentials::turn(state).await?;
    let done = state.blocking(move || {
        let _turn = turn;
        let keyring = Keyring::new(KeyringOptions::default())?;
        match deed {
            Deed::Generate => {
                keyring.generate(&store, &owner, &by, now_ms()).map(|issued| Some(issued.key))
            }
            Deed::Roll => {
                keyring.roll(&store, &owner, &by, now_ms()).map(|issued| Some(issued.key))
            }
            Deed::Revoke => keyring.revoke(&store, &owner, &by, now_ms()).map(|_| None),
        }
    });
    done.await?.map_err(|error| refused(&error))
}

fn refused(error: &KeyError) -> Problem {
    let said = match error {
        KeyError::AlreadyActive(_) => "There is a key already. Roll it to get a new one.",
        KeyError::NoActiveKey => "There is no key. Generate one.",
        KeyError::Conflict => "The key was changed by someone else at the same time.",
        error => {
            tracing::error!(error = %error, "a key was not changed");
            return Problem::new(Kind::Unavailable, "The key cannot be changed at the moment.")
                .with_retry_after(5);
        }
    };
    Problem::field("key", said)
}

async fn key_page(
    request: &HttpRequest,
    visitor: &Visitor,
    state: &Arc<State>,
    notice: Option<Notice>,
    raw: Option<String>,
) -> Result<ApiKeyPage, Stop> {
    let member = visitor.member(request)?;
    let (store, owner) = (state.store().clone(), member.account.id.owner());
    let active = state.blocking(move || store.active_of_owner(&owner)).await?;
    let active = active.map_err(|error| refuse::store(&error))?;
    let admitted = state.plans().admit_api_key(member.account.tier);
    Ok(ApiKeyPage {
        frame: visitor.frame(state, Section::ApiKey, notice),
        allowed: admitted.is_ok(),
        allowed_from: admitted.err().and_then(|denied| denied.allowed_from()),
        key: active.as_ref().map(shown),
        raw,
        base_url: origin::public_base(request, state),
    })
}

/// A key as it is shown.
pub(crate) fn shown(key: &KeyRecord) -> KeyShown {
    KeyShown {
        masked: key.masked.to_string(),
        created_at: Moment(key.created_at_ms),
        last_used_at: key.last_used_at_ms.map(Moment),
    }
}
