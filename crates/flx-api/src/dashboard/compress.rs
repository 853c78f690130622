//! `/compress`: a place to drop pictures, and what became of them.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, HeaderMap};
use actix_web::{HttpRequest, HttpResponse, web};
use flx_pages::{
    CompressPage, FileError, Moment, Notice, ResultRow, ResultsPage, Section, Upload as UploadView,
};
use flx_plans::Credits;
use flx_store::{NewResult, Usage};

use super::answer::{Stop, page as answer, refusal, trouble};
use super::limits::{MAX_FILES, limit};
use super::visitor::{Member, Visitor};
use crate::accept::{Accepted, Answer};
use crate::auth::{Caller, may_begin, show_standing, take_turn};
use crate::clock::now_ms;
use crate::problem::{Kind, Problem};
use crate::routes::compress::{CompressAnswer, Draft, Entry, Wanted, read, run};
use crate::routes::sessions;
use crate::state::State;
use crate::upload::{Body, FormToken};
use crate::{origin, refuse};

/// The header in which scripts name the run that they follow.
const RUN_HEADER: &str = "x-run-id";
/// The header in which scripts carry the form's secret.
const TOKEN_HEADER: &str = "x-csrf-token";

/// `GET /compress`
pub(super) async fn page(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(&request, &state).await?;
    let caller = caller(&state, visitor.member(&request)?).await?;
    answer(&visitor, &compress_page(&request, &visitor, &state, &caller, None))
}

/// `POST /compress`: the request of `POST /api/compress`, from a browser that is signed in. A script
/// asks for JSON and gets that of the API, a plain form gets a page.
pub(super) async fn upload(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let state = state.into_inner();
    let body = Body::new(payload.into_inner());
    match work(&request, &body, &state).await {
        Ok(response) => response,
        Err(Stop::Problem(problem)) if wants_json(request.headers()) => {
            body.hold_in(problem.respond(None))
        }
        Err(Stop::SignIn { .. }) if wants_json(request.headers()) => {
            body.hold_in(signed_out().respond(None))
        }
        Err(Stop::Problem(problem)) => body.hold_in(trouble(&problem)),
        Err(stop) => body.hold_in(actix_web::ResponseError::error_response(&stop)),
    }
}

async fn work(
    request: &HttpRequest,
    body: &Body,
    state: &Arc<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(request, state).await?;
    let caller = caller(state, visitor.member(request)?).await?;
    visitor.must_be_from_here(request)?;
    let sent = request.headers().get(TOKEN_HEADER).map(|sent| sent.to_str().unwrap_or_default());
    if let Some(sent) = sent {
        visitor.must_own(request, sent)?;
    }
    let standing = take_turn(state, &caller);
    let token = FormToken { expected: visitor.csrf(), seen: sent.is_some() };
    let done = match may_begin(state, &caller, standing) {
        Ok(()) => compress(request, body, state, caller.clone(), token).await,
        Err(problem) => Err(problem),
    };
    let mut response = match done {
        Ok((draft, used)) if wants_json(request.headers()) => draft.respond(used, state),
        Ok((draft, _)) => show(request, &visitor, state, &caller, &draft)?,
        Err(problem) if wants_json(request.headers()) => {
            body.clone().hold_in(problem.respond(None))
        }
        Err(problem) => {
            let said = Notice::Failed(sentence(&problem));
            let page = compress_page(request, &visitor, state, &caller, Some(said));
            body.clone().hold_in(refusal(&problem, &visitor, &page)?)
        }
    };
    show_standing(response.headers_mut(), standing);
    Ok(response)
}

async fn compress(
    request: &HttpRequest,
    body: &Body,
    state: &Arc<State>,
    caller: Caller,
    token: FormToken<'_>,
) -> Result<(Arc<Draft>, Credits), Problem> {
    let mut upload = read(request, body, state, &caller, Some(token)).await?;
    upload.form.choose_format(&Accepted::json())?;
    let base = origin::public_base(request, state);
    let run_id = request.headers().get(RUN_HEADER).and_then(|id| id.to_str().ok());
    let run_id = run_id.filter(|id| id.len() <= 64).map(str::to_owned);
    run(state, caller, upload, Wanted { answer: Answer::Json, base, once: None, run_id }).await
}

