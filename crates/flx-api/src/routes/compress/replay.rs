//! A request that was sent before, told by its idempotency key.

use std::fs::File;
use std::sync::Arc;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use flx_store::{KeptAnswer, Once, ResultId, Seen};

use super::answer::{unreadable, with_head};
use crate::auth::Caller;
use crate::clock::now_ms;
use crate::finish::Whole;
use crate::pieces::whole;
use crate::problem::{Kind, Problem};
use crate::refuse;
use crate::state::State;

/// Tells a client that the answer was given before.
const REPLAYED: (&str, &str) = ("idempotent-replayed", "true");

/// The answer that the request had before; none when it is to be made.
///
/// # Errors
/// 409 while it runs, 422 when its key belongs to another request, 410 when its answer was a
/// picture that is deleted by now.
pub(super) async fn answer(
    state: &Arc<State>,
    caller: &Caller,
    once: &Once,
) -> Result<Option<HttpResponse>, Problem> {
    let (store, account, once) = (state.store().clone(), caller.account.id.clone(), once.clone());
    let seen = state.blocking(move || store.seen_before(&account, &once, now_ms())).await?;
    match seen.map_err(|error| refuse::store(&error))? {
        None => Ok(None),
        Some(Seen::Running) => Err(refuse::in_progress()),
        Some(Seen::OtherRequest) => Err(refuse::key_reused()),
        Some(Seen::Answered(KeptAnswer { head, result: Some(result), .. })) => {
            picture(state, &head, result).await.map(Some)
        }
        Some(Seen::Answered(kept)) => Ok(Some(text(kept))),
    }
}

fn text(kept: KeptAnswer) -> HttpResponse {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let media = if status.is_success() { "application/json" } else { "application/problem+json" };
    let mut response = HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, media))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header(REPLAYED)
        .body(kept.body);
    response.extensions_mut().insert(Whole);
    response
}

async fn picture(
    state: &Arc<State>,
    head: &str,
    result: ResultId,
) -> Result<HttpResponse, Problem> {
    let shared = Arc::clone(state);
    let (file, size) = state.blocking(move || open(&shared, &result)).await??;
    let head: Vec<(String, String)> = serde_json::from_str(head).unwrap_or_default();
    Ok(with_head(&head).insert_header(REPLAYED).body(whole(state, file, size)))
}

/// The file of a result that is kept still. Blocks.
fn open(state: &State, id: &ResultId) -> Result<(File, u64), Problem> {
    let found = state.store().find_result(id).map_err(|error| refuse::store(&error))?;
    let result = found.map(|stored| stored.result).filter(|result| result.expires_at_ms > now_ms());
    let result = result.ok_or_else(|| {
        Problem::new(
            Kind::LinkExpired,
            "the request was answered with a picture that is deleted by now; nothing was charged \
             again, and a new Idempotency-Key compresses it anew",
        )
        .with_field(crate::idempotency::NAME)
    })?;
    let opened = state.files().open_file(&result.object_key);
    opened.map(|file| (file, result.size_bytes)).map_err(|error| unreadable(&error))
}
