//! The two cookies: who is signed in, and whose form it is before anybody is.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use flx_keys::Token;

/// What a cookie is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Jar {
    /// A browser that is signed in.
    Session,
    /// A browser that is not, and looks at a form.
    Form,
}

impl Jar {
    /// Behind TLS the name itself makes browsers refuse the cookie from anybody but this host.
    fn name(self, secure: bool) -> &'static str {
        match (self, secure) {
            (Self::Session, true) => "__Host-flx_session",
            (Self::Session, false) => "flx_session",
            (Self::Form, true) => "__Host-flx_form",
            (Self::Form, false) => "flx_form",
        }
    }

    /// The token that a browser sent.
    pub(super) fn read(self, request: &HttpRequest, secure: bool) -> Option<Token> {
        Token::parse(request.cookie(self.name(secure))?.value())
    }

    /// The cookie that gives a browser a token, for as long as it is of use.
    pub(super) fn give(self, token: &Token, secure: bool, seconds: i64) -> Cookie<'static> {
        self.cookie((*token.expose()).clone(), secure, seconds)
    }

    /// The cookie that takes the token away.
    pub(super) fn take(self, secure: bool) -> Cookie<'static> {
        self.cookie(String::new(), secure, 0)
    }

    fn cookie(self, value: String, secure: bool, seconds: i64) -> Cookie<'static> {
        Cookie::build(self.name(secure), value)
            .path("/")
            .http_only(true)
            // Lax and not Strict: a link in a message shall lead to a page, not to signing in again.
            .same_site(SameSite::Lax)
            .secure(secure)
            .max_age(Duration::seconds(seconds))
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_out_of_reach_of_scripts_and_of_other_sites() {
        let token = Token::generate().unwrap();
        let plain = Jar::Session.give(&token, false, 60).to_string();
        assert!(plain.starts_with(&format!("flx_session={}; ", *token.expose())), "{plain}");
        for part in ["HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=60"] {
            assert!(plain.contains(part), "{plain}");
        }
        assert!(!plain.contains("Secure") && !plain.contains("Domain"));
        let secure = Jar::Form.give(&token, true, 60).to_string();
        assert!(secure.starts_with("__Host-flx_form=") && secure.contains("Secure"), "{secure}");
        assert!(Jar::Session.take(true).to_string().contains("Max-Age=0"));
    }
}
