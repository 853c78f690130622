//! `GET /`: leads on to where there is something to do.

use actix_web::{HttpRequest, HttpResponse, web};

use super::answer::{Stop, see};
use super::visitor::Visitor;
use crate::state::State;

/// Whoever is signed in compresses; others sign in.
pub(super) async fn start(
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Stop> {
    let visitor = Visitor::of(&request, &state).await?;
    let path = if visitor.member.is_some() { "/compress" } else { "/sign-in" };
    Ok(see(&visitor, path))
}
