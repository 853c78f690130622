//! `GET /healthz` and `GET /readyz`.

use std::time::Duration;

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::{Kind, Problem};
use crate::refuse;
use crate::state::State;

/// How long readiness waits for the database and the disk.
const PATIENCE: Duration = Duration::from_secs(2);

/// The process answers.
#[derive(Debug, Serialize, ToSchema)]
pub struct Live {
    /// `ok`.
    #[schema(example = "ok")]
    pub status: String,
    /// Version of the program.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// What writes each output format; a second one of a format writes it at effort `small`.
    pub engines: Vec<EngineView>,
}

/// The engine that writes a format.
#[derive(Debug, Serialize, ToSchema)]
#[schema(title = "Engine")]
#[serde(rename_all = "camelCase")]
pub struct EngineView {
    /// `webp`, `avif`, `jpg` or `png`.
    #[schema(example = "avif")]
    pub format: String,
    /// Name of the library.
    #[schema(example = "libaom")]
    pub name: String,
    /// Whether it was built with all that makes it fast.
    pub full_speed: bool,
}

/// Requests can be served.
#[derive(Debug, Serialize, ToSchema)]
pub struct Ready {
    /// `ready`.
    #[schema(example = "ready")]
    pub status: String,
    /// `ok`: the database answers.
    #[schema(example = "ok")]
    pub database: String,
    /// `ok`: results can be written.
    #[schema(example = "ok")]
    pub results: String,
    /// `ok`: there is something to work on pictures with.
    #[schema(example = "ok")]
    pub workers: String,
}

/// Asks nobody, so that it answers however much there is to do.
pub(crate) async fn live() -> HttpResponse {
    let engines = flx_core::engines().into_iter().map(|engine| EngineView {
        format: engine.format.extension().to_owned(),
        name: engine.name.to_owned(),
        full_speed: engine.full_speed,
    });
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(Live {
        status: String::from("ok"),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        engines: engines.collect(),
    })
}

/// Asks the database and writes a byte beside the results; what is known of worker processes is
/// taken as it is.
pub(crate) async fn ready(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    if state.is_draining() {
        return Err(refuse::shutting_down());
    }
    let (store, files) = (state.store().clone(), state.files().clone());
    let asked = state.blocking(move || (store.ping(), files.ping()));
    let (database, results) = tokio::time::timeout(PATIENCE, asked)
        .await
        .map_err(|_| unavailable("database or result store do not answer in time"))??;
    database.map_err(|error| unavailable(&format!("the database: {error}")))?;
    results.map_err(|error| unavailable(&format!("the result store: {}", error.kind())))?;
    if state.workers().down() >= state.settings().limits().workers() {
        return Err(unavailable("worker processes cannot be started"));
    }
    Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(Ready {
        status: String::from("ready"),
        database: String::from("ok"),
        results: String::from("ok"),
        workers: String::from("ok"),
    }))
}

fn unavailable(detail: &str) -> Problem {
    Problem::new(Kind::Unavailable, detail).with_retry_after(5)
}
