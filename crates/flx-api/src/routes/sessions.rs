//! `GET /api/sessions/{sessionId}` and `/api/sessions/{sessionId}.zip`: the results of a session.

mod archive;

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use flx_store::{AccountId, NewResult};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::archive::archive;
use crate::auth::caller_of;
use crate::clock::{now_ms, rfc3339};
use crate::problem::Problem;
use crate::state::State;
use crate::{names, origin, refuse};

/// The results of a session that can be downloaded still.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionAnswer {
    /// The session.
    pub session_id: String,
    /// Its results, oldest first.
    pub results: Vec<SessionResult>,
}

/// A result of a session.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionResult {
    /// The name under which it is downloaded.
    #[schema(example = "photo.webp")]
    pub name: String,
    /// Its media type.
    #[schema(example = "image/webp")]
    pub media_type: String,
    /// Its size in bytes.
    pub size: u64,
    /// Signed link to it; works without a key until `expiresAt`.
    pub download_url: String,
    /// When it is deleted: RFC 3339, UTC.
    #[schema(format = DateTime, example = "2026-11-24T16:15:00Z")]
    pub expires_at: String,
}

/// Lists a session.
pub(crate) async fn list(
    request: HttpRequest,
    session: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let state = state.into_inner();
    let caller = caller_of(&request)?;
    let found = find(&state, &caller.account.id, &session).await?;
    let base = origin::public_base(&request, &state);
    let result = |result: &NewResult| SessionResult {
        name: result.name.clone(),
        media_type: result.media_type.clone(),
        size: result.size_bytes,
        download_url: link(&state, &base, result),
        expires_at: rfc3339(result.expires_at_ms),
    };
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(SessionAnswer {
        session_id: session.into_inner(),
        results: found.iter().map(result).collect(),
    }))
}

/// All of a session as one file.
pub(crate) async fn zip(
    request: HttpRequest,
    session: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let caller = caller_of(&request)?;
    archive(&state.into_inner(), &caller.account.id, &session).await
}

/// The results of a session of this account.
///
/// # Errors
/// 404 when there are none: it never was, is another account's, or its results were deleted.
pub(crate) async fn find(
    state: &Arc<State>,
    account: &AccountId,
    session: &str,
) -> Result<Vec<NewResult>, Problem> {
    let (store, account, session) = (state.store().clone(), account.clone(), session.to_owned());
    let found = state.blocking(move || store.session_results(&account, &session, now_ms())).await?;
    let found = found.map_err(|error| refuse::store(&error))?;
    if found.is_empty() {
        let problem = Problem::of_status(StatusCode::NOT_FOUND);
        return Err(problem.with_detail(String::from(
            "there is no such session, or its results were deleted when their time was over",
        )));
    }
    Ok(found)
}

/// The signed link to a result.
pub(crate) fn link(state: &State, base: &str, result: &NewResult) -> String {
    let expires_s = result.expires_at_ms.div_euclid(1000);
    format!(
        "{base}/api/results/{}/{}?{}",
        result.id,
        names::percent(&result.name),
        state.signer().query(result.id.as_str(), expires_s)
    )
}
