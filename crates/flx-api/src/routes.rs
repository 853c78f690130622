//! The paths that are served, one module each.

pub(crate) mod compress;
pub(crate) mod docs;
pub(crate) mod download;
pub(crate) mod health;
pub(crate) mod metrics;
pub(crate) mod openapi;
pub(crate) mod sessions;
pub(crate) mod usage;

use actix_web::http::header::ALLOW;
use actix_web::middleware::from_fn;
use actix_web::{HttpResponse, Resource, web};

use crate::auth;
use crate::problem::Problem;

/// Path of a result; the name at its end is for people and must be the result's own.
pub(crate) const RESULT_PATH: &str = "/api/results/{id}/{name}";

/// Registers every path.
pub(crate) fn register(config: &mut web::ServiceConfig) {
    config
        .service(
            resource("/api/compress", "POST")
                .route(web::post().to(compress::compress).wrap(from_fn(auth::admitted))),
        )
        .service(
            resource("/api/usage", "GET, HEAD")
                .route(read().to(usage::usage).wrap(from_fn(auth::authenticated))),
        )
        .service(
            resource("/api/sessions/{session}.zip", "GET, HEAD")
                .route(read().to(sessions::zip).wrap(from_fn(auth::authenticated))),
        )
        .service(
            resource("/api/sessions/{session}", "GET, HEAD")
                .route(read().to(sessions::list).wrap(from_fn(auth::authenticated))),
        )
        .service(resource(RESULT_PATH, "GET, HEAD").route(read().to(download::download)))
        .service(resource("/healthz", "GET, HEAD").route(read().to(health::live)))
        .service(resource("/readyz", "GET, HEAD").route(read().to(health::ready)))
        .service(resource("/metrics", "GET, HEAD").route(read().to(metrics::metrics)))
        .service(resource("/openapi.json", "GET, HEAD").route(read().to(openapi::openapi)))
        .service(resource("/docs", "GET, HEAD").route(read().to(docs::page)))
        .service(resource("/docs/style.css", "GET, HEAD").route(read().to(docs::style)))
        .default_service(web::to(|| async {
            Problem::of_status(actix_web::http::StatusCode::NOT_FOUND).respond(None)
        }));
}

/// GET and HEAD; actix leaves the body out for the latter.
pub(crate) fn read() -> actix_web::Route {
    web::route().guard(actix_web::guard::Any(actix_web::guard::Get()).or(actix_web::guard::Head()))
}

/// A path that names its methods to whoever comes with another one.
pub(crate) fn resource(path: &str, allowed: &'static str) -> Resource {
    web::resource(path).default_service(web::to(move || async move { not_allowed(allowed) }))
}

fn not_allowed(allowed: &'static str) -> HttpResponse {
    let problem = Problem::of_status(actix_web::http::StatusCode::METHOD_NOT_ALLOWED);
    let mut response = problem.with_limit(allowed).respond(None);
    response
        .headers_mut()
        .insert(ALLOW, actix_web::http::header::HeaderValue::from_static(allowed));
    response
}
