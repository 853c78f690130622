//! Forms without files: read before anything is done about them, and in a short time.

use std::time::Duration;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::CONTENT_TYPE;
use actix_web::middleware::Next;
use actix_web::web::{self, Bytes, BytesMut};
use actix_web::{Error, HttpMessage as _};
use futures_util::StreamExt as _;
use tokio::time::timeout;

use super::MAX_FORM_BYTES;
use super::answer::trouble;
use crate::problem::{Kind, Problem};
use crate::state::State;
use crate::upload::Body;

/// Longest pause within a form.
const IDLE: Duration = Duration::from_secs(5);
/// Longest that a form may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// Reads a form for the handler behind; one that is too large or too slow is refused, and its
/// connection ends.
pub(crate) async fn read_in_time(
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let is_form = request.headers().get(CONTENT_TYPE).is_some_and(|media| {
        media.as_bytes().to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded")
    });
    // The API takes no such form and says so without reading it.
    let is_page = !request.path().starts_with("/api/")
        && request
            .app_data::<web::Data<State>>()
            .is_some_and(|state| state.settings().dashboard_is_on());
    if !is_form || !is_page {
        return Ok(next.call(request).await?.map_into_boxed_body());
    }
    let body = Body::new(request.take_payload());
    let read = match timeout(PATIENCE, whole(&request, body.clone())).await {
        Ok(read) => read,
        Err(_) => {
            let seconds = PATIENCE.as_secs();
            let detail = format!("the form did not arrive within {seconds} s");
            Err(Problem::new(Kind::SlowBody, detail).with_limit(seconds))
        }
    };
    match read {
        Ok(form) => {
            request.set_payload(Payload::from(form));
            Ok(next.call(request).await?.map_into_boxed_body())
        }
        Err(problem) => Ok(request.into_response(body.hold_in(trouble(&problem)))),
    }
}

async fn whole(request: &ServiceRequest, mut body: Body) -> Result<Bytes, Problem> {
    body.limit(MAX_FORM_BYTES as u64, IDLE, 0);
    body.refuse_announced_size(request.headers())?;
    let mut form = BytesMut::new();
    let shared = body.clone();
    while let Some(piece) = shared.paced(body.next()).await? {
        let piece = piece.map_err(|error| shared.cut(&error))?;
        form.extend_from_slice(&piece);
    }
    Ok(form.freeze())
}
