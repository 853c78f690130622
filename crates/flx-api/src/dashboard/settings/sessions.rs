//! `/settings/sessions`: where one is signed in.

use actix_web::{HttpRequest, HttpResponse, web};
use flx_pages::{Moment, Section, SessionRow, SessionsPage};
use flx_store::{WebSession, WebSessionId};
use serde::Deserialize;

use crate::clock::now_ms;
use crate::dashboard::answer::{Stop, page as answer, see};
use crate::dashboard::forms::Plain;
use crate::dashboard::visitor::Visitor;
use crate::refuse;
use crate::state::State;

/// Which one to end.
#[derive(Debug, Deserialize)]
pub(crate) struct Which {
    #[serde(default)]
    csrf: String,
    #[serde(default)]
    id: String,
}

/// `GET /settings/sessions`
pub(crate) async fn page(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(&request, &state).await?;
    let member = visitor.member(&request)?;
    let (store, id) = (state.store().clone(), member.account.id.clone());
    let found = state.blocking(move || store.web_sessions(&id, now_ms())).await?;
    let found = found.map_err(|error| refuse::store(&error))?;
    let mut sessions: Vec<SessionRow> =
        found.into_iter().map(|session| row(session, &member.session.id)).collect();
    sessions.sort_by_key(|session| !session.is_this);
    let frame = visitor.frame(&state, Section::Sessions, None);
    answer(&visitor, &SessionsPage { frame, sessions })
}

/// `POST /settings/sessions/end`
pub(crate) async fn end(
    request: HttpRequest,
    form: web::Form<Which>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let mut visitor = Visitor::of(&request, &state).await?;
    let member = visitor.member(&request)?.clone();
    visitor.must_own(&request, &form.csrf)?;
    let is_this = member.session.id.as_str() == form.id;
    if let Some(id) = WebSessionId::parse(&form.id) {
        let store = state.store().clone();
        let ended = state.blocking(move || store.end_web_session(&member.account.id, &id)).await?;
        ended.map_err(|error| refuse::store(&error))?;
    }
    if is_this {
        visitor.sign_out();
        return Ok(see(&visitor, "/sign-in"));
    }
    Ok(see(&visitor, "/settings/sessions"))
}

/// `POST /settings/sessions/end-all`
pub(crate) async fn end_all(
    request: HttpRequest,
    form: web::Form<Plain>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let mut visitor = Visitor::of(&request, &state).await?;
    let member = visitor.member(&request)?.clone();
    visitor.must_own(&request, &form.csrf)?;
    let (store, by) = (state.store().clone(), member.actor());
    let ended =
        state.blocking(move || store.end_web_sessions(&member.account.id, &by, now_ms())).await?;
    ended.map_err(|error| refuse::store(&error))?;
    visitor.sign_out();
    Ok(see(&visitor, "/sign-in"))
}

fn row(session: WebSession, this: &WebSessionId) -> SessionRow {
    SessionRow {
        is_this: session.id == *this,
        id: session.id.to_string(),
        browser: name(&session.browser),
        address: session.address,
        signed_in_at: Moment(session.created_at_ms),
        last_seen_at: Moment(session.last_seen_at_ms),
    }
}

/// What a browser calls itself, in two words: `Firefox on Linux`. Only for people to tell theirs
/// apart; a browser says what it likes.
fn name(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| agent.contains(mark)).map(|(_, name)| *name)
    };
    // Most browsers claim to be several; the one that is meant comes first here.
    let browser = first(&[
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ]);
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    match (browser, system) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) => String::from("Unknown browser"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn browsers_are_named_in_two_words() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) \
                      Chrome/142.0.0.0 Safari/537.36";
        assert_eq!(name(chrome), "Chrome on Linux");
        let safari = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Safari/604.1";
        assert_eq!(name(safari), "Safari on iPhone");
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0 Safari/537.36 Edg/142.0";
        assert_eq!(name(edge), "Edge on Windows");
        assert_eq!(name("curl/8.14"), "curl");
        assert_eq!(name(""), "Unknown browser");
    }
}
