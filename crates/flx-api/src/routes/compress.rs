//! `POST /api/compress`.

mod answer;
mod form;
mod paid;
mod replay;

use std::sync::Arc;

use actix_web::http::header::{HeaderValue, VARY};
use actix_web::{HttpRequest, HttpResponse, web};
use flx_plans::Request;

pub(crate) use self::answer::Draft;
pub use self::answer::{CompressAnswer, Entry, Failure, Success, UsageNow};
pub use self::form::{
    ColourName, CompressForm, EffortName, FitName, FormatField, FormatList, FormatName, FoundName,
    GravityField, LookName, PositionName, QualityField, QualityPoint,
};
pub(crate) use self::paid::{Wanted, run};
use crate::accept::Accepted;
use crate::auth::{Caller, caller_of};
use crate::problem::Problem;
use crate::state::State;
use crate::upload::{self, Body, FormToken, Rules, Seen, Upload, Watermarked};
use crate::{origin, refuse};

/// Reads the upload, works on it, answers. The body stays alive with the answer, so that an upload
/// refused halfway closes its connection in an orderly way.
pub(crate) async fn compress(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let state = state.into_inner();
    let body = Body::new(payload.into_inner());
    let mut response = match work(&request, &body, &state).await {
        Ok(response) => response,
        Err(problem) => body.hold_in(problem.respond(None)),
    };
    response.headers_mut().append(VARY, HeaderValue::from_static("Accept"));
    response
}

async fn work(
    request: &HttpRequest,
    body: &Body,
    state: &Arc<State>,
) -> Result<HttpResponse, Problem> {
    let caller = caller_of(request)?;
    let mut upload = read(request, body, state, &caller, None).await?;
    // Several pictures are told about in JSON, whose client asked for no type of picture.
    let accepted = match upload.files.as_slice() {
        [_] => Accepted::of(request.headers()),
        _ => Accepted::json(),
    };
    upload.form.choose_format(&accepted)?;
    let once = caller.idempotency.zip(upload.fingerprint);
    let once = once.map(|(key, fingerprint)| key.once(fingerprint));
    if let Some(once) = &once
        && let Some(answer) = replay::answer(state, &caller, once).await?
    {
        return Ok(answer);
    }
    let base = origin::public_base(request, state);
    let wanted = Wanted { answer: accepted.answer(), base, once, run_id: None };
    let (draft, used) = run(state, caller, upload, wanted).await?;
    Ok(draft.respond(used, state))
}

/// Reads the upload of a caller; `token` is what a form of the dashboard must carry.
pub(crate) async fn read(
    request: &HttpRequest,
    body: &Body,
    state: &State,
    caller: &Caller,
    token: Option<FormToken<'_>>,
) -> Result<Upload, Problem> {
    let (plan, limits) = (caller.plan(state), state.settings().limits());
    let rules = Rules {
        folder: state.files().uploads(),
        max_files: plan.max_files_per_request(),
        max_file_bytes: plan.max_file_bytes(),
        idle: limits.body_idle_timeout(),
        min_rate: limits.body_min_rate(),
        fingerprinted: caller.idempotency.is_some(),
        token,
        admit: &|seen| admit(state, caller, seen),
    };
    upload::read(request.headers(), body, &rules).await
}

/// Whether the plan and the credits left allow what has been seen of the upload.
fn admit(state: &State, caller: &Caller, seen: Seen) -> Result<(), Problem> {
    let mut asked = Request::new(caller.origin()).with_files(seen.files.max(1));
    if seen.watermark == Watermarked::Yes {
        asked = asked.with_watermark();
    }
    let tier = caller.account.tier;
    state.plans().admit(tier, &asked).map_err(|denied| refuse::denied(&denied, state))?;
    caller.must_afford(state, seen.files)
}