/// What became of the pictures, as a page.
fn show(
    request: &HttpRequest,
    visitor: &Visitor,
    state: &State,
    caller: &Caller,
    draft: &Draft,
) -> Result<HttpResponse, Stop> {
    match draft {
        Draft::Json(answered) => answer(visitor, &results_page(visitor, state, answered)),
        Draft::Problem(problem, _) => {
            let said = Notice::Failed(sentence(problem));
            let page = compress_page(request, visitor, state, caller, Some(said));
            refusal(problem, visitor, &page)
        }
        Draft::Picture(_) => Err(Stop::from(Problem::of_status(StatusCode::NOT_ACCEPTABLE))),
    }
}

/// `GET /compress/{session}`: the results that are there still.
pub(super) async fn results(
    request: HttpRequest,
    session: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    let member = visitor.member(&request)?;
    let session_id = session.into_inner();
    let found = sessions::find(&state, &member.account.id, &session_id).await?;
    let base = origin::public_base(&request, &state);
    let row = |result: &NewResult| ResultRow {
        original_name: result.name.clone(),
        name: result.name.clone(),
        format: extension(&result.name),
        original_bytes: None,
        bytes: result.size_bytes,
        download_url: sessions::link(&state, &base, result),
    };
    let page = ResultsPage {
        frame: visitor.frame(&state, Section::Compress, None),
        session_id,
        results: found.iter().map(row).collect(),
        errors: Vec::new(),
        expires_at: found.iter().map(|result| Moment(result.expires_at_ms)).min(),
    };
    answer(&visitor, &page)
}

/// `GET /compress/{session}.zip`
pub(super) async fn archive(
    request: HttpRequest,
    session: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let state = state.into_inner();
    let visitor = Visitor::of(&request, &state).await?;
    let account = &visitor.member(&request)?.account.id;
    Ok(sessions::archive(&state, account, &session).await?)
}

/// The member as the caller of the API's work.
async fn caller(state: &Arc<State>, member: &Member) -> Result<Caller, Problem> {
    let usage = usage(state, member).await?;
    Ok(Caller {
        account: member.account.clone(),
        key: None,
        usage,
        idempotency: None,
        asked_before: false,
    })
}

/// What a member has used of the period.
pub(super) async fn usage(state: &Arc<State>, member: &Member) -> Result<Usage, Problem> {
    let (store, id) = (state.store().clone(), member.account.id.clone());
    let usage = state.blocking(move || store.usage(&id, now_ms())).await?;
    usage.map_err(|error| refuse::store(&error))?.ok_or_else(signed_out)
}

fn compress_page(
    request: &HttpRequest,
    visitor: &Visitor,
    state: &State,
    caller: &Caller,
    notice: Option<Notice>,
) -> CompressPage {
    let plan = caller.plan(state);
    CompressPage {
        frame: visitor.frame(state, Section::Compress, notice),
        upload: UploadView {
            session_id: uuid::Uuid::new_v4().simple().to_string(),
            max_files: MAX_FILES,
            files_per_request: plan.max_files_per_request().min(MAX_FILES),
            max_file_bytes: plan.max_file_bytes(),
            credits_left: caller.credits_left(state).get(),
            credits_limit: limit(plan),
            resets_at: Moment(caller.usage.resets_at_ms),
            watermark: plan.watermark().is_included(),
            base_url: origin::public_base(request, state),
            api_key: plan.api_key().is_included(),
        },
    }
}

fn results_page(visitor: &Visitor, state: &State, answered: &CompressAnswer) -> ResultsPage {
    let (mut results, mut errors) = (Vec::new(), Vec::new());
    for entry in &answered.results {
        match entry {
            Entry::Success(done) => results.push(ResultRow {
                original_name: done.original_name.clone(),
                name: done.name.clone(),
                format: done.format.clone(),
                original_bytes: Some(done.original_size),
                bytes: done.size,
                download_url: done.download_url.clone(),
            }),
            Entry::Failure(failed) => errors.push(FileError {
                original_name: failed.original_name.clone(),
                message: failed.problem.detail.clone(),
            }),
        }
    }
    let expires = now_ms().saturating_add(state.settings().result_ttl_ms());
    ResultsPage {
        frame: visitor.frame(state, Section::Compress, None),
        session_id: answered.session_id.clone(),
        expires_at: (!results.is_empty()).then_some(Moment(expires)),
        results,
        errors,
    }
}

fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("application/json"))
}

fn extension(name: &str) -> String {
    name.rsplit_once('.').map_or_else(String::new, |(_, extension)| extension.to_owned())
}

fn sentence(problem: &Problem) -> String {
    let view = problem.view(None);
    format!("{}: {}.", view.title, view.detail.trim_end_matches('.'))
}

fn signed_out() -> Problem {
    Problem::new(Kind::Unauthorized, "You are not signed in any more.")
}
