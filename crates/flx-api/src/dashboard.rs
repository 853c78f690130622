//! The web interface: pages for people, on the same work as the API.
//!
//! Who looks is told by a cookie that holds a random token; every form carries a second secret that
//! is derived from it. Pages are complete without JavaScript and load nothing from elsewhere.

mod answer;
mod assets;
mod attempts;
mod compress;
mod cookies;
mod credentials;
mod entrance;
mod events;
mod forms;
mod limits;
mod links;
mod openers;
mod operator;
mod settings;
mod short_forms;
mod sign_in;
mod usage;
mod visitor;
mod welcome;

use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, ResponseError, web};

use self::answer::Stop;
pub(crate) use self::attempts::Attempts;
pub(crate) use self::credentials::Hashing;
pub(crate) use self::openers::{demo_link, set_up_link};
pub(crate) use self::short_forms::read_in_time;
pub(crate) use self::visitor::Renewed;
use crate::problem::Problem;
use crate::routes::{read, resource};

/// Largest form without files in bytes.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// Registers every page.
pub(crate) fn register(config: &mut ServiceConfig) {
    config
        .app_data(web::FormConfig::default().limit(MAX_FORM_BYTES).error_handler(unreadable))
        .app_data(web::QueryConfig::default().error_handler(unreadable))
        .service(resource("/", "GET, HEAD").route(read().to(entrance::start)))
        .service(resource("/assets/{name}", "GET, HEAD").route(read().to(assets::asset)))
        .service(page("/sign-in").route(read().to(sign_in::page)).route(post(sign_in::submit)))
        .service(page("/sign-up").route(read().to(sign_in::sign_up)).route(post(sign_in::join)))
        .service(form("/sign-out").route(post(sign_in::sign_out)))
        .service(page("/welcome").route(read().to(welcome::page)).route(post(welcome::submit)))
        .service(page("/compress").route(read().to(compress::page)).route(post(compress::upload)))
        .service(resource("/compress/progress", "GET").route(web::get().to(events::progress)))
        .service(
            resource("/compress/{session}.zip", "GET, HEAD").route(read().to(compress::archive)),
        )
        .service(resource("/compress/{session}", "GET, HEAD").route(read().to(compress::results)))
        .service(resource("/usage", "GET, HEAD").route(read().to(usage::page)));
    settings::register(config);
    operator::register(config);
}

/// A form or query that makes no sense, or is too large.
fn unreadable<E: ResponseError>(error: E, _: &HttpRequest) -> actix_web::Error {
    Stop::from(Problem::of_status(error.status_code())).into()
}

/// A page with a form on it.
fn page(path: &str) -> actix_web::Resource {
    resource(path, "GET, HEAD, POST")
}

/// What only a form sends to.
fn form(path: &str) -> actix_web::Resource {
    resource(path, "POST")
}

fn post<F, Args>(handler: F) -> actix_web::Route
where
    F: actix_web::Handler<Args>,
    Args: actix_web::FromRequest + 'static,
    F::Output: actix_web::Responder + 'static,
{
    web::post().to(handler)
}
