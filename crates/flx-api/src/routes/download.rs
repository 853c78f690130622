//! `GET` on a download link.

use std::fs::File;
use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_RANGE, CONTENT_SECURITY_POLICY,
    CONTENT_TYPE, ETAG, HeaderMap, IF_MODIFIED_SINCE, IF_NONE_MATCH, IF_RANGE, LAST_MODIFIED,
    RANGE,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use flx_store::{NewResult, ResultId};

use crate::clock::now_ms;
use crate::problem::{Kind, Problem};
use crate::range::{self, Asked};
use crate::refuse;
use crate::signed_url::Refused;
use crate::state::State;
use crate::{names, pieces};

/// Checks the link, then sends the file or the part asked for.
pub(crate) async fn download(
    request: HttpRequest,
    path: web::Path<(String, String)>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let state = state.into_inner();
    let (id, name) = path.into_inner();
    let id = check(&state, &id, request.query_string())?;
    let (result, file) = open(&state, id).await?;
    if result.name != name {
        return Err(Problem::of_status(StatusCode::NOT_FOUND));
    }
    let validators = Validators::of(&result);
    if validators.is_fresh(request.headers()) {
        return Ok(head(StatusCode::NOT_MODIFIED, &result, &validators).finish());
    }
    let asked = match request.headers().get(RANGE).and_then(|range| range.to_str().ok()) {
        Some(range) if validators.allow_range(request.headers()) => {
            range::parse(range, result.size_bytes)
        }
        _ => Asked::All,
    };
    Ok(send(&state, &result, &validators, file, asked))
}

fn check(state: &State, id: &str, query: &str) -> Result<ResultId, Problem> {
    let parsed = ResultId::parse(id);
    let verified = state.signer().verify(id, query, now_ms());
    match (parsed, verified) {
        (Some(id), Ok(())) => Ok(id),
        (_, Err(Refused::Expired)) => Err(expired()),
        _ => Err(Problem::new(
            Kind::InvalidSignature,
            "the link's signature is missing or does not belong to this result",
        )),
    }
}

/// The link was ours and is not over: what is gone now was deleted with its account.
async fn open(state: &Arc<State>, id: ResultId) -> Result<(NewResult, File), Problem> {
    let (store, files) = (state.store().clone(), state.files().clone());
    let opened = state.blocking(move || {
        let stored = store.find_result(&id).map_err(|error| refuse::store(&error))?;
        let result = stored.ok_or_else(expired)?.result;
        if result.expires_at_ms <= now_ms() {
            return Err(expired());
        }
        match files.open_file(&result.object_key) {
            Ok(file) => Ok((result, file)),
            Err(error) => {
                tracing::error!(error = %error, "a result's file cannot be opened");
                Err(Problem::new(Kind::Unavailable, "the result cannot be read at the moment")
                    .with_retry_after(30))
            }
        }
    });
    opened.await?
}

fn expired() -> Problem {
    Problem::new(Kind::LinkExpired, "the result was deleted when its link expired")
}

/// Entity tag and time of change. A result never changes, so its id is a strong tag.
struct Validators {
    tag: String,
    modified: String,
}

impl Validators {
    fn of(result: &NewResult) -> Self {
        let seconds = u64::try_from(result.created_at_ms.div_euclid(1000)).unwrap_or_default();
        let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
        Self { tag: format!("\"{}\"", result.id), modified: httpdate::fmt_http_date(modified) }
    }

    /// Whether the client's copy still holds. A tag, when one is sent, decides alone.
    fn is_fresh(&self, headers: &HeaderMap) -> bool {
        let mut tags = headers.get_all(IF_NONE_MATCH).peekable();
        if tags.peek().is_some() {
            return tags
                .filter_map(|line| line.to_str().ok())
                .flat_map(|line| line.split(','))
                .any(|tag| {
                    let tag = tag.trim();
                    tag == "*" || tag.strip_prefix("W/").unwrap_or(tag) == self.tag
                });
        }
        let since = headers.get(IF_MODIFIED_SINCE).and_then(|date| date.to_str().ok());
        since.and_then(|date| httpdate::parse_http_date(date).ok()).is_some_and(|since| {
            httpdate::parse_http_date(&self.modified).is_ok_and(|modified| modified <= since)
        })
    }

    /// A range belongs to the copy that `If-Range` names, by strong tag or exact date.
    fn allow_range(&self, headers: &HeaderMap) -> bool {
        headers.get(IF_RANGE).is_none_or(|line| {
            line.to_str().is_ok_and(|value| value == self.tag || value == self.modified)
        })
    }
}

fn send(
    state: &Arc<State>,
    result: &NewResult,
    validators: &Validators,
    file: File,
    asked: Asked,
) -> HttpResponse {
    let size = result.size_bytes;
    let (status, first, length) = match asked {
        Asked::All => (StatusCode::OK, 0, size),
        Asked::Part { first, last } => (StatusCode::PARTIAL_CONTENT, first, last - first + 1),
        Asked::Unsatisfiable => return unsatisfiable(size),
    };
    let mut response = head(status, result, validators);
    if status == StatusCode::PARTIAL_CONTENT {
        let last = first + length - 1;
        response.insert_header((CONTENT_RANGE, format!("bytes {first}-{last}/{size}")));
    }
    response.body(pieces::part(state, file, first, length))
}

fn unsatisfiable(size: u64) -> HttpResponse {
    let problem = Problem::new(
        Kind::RangeNotSatisfiable,
        format!("the file has {size} bytes, the range lies outside"),
    )
    .with_field("Range")
    .with_limit(size);
    let mut response = problem.respond(None);
    if let Ok(range) = format!("bytes */{size}").parse() {
        response.headers_mut().insert(CONTENT_RANGE, range);
    }
    response
}

/// Headers of every answer about the file: it is a download, whatever a browser thinks of it.
fn head(status: StatusCode, result: &NewResult, validators: &Validators) -> HttpResponseBuilder {
    let left_s = result.expires_at_ms.saturating_sub(now_ms()).max(0) / 1000;
    let mut response = HttpResponse::build(status);
    response
        .insert_header((ETAG, validators.tag.as_str()))
        .insert_header((LAST_MODIFIED, validators.modified.as_str()))
        .insert_header((CACHE_CONTROL, format!("private, max-age={left_s}, immutable")))
        .insert_header((ACCEPT_RANGES, "bytes"))
        .insert_header((CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("cross-origin-resource-policy", "same-origin"));
    if status != StatusCode::NOT_MODIFIED {
        response
            .insert_header((CONTENT_TYPE, result.media_type.as_str()))
            .insert_header((CONTENT_DISPOSITION, names::attachment(&result.name)));
    }
    response
}
