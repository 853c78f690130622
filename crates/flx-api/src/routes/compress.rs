//! `POST /api/compress`.

mod answer;
mod paid;

use std::sync::Arc;

use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use flx_plans::{Origin, Request};

pub use self::answer::{CompressAnswer, Entry, Failure, Success, UsageNow};
use crate::accept::{self, Answer};
use crate::auth::{Caller, caller_of};
use crate::problem::Problem;
use crate::refuse;
use crate::state::State;
use crate::upload::{self, Body, Rules, Seen, Upload, Watermarked};

/// The form of `POST /api/compress`.
#[derive(Debug, utoipa::ToSchema)]
#[schema(title = "CompressForm")]
#[allow(dead_code, reason = "only its schema is used: the form is read as it streams in")]
pub struct CompressForm {
    /// A picture: JPEG, PNG, WebP, GIF, AVIF, BMP or TIFF, told by its content. Repeat the part
    /// for a batch (plans with batch; at most 20), each at most 20 MiB.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
    /// Output format: `webp`, `avif`, `jpg` or `png`. PNG is lossless.
    #[schema(default = "webp", example = "webp")]
    format: Option<String>,
    /// The same number looks the same in webp, avif and jpg. PNG ignores it.
    #[schema(default = 82, minimum = 40, maximum = 100)]
    quality: Option<u8>,
    /// Scales down, in proportion, to at most this width in pixels. Never enlarges.
    #[schema(minimum = 1)]
    #[schema(rename = "maxWidth")]
    max_width: Option<u32>,
    /// Scales down, in proportion, to at most this height in pixels. Never enlarges.
    #[schema(minimum = 1, rename = "maxHeight")]
    max_height: Option<u32>,
    /// Groups results: 1 to 64 letters, digits, `-`, `_`, `.` or `:`. Random by default.
    #[schema(max_length = 64, rename = "sessionId")]
    session_id: Option<String>,
    /// A PNG that is drawn over every picture (paid plans).
    #[schema(value_type = Option<String>, format = Binary, rename = "watermarkFile")]
    watermark_file: Option<Vec<u8>>,
    /// Width of the watermark in percent of the picture's width.
    #[schema(default = 20.0, minimum = 5.0, maximum = 50.0, rename = "watermarkScale")]
    watermark_scale: Option<f32>,
    /// Opacity of the watermark in percent: 0 is invisible, 100 opaque.
    #[schema(default = 70.0, minimum = 0.0, maximum = 100.0, rename = "watermarkOpacity")]
    watermark_opacity: Option<f32>,
    /// `TL`, `TC`, `TR`, `CL`, `CC`, `CR`, `BL`, `BC` or `BR`.
    #[schema(default = "BR", rename = "watermarkPosition")]
    watermark_position: Option<String>,
}

/// Reads the upload, works on it, answers. The body stays alive with the answer, so that an upload
/// refused halfway closes its connection in an orderly way.
pub(crate) async fn compress(
    request: HttpRequest,
    payload: web::Payload,
    state: web::Data<State>,
) -> HttpResponse {
    let state = state.into_inner();
    let body = Body::new(payload.into_inner());
    match work(&request, &body, &state).await {
        Ok(response) => response,
        Err(problem) => body.hold_in(problem.respond(None)),
    }
}

async fn work(
    request: &HttpRequest,
    body: &Body,
    state: &Arc<State>,
) -> Result<HttpResponse, Problem> {
    let caller = caller_of(request)?;
    let upload = read(request, body, state, &caller).await?;
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let wanted = if upload.files.len() == 1 { accept::parse(accept) } else { Answer::Json };
    let paid = paid::run(state, caller, upload).await?;
    Ok(match (wanted, paid.only()) {
        (Answer::Picture, Some(entry)) => answer::picture(request, state, &paid, entry),
        _ => answer::json(request, state, &paid),
    })
}

async fn read(
    request: &HttpRequest,
    body: &Body,
    state: &State,
    caller: &Caller,
) -> Result<Upload, Problem> {
    let (plan, limits) = (caller.plan(state), state.settings().limits());
    let rules = Rules {
        folder: state.files().uploads(),
        max_files: plan.max_files_per_request(),
        max_file_bytes: plan.max_file_bytes(),
        idle: limits.body_idle_timeout(),
        min_rate: limits.body_min_rate(),
        admit: &|seen| admit(state, caller, seen),
    };
    upload::read(request.headers(), body, &rules).await
}

/// Whether the plan and the credits left allow what has been seen of the upload.
fn admit(state: &State, caller: &Caller, seen: Seen) -> Result<(), Problem> {
    let mut asked = Request::new(Origin::ApiKey).with_files(seen.files.max(1));
    if seen.watermark == Watermarked::Yes {
        asked = asked.with_watermark();
    }
    let tier = caller.account.tier;
    state.plans().admit(tier, &asked).map_err(|denied| refuse::denied(&denied, state))?;
    if seen.files > caller.credits_left(state).get() {
        let limit = caller.plan(state).compressions_per_period().enforced().get();
        let used = caller.usage.compressions_used.get();
        return Err(refuse::quota(used, limit, seen.files, caller.usage.resets_at_ms));
    }
    Ok(())
}
