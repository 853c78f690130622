//! The last hand on every answer: request id, problem form, log line, count.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ALLOW, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY, RETRY_AFTER, VARY,
    WWW_AUTHENTICATE, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Bytes;
use actix_web::{Error, HttpMessage as _, HttpResponse};
use tracing_actix_web::RequestId;

use crate::dashboard::Renewed;
use crate::metrics;
use crate::problem::Problem;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What a browser may do with an answer that is no page: nothing.
const NO_PAGE: &str = "default-src 'none'; frame-ancestors 'none'";

/// Headers that stay when an answer is put into problem form.
const KEPT: [HeaderName; 5] =
    [ALLOW, RETRY_AFTER, VARY, WWW_AUTHENTICATE, HeaderName::from_static("content-range")];

/// Marks a failure that is in problem form for good, as it was kept.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Whole;

/// Wraps the whole app.
pub(crate) async fn finish(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = Instant::now();
    let method = request.method().clone();
    let id = request.extensions().get::<RequestId>().map(RequestId::to_string);
    let mut response = next.call(request).await?.map_into_boxed_body();
    let whole = response.response().extensions().get::<Whole>().is_some();
    if is_failure(response.status()) && !whole {
        response = in_problem_form(response, id.clone());
    }
    bring_renewed_cookie(&mut response);
    let headers = response.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    // Pages and downloads have rules of their own; what is neither is no page at all.
    for (name, rule) in [(CONTENT_SECURITY_POLICY, NO_PAGE), (REFERRER_POLICY, "no-referrer")] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(rule));
        }
    }
    if let Some(id) = id.as_deref().and_then(|id| HeaderValue::from_str(id).ok()) {
        headers.insert(REQUEST_ID, id);
    }
    let route = response.request().match_pattern().unwrap_or_else(|| String::from("none"));
    let (status, took) = (response.status().as_u16(), started.elapsed());
    metrics::request(&route, label(&method), status, took);
    log(&route, status, took.as_secs_f64() * 1000.0, &response);
    Ok(response)
}

/// A method as a label. Anybody can invent methods; each would be a time series of its own.
fn label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// Gives the browser its session's new token, unless it is given another one or none by the answer
/// itself. The old token is not believed for long.
fn bring_renewed_cookie(response: &mut ServiceResponse<BoxBody>) {
    let renewed = response.request().extensions_mut().remove::<Renewed>();
    let Some(Renewed(cookie)) = renewed else { return };
    if response.response().cookies().any(|given| given.name() == cookie.name()) {
        return;
    }
    if let Err(error) = response.response_mut().add_cookie(&cookie) {
        tracing::error!(error = %error, "a session's new cookie was not set");
    }
}

fn is_failure(status: StatusCode) -> bool {
    status.is_client_error() || status.is_server_error()
}

/// Writes the problem anew with the request's id, or puts into problem form what actix answered by
/// itself. The old body is kept until the answer is out: it may hold the unread request.
fn in_problem_form(
    response: ServiceResponse<BoxBody>,
    id: Option<String>,
) -> ServiceResponse<BoxBody> {
    let problem = response.response().extensions().get::<Problem>().cloned();
    let problem = problem.unwrap_or_else(|| Problem::of_status(response.status()));
    let (request, old) = response.into_parts();
    let mut new = problem.respond(id);
    for name in KEPT {
        if let Some(value) = old.headers().get(&name) {
            new.headers_mut().insert(name, value.clone());
        }
    }
    for (name, value) in old.headers().iter().filter(|(name, _)| is_rate_limit(name)) {
        new.headers_mut().insert(name.clone(), value.clone());
    }
    let (_, old) = old.into_parts();
    let new: HttpResponse = new.map_body(|_, body| BoxBody::new(Replaced { body, _old: old }));
    ServiceResponse::new(request, new)
}

fn is_rate_limit(name: &HeaderName) -> bool {
    name.as_str().starts_with("ratelimit")
}

fn log(route: &str, status: u16, took_ms: f64, response: &ServiceResponse<BoxBody>) {
    let problem = response.response().extensions().get::<Problem>().map(Problem::to_string);
    let problem = problem.as_deref().unwrap_or_default();
    // Probes and scrapes come every few seconds: they are of interest when they fail.
    if matches!(route, "/healthz" | "/readyz" | "/metrics") && status < 400 {
        tracing::debug!(http.status = status, duration_ms = took_ms, "answered");
    } else if problem.is_empty() {
        tracing::info!(http.status = status, duration_ms = took_ms, "answered");
    } else {
        tracing::info!(http.status = status, duration_ms = took_ms, problem, "answered");
    }
}

/// A body that stands for another one.
struct Replaced {
    body: BoxBody,
    _old: BoxBody,
}

impl MessageBody for Replaced {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
