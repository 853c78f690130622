//! `/settings/…`

mod api_key;
mod password;
mod plan;
mod sessions;

use actix_web::HttpResponse;
use actix_web::web::ServiceConfig;

pub(super) use self::api_key::shown;
use super::{form, page, post};
use crate::routes::{read, resource};

pub(super) fn register(config: &mut ServiceConfig) {
    config
        .service(resource("/settings", "GET, HEAD").route(read().to(first)))
        .service(resource("/settings/key", "GET, HEAD").route(read().to(api_key::page)))
        .service(form("/settings/key/generate").route(post(api_key::generate)))
        .service(form("/settings/key/roll").route(post(api_key::roll)))
        .service(form("/settings/key/revoke").route(post(api_key::revoke)))
        .service(resource("/settings/plan", "GET, HEAD").route(read().to(plan::page)))
        .service(
            page("/settings/password")
                .route(read().to(password::page))
                .route(post(password::change)),
        )
        .service(resource("/settings/sessions", "GET, HEAD").route(read().to(sessions::page)))
        .service(form("/settings/sessions/end").route(post(sessions::end)))
        .service(form("/settings/sessions/end-all").route(post(sessions::end_all)));
}

/// The first of the settings.
async fn first() -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("location", "/settings/key")).finish()
}
