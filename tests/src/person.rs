//! Somebody with a browser that runs no scripts: cookies, pages, forms.

use std::cell::RefCell;
use std::collections::BTreeMap;

use reqwest::Method;
use reqwest::blocking::RequestBuilder;

use crate::{Answer, Form, Service, send};

/// A password that nobody guesses.
pub const PASSWORD: &str = "four wet green stones";

/// Somebody who looks at the pages of a server.
#[derive(Debug)]
pub struct Person<'a> {
    service: &'a Service,
    cookies: RefCell<BTreeMap<String, String>>,
}

impl<'a> Person<'a> {
    /// Somebody new.
    #[must_use]
    pub fn new(service: &'a Service) -> Self {
        Self { service, cookies: RefCell::default() }
    }

    /// Somebody invited on a plan, who has set a password and is signed in.
    #[track_caller]
    #[must_use]
    pub fn invited(service: &'a Service, email: &str, plan: &str) -> Self {
        let _ = service.admin(&["create-account", "--email", email, "--plan", plan]).done();
        Self::welcomed(service, email)
    }

    /// The owner of an account, who has set a new password by a link and is signed in.
    #[track_caller]
    #[must_use]
    pub fn welcomed(service: &'a Service, email: &str) -> Self {
        let person = Self::new(service);
        let token = token(&reset_link(service, email)).to_owned();
        let page = format!("/welcome?token={token}");
        let fields = [("token", token.as_str()), ("password", PASSWORD)];
        let answer = person.submit(&page, "/welcome", &fields).expect(303);
        assert_eq!(answer.header("location"), "/compress");
        person
    }

    /// A request with the cookies.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let pairs: Vec<_> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        self.service.request(method, path).header("cookie", pairs.join("; "))
    }

    /// Sends a request and keeps the cookies of its answer.
    #[track_caller]
    pub fn send(&self, request: RequestBuilder) -> Answer {
        let answer = send(request);
        for line in answer.headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.cookies.borrow_mut().remove(name);
            } else {
                self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
            }
        }
        answer
    }

    /// A page.
    #[track_caller]
    pub fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path))
    }

    /// Posts a form as it stands.
    #[track_caller]
    pub fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.send(self.request(Method::POST, path).form(fields))
    }

    /// The secret that the forms of a page carry.
    ///
    /// # Panics
    /// When there is no form on it.
    #[track_caller]
    #[must_use]
    pub fn csrf(&self, page: &str) -> String {
        let html = self.get(page).expect(200).body_text();
        csrf_in(&html).to_owned()
    }

    /// Loads a page and posts its form to an address.
    #[track_caller]
    pub fn submit(&self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let csrf = self.csrf(page);
        let mut fields = fields.to_vec();
        fields.push(("csrf", &csrf));
        self.post(action, &fields)
    }

    /// Uploads as the form of `/compress` does.
    #[track_caller]
    pub fn upload(&self, form: Form) -> Answer {
        let csrf = self.csrf("/compress");
        self.upload_as_it_is(Form::new().text("csrf", &csrf).and(form))
    }

    /// Uploads whatever a form holds.
    #[track_caller]
    pub fn upload_as_it_is(&self, form: Form) -> Answer {
        self.send(self.request(Method::POST, "/compress").multipart(form.into_body()))
    }

    /// The value of a cookie.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    /// Sets a cookie, as somebody else might.
    pub fn set_cookie(&self, name: &str, value: &str) {
        self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned());
    }
}

/// The link by which an account's owner sets a password.
#[track_caller]
#[must_use]
pub fn reset_link(service: &Service, email: &str) -> String {
    let arguments = ["reset-password", "--email", email, "--public-url", service.base()];
    service.admin(&arguments).done().stdout.trim_end().to_owned()
}

/// The token in a link.
///
/// # Panics
/// When there is none.
#[track_caller]
#[must_use]
pub fn token(link: &str) -> &str {
    link.rsplit_once("token=").unwrap_or_else(|| panic!("{link}")).1
}

/// The secret that the forms of a page carry.
///
/// # Panics
/// When there is no form on it.
#[track_caller]
#[must_use]
pub fn csrf_in(html: &str) -> &str {
    let (_, rest) = html.split_once("name=\"csrf\" value=\"").unwrap_or_else(|| panic!("{html}"));
    rest.split('"').next().unwrap()
}
