//! `/settings/password`

use std::net::IpAddr;
use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use flx_keys::Password;
use flx_pages::{Notice, PasswordPage, Section};
use serde::Deserialize;

use crate::clock::now_ms;
use crate::dashboard::answer::{Stop, page as answer, refusal};
use crate::dashboard::attempts::Aim;
use crate::dashboard::credentials;
use crate::dashboard::visitor::{Member, Visitor};
use crate::origin::client_address;
use crate::problem::Problem;
use crate::refuse;
use crate::state::State;

/// What somebody changes it with.
#[derive(Deserialize)]
pub(crate) struct Change {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    current: String,
    #[serde(default)]
    new: String,
}

/// `GET /settings/password`
pub(crate) async fn page(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(&request, &state).await?;
    visitor.member(&request)?;
    answer(&visitor, &password_page(&visitor, &state, None))
}

/// `POST /settings/password`
pub(crate) async fn change(
    request: HttpRequest,
    form: web::Form<Change>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let mut visitor = Visitor::of(&request, &state).await?;
    let member = visitor.member(&request)?.clone();
    let form = form.into_inner();
    visitor.must_own(&request, &form.csrf)?;
    match set(client_address(&request), &state, &member, form.current, form.new).await {
        Ok(()) => {
            // Every session has ended, and this browser gets one with a new token.
            visitor.sign_in(&request, &state, member.account).await?;
            let said = "Your password is changed. Every other browser is signed out.";
            let notice = Some(Notice::Done(said.to_owned()));
            answer(&visitor, &password_page(&visitor, &state, notice))
        }
        Err(problem) => {
            let notice = Some(Notice::Failed(problem.view(None).detail));
            refusal(&problem, &visitor, &password_page(&visitor, &state, notice))
        }
    }
}

async fn set(
    from: Option<IpAddr>,
    state: &Arc<State>,
    member: &Member,
    current: String,
    new: String,
) -> Result<(), Problem> {
    let email = member.account.email.as_str();
    // Whoever sits down at a browser that was left open does not guess on without end.
    state.attempts().take(from, Aim::Account(email))?;
    if credentials::open(state, email, current).await?.is_none() {
        return Err(Problem::field("current", "The current password is not right."));
    }
    let hash = credentials::hash(state, new, email).await?;
    let (store, id, by) = (state.store().clone(), member.account.id.clone(), member.actor());
    let set = state.blocking(move || store.set_password(&id, &hash, None, &by, now_ms()));
    set.await?.map_err(|error| refuse::store(&error))
}

fn password_page(visitor: &Visitor, state: &State, notice: Option<Notice>) -> PasswordPage {
    PasswordPage {
        frame: visitor.frame(state, Section::Password, notice),
        password_min: Password::MIN_CHARS,
    }
}
