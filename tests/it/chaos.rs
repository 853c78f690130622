//! Experiments: the real server is killed, raced, starved and lied to, and must lose nothing.
//! Short here; `just chaos` runs the long forms and shows what they print.

mod clock;
mod disk_full;
mod folders;
mod forgeries;
mod hashing;
mod kills;
mod locks;
mod lost_answers;
mod rolls;
mod stops;
mod syncs;
mod tugs;

use flx_tests::pictures::{gif, gradient_with_alpha, jpeg, photo, png, webp};
use flx_tests::{Form, Service};

const EMAIL: &str = "a@example.org";

/// Pictures of every usual format, a few hundred bytes to a few thousand each.
fn small_pictures() -> Vec<Vec<u8>> {
    vec![
        jpeg(&photo(64, 48, 1), 85),
        jpeg(&photo(40, 60, 2), 60),
        png(photo(32, 24, 3)),
        png(gradient_with_alpha(24, 24, 4)),
        webp(photo(48, 32, 5)),
        gif(photo(20, 20, 6)),
    ]
}

/// A picture that is too large to be kept in memory while it is uploaded.
fn spooled_picture() -> Vec<u8> {
    let picture = png(photo(640, 480, 7));
    assert!(picture.len() > 300 * 1024, "{} bytes", picture.len());
    picture
}

/// The form of one small picture.
fn one_picture() -> Form {
    Form::of("photo.jpg", &jpeg(&photo(64, 48, 1), 85))
}

/// The refusal that a fault on the server's side must give: one the client can act upon, with a
/// reason in the log.
#[track_caller]
fn refused_for_now(service: &Service, key: &str, form: Form, logged: &str) {
    let answer = service.compress(key, form);
    let problem = match answer.status {
        503 => answer.problem(503, "unavailable"),
        // The request went through, the picture did not.
        _ => answer.json()["results"][0]["problem"].clone(),
    };
    assert_eq!(problem["status"], 503, "{answer}");
    assert!(problem["type"].as_str().is_some_and(|kind| kind.ends_with("#unavailable")));
    service.logged(logged);
}
