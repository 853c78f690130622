//! Answers with pages, and what is answered instead.

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, LOCATION, REFERRER_POLICY, RETRY_AFTER,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, ResponseError};
use flx_pages::{Frame, Page, Section, TroublePage};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::visitor::Visitor;
use crate::finish::Whole;
use crate::problem::{Kind, Problem};

/// Nothing inline, nothing from elsewhere, nobody around it.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
                      img-src 'self' blob:; connect-src 'self'; form-action 'self'; \
                      base-uri 'none'; frame-ancestors 'none'";
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'/');

/// A page for its visitor.
pub(super) fn page(visitor: &Visitor, page: &impl Page) -> Result<HttpResponse, Stop> {
    with_status(StatusCode::OK, visitor, page)
}

/// A page that says no, with what was typed.
pub(super) fn refusal(
    problem: &Problem,
    visitor: &Visitor,
    page: &impl Page,
) -> Result<HttpResponse, Stop> {
    let mut response = with_status(problem.status(), visitor, page)?;
    if let Some(seconds) = problem.retry_after_s() {
        response.headers_mut().insert(RETRY_AFTER, seconds.into());
    }
    response.extensions_mut().insert(Whole);
    response.extensions_mut().insert(problem.clone());
    Ok(response)
}

fn with_status(
    status: StatusCode,
    visitor: &Visitor,
    page: &impl Page,
) -> Result<HttpResponse, Stop> {
    let html = page.html().map_err(|error| {
        tracing::error!(error = %error, "a page was not written");
        Problem::new(Kind::Internal, Kind::Internal.generic_detail())
    })?;
    let mut response = head(HttpResponse::build(status));
    for cookie in &visitor.cookies {
        response.cookie(cookie.clone());
    }
    Ok(response.body(html))
}

/// Leads the browser on after a form, so that loading anew does not send it again.
pub(super) fn see(visitor: &Visitor, path: &str) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, path)).insert_header((CACHE_CONTROL, "no-store"));
    for cookie in &visitor.cookies {
        response.cookie(cookie.clone());
    }
    response.finish()
}

fn head(mut response: HttpResponseBuilder) -> HttpResponseBuilder {
    response
        .content_type("text/html; charset=utf-8")
        // A page may hold what is shown once: it is kept nowhere.
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .insert_header(("x-frame-options", "DENY"))
        .insert_header(("cross-origin-opener-policy", "same-origin"))
        .insert_header(("permissions-policy", "camera=(), geolocation=(), microphone=()"));
    response
}

/// Why there is no page.
#[derive(Debug)]
pub(super) enum Stop {
    /// Nobody is signed in.
    SignIn {
        /// Where they wanted to go.
        next: String,
    },
    /// Everything else.
    Problem(Problem),
}

impl Stop {
    pub(super) fn sign_in(request: &HttpRequest) -> Self {
        let next = match request.method().is_safe() {
            true => request.path().to_owned(),
            false => String::from("/"),
        };
        Self::SignIn { next }
    }

    pub(super) fn not_found() -> Self {
        Self::Problem(Problem::of_status(StatusCode::NOT_FOUND))
    }
}

impl From<Problem> for Stop {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SignIn { .. } => f.write_str("nobody is signed in"),
            Self::Problem(problem) => problem.fmt(f),
        }
    }
}

impl ResponseError for Stop {
    fn status_code(&self) -> StatusCode {
        match self {
            Self::SignIn { .. } => StatusCode::SEE_OTHER,
            Self::Problem(problem) => problem.status(),
        }
    }

    fn error_response(&self) -> HttpResponse<BoxBody> {
        match self {
            Self::SignIn { next } => HttpResponse::SeeOther()
                .insert_header((LOCATION, sign_in_path(next)))
                .insert_header((CACHE_CONTROL, "no-store"))
                .finish(),
            Self::Problem(problem) => trouble(problem),
        }
    }
}

/// Where to sign in before going on to `next`.
fn sign_in_path(next: &str) -> String {
    match next {
        "/" | "" => String::from("/sign-in"),
        next => format!("/sign-in?next={}", utf8_percent_encode(next, IN_QUERY)),
    }
}

/// A problem as a page, for whoever it is.
pub(super) fn trouble(problem: &Problem) -> HttpResponse {
    let view = problem.view(None);
    let page = TroublePage {
        frame: Frame {
            viewer: None,
            section: Section::None,
            csrf: String::new(),
            notice: None,
            upgrade_url: None,
            sign_up_is_open: false,
        },
        status: view.status,
        title: view.title,
        detail: view.detail,
        request_id: None,
    };
    let mut response = head(HttpResponse::build(problem.status()));
    if let Some(seconds) = problem.retry_after_s() {
        response.insert_header((RETRY_AFTER, seconds));
    }
    // A page that cannot be written is an empty one with the right status.
    let mut response = response.body(page.html().unwrap_or_default());
    response.extensions_mut().insert(Whole);
    response.extensions_mut().insert(problem.clone());
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signing_in_leads_back_to_where_one_wanted_to_go() {
        assert_eq!(sign_in_path("/"), "/sign-in");
        assert_eq!(sign_in_path("/settings/key"), "/sign-in?next=/settings/key");
        assert_eq!(sign_in_path("/a?b=\"&c"), "/sign-in?next=/a%3Fb%3D%22%26c");
    }
}
