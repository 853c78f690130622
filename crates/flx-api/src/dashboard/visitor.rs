//! Who looks at a page, and whether a form is theirs.

use std::sync::Arc;

use actix_web::cookie::Cookie;
use actix_web::{HttpMessage as _, HttpRequest};
use flx_keys::{Actor, Token};
use flx_pages::{Frame, Notice, Section, Viewer};
use flx_store::{Account, NewWebSession, WebSession};
use subtle::ConstantTimeEq as _;

use super::answer::Stop;
use super::cookies::Jar;
use crate::clock::now_ms;
use crate::origin::{client_address, public_base};
use crate::problem::Problem;
use crate::refuse;
use crate::state::State;

/// How long a browser stays signed in, whatever it does: two weeks.
const SESSION_S: i64 = 14 * 24 * 60 * 60;
/// How long a browser stays signed in that does nothing: three days.
const IDLE_MS: i64 = 3 * 24 * 60 * 60 * 1000;
/// How long a form may stay open before anybody is signed in: a day.
const FORM_S: i64 = 24 * 60 * 60;
/// How old a session's token gets before it is replaced: an hour.
const TOKEN_MS: i64 = 60 * 60 * 1000;
/// How stale the time of last use may get.
const SEEN_MS: i64 = 60 * 1000;
/// Longest name of a browser that is kept, in characters.
const MAX_BROWSER_CHARS: usize = 200;
/// What the secret of forms is derived for.
const FORM_PURPOSE: &str = "flx 2026-11-25 dashboard form";

/// Somebody who is signed in.
#[derive(Debug, Clone)]
pub(super) struct Member {
    /// Their account, which is not disabled.
    pub(super) account: Account,
    /// Their session.
    pub(super) session: WebSession,
}

/// A browser.
#[derive(Debug)]
pub(super) struct Visitor {
    /// Who is signed in.
    pub(super) member: Option<Member>,
    /// Cookies to set with the answer.
    pub(super) cookies: Vec<Cookie<'static>>,
    /// What every form of this browser must carry.
    csrf: String,
    secure: bool,
}

