//! `GET /assets/…`: files whose names change with their content.

use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpResponse, web};
use flx_pages::assets;

use super::answer::Stop;

/// A file that is the same for ever.
pub(super) async fn asset(name: web::Path<String>) -> Result<HttpResponse, Stop> {
    let asset = assets::find(&name).ok_or_else(Stop::not_found)?;
    Ok(HttpResponse::Ok()
        .content_type(asset.media_type)
        .insert_header((CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .body(asset.bytes))
}