/// The cookie of a session's new token, which must reach the browser whatever is answered.
#[derive(Debug, Clone)]
pub(crate) struct Renewed(pub(crate) Cookie<'static>);

impl Visitor {
    /// Reads the cookies and the session they name.
    pub(super) async fn of(request: &HttpRequest, state: &Arc<State>) -> Result<Self, Problem> {
        let secure = public_base(request, state).starts_with("https://");
        let address = client_address(request).map(|ip| ip.to_string()).unwrap_or_default();
        if let Some(token) = Jar::Session.read(request, secure)
            && let Some((session, account)) = find(state, &token).await?
            && !account.is_disabled()
        {
            if session.replaced_at_ms.saturating_add(TOKEN_MS) <= now_ms()
                && let Some(new) = replace(state, &session, &token).await?
            {
                let left_s = session.expires_at_ms.saturating_sub(now_ms()) / 1000;
                let cookie = Jar::Session.give(&new, secure, left_s);
                request.extensions_mut().insert(Renewed(cookie));
            }
            note_use(state, &session, address);
            tracing::Span::current().record("account", account.id.as_str());
            let csrf = state.signer().form(session.id.as_str());
            let member = Some(Member { account, session });
            return Ok(Self { member, cookies: Vec::new(), csrf, secure });
        }
        let (token, cookies) = match Jar::Form.read(request, secure) {
            Some(token) => (token, Vec::new()),
            None => {
                let token = Token::generate().map_err(|error| no_token(&error))?;
                let cookie = Jar::Form.give(&token, secure, FORM_S);
                (token, vec![cookie])
            }
        };
        let csrf = (*token.derive(FORM_PURPOSE)).clone();
        Ok(Self { member: None, cookies, csrf, secure })
    }

    /// Whoever is signed in; others are sent to sign in first.
    pub(super) fn member(&self, request: &HttpRequest) -> Result<&Member, Stop> {
        self.member.as_ref().ok_or_else(|| Stop::sign_in(request))
    }

    /// An operator; for others the page does not exist.
    pub(super) fn operator(&self, request: &HttpRequest) -> Result<&Member, Stop> {
        let member = self.member(request)?;
        if member.account.is_operator() { Ok(member) } else { Err(Stop::not_found()) }
    }

    /// What every form of this browser must carry: the same for as long as it is signed in, however
    /// often its token is replaced, as pages stand open for long.
    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Whether a form that carries `csrf` is one of this browser's own.
    ///
    /// # Errors
    /// 403.
    pub(super) fn must_own(&self, request: &HttpRequest, csrf: &str) -> Result<(), Problem> {
        self.must_be_from_here(request)?;
        let is_own = bool::from(self.csrf.as_bytes().ct_eq(csrf.as_bytes()));
        if is_own { Ok(()) } else { Err(refuse::forged()) }
    }

    /// Whether the browser itself says that another site made it send this. Not every browser says
    /// so, and none over plain HTTP: the form's secret is what counts.
    ///
    /// # Errors
    /// 403.
    pub(super) fn must_be_from_here(&self, request: &HttpRequest) -> Result<(), Problem> {
        let site = request.headers().get("sec-fetch-site").and_then(|site| site.to_str().ok());
        let is_from_here = site.is_none_or(|site| matches!(site, "same-origin" | "none"));
        if is_from_here { Ok(()) } else { Err(refuse::forged()) }
    }

    /// Signs an account in: a new session with a new token, whatever the browser sent.
    pub(super) async fn sign_in(
        &mut self,
        request: &HttpRequest,
        state: &Arc<State>,
        account: Account,
    ) -> Result<(), Problem> {
        let token = Token::generate().map_err(|error| no_token(&error))?;
        let now = now_ms();
        let new = NewWebSession {
            digest: token.digest(),
            browser: browser(request),
            address: client_address(request).map(|ip| ip.to_string()).unwrap_or_default(),
            expires_at_ms: now.saturating_add(SESSION_S * 1000),
        };
        let (store, id) = (state.store().clone(), account.id.clone());
        let begun = state
            .blocking(move || store.begin_web_session(&id, &new, &Actor::new("dashboard"), now));
        let session = begun.await?.map_err(|error| refuse::store(&error))?;
        self.cookies =
            vec![Jar::Session.give(&token, self.secure, SESSION_S), Jar::Form.take(self.secure)];
        self.csrf = state.signer().form(session.id.as_str());
        self.member = Some(Member { account, session });
        Ok(())
    }

    /// Takes the browser's cookies away.
    pub(super) fn sign_out(&mut self) {
        self.member = None;
        self.cookies = vec![Jar::Session.take(self.secure)];
    }

    /// What surrounds a page.
    pub(super) fn frame(&self, state: &State, section: Section, notice: Option<Notice>) -> Frame {
        Frame {
            viewer: self.member.as_ref().map(|member| Viewer {
                email: member.account.email.to_string(),
                tier: member.account.tier,
                is_operator: member.account.is_operator(),
            }),
            section,
            csrf: self.csrf.clone(),
            notice,
            upgrade_url: state.settings().links().upgrade().map(str::to_owned),
            sign_up_is_open: state.settings().sign_up_is_open(),
        }
    }
}

impl Member {
    /// Who it is, for the audit log.
    pub(super) fn actor(&self) -> Actor {
        Actor::new(format!("dashboard:{}", self.account.email))
    }
}

async fn find(state: &Arc<State>, token: &Token) -> Result<Option<(WebSession, Account)>, Problem> {
    let (store, digest) = (state.store().clone(), token.digest());
    let found = state.blocking(move || store.find_web_session(&digest, now_ms())).await?;
    let found = found.map_err(|error| refuse::store(&error))?;
    Ok(found.filter(|(session, _)| session.last_seen_at_ms.saturating_add(IDLE_MS) > now_ms()))
}

/// A new token for a session; none when another request was first.
async fn replace(
    state: &Arc<State>,
    session: &WebSession,
    old: &Token,
) -> Result<Option<Token>, Problem> {
    let new = Token::generate().map_err(|error| no_token(&error))?;
    let (store, id) = (state.store().clone(), session.id.clone());
    let (old, digest) = (old.digest(), new.digest());
    let replaced = state.blocking(move || store.replace_web_token(&id, &old, &digest, now_ms()));
    let replaced = replaced.await?.map_err(|error| refuse::store(&error))?;
    Ok(replaced.then_some(new))
}

/// The time of last use is for people to look at, and to end what is left alone: no request waits
/// for it or fails for it.
fn note_use(state: &Arc<State>, session: &WebSession, address: String) {
    let now = now_ms();
    if session.last_seen_at_ms.saturating_add(SEEN_MS) > now {
        return;
    }
    let (shared, id) = (Arc::clone(state), session.id.clone());
    state.in_background(move || {
        if let Err(error) = shared.store().note_web_session(&id, &address, now) {
            tracing::warn!(error = %error, "a session's last use was not noted");
        }
    });
}

fn browser(request: &HttpRequest) -> String {
    let agent = request.headers().get("user-agent").and_then(|agent| agent.to_str().ok());
    let agent = crate::telemetry::redact(agent.unwrap_or_default());
    agent.chars().filter(|c| !c.is_control()).take(MAX_BROWSER_CHARS).collect()
}

fn no_token(error: &flx_keys::Error) -> Problem {
    tracing::error!(error = %error, "no token could be made");
    Problem::new(crate::problem::Kind::Internal, crate::problem::Kind::Internal.generic_detail())
}
