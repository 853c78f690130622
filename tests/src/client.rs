//! Requests.

use std::sync::LazyLock;
use std::time::Duration;

use reqwest::blocking::multipart;
use reqwest::blocking::{Client, RequestBuilder};

use crate::Answer;

/// One connection a request, so that no test depends on what another one left on it.
static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    Client::builder()
        .no_proxy()
        .pool_max_idle_per_host(0)
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(600))
        .build()
        .expect("a plain client can be built")
});

pub(crate) fn client() -> &'static Client {
    &CLIENT
}

/// Sends a request and reads the answer to its end.
///
/// # Panics
/// When there is no answer.
#[track_caller]
#[must_use]
pub fn send(request: RequestBuilder) -> Answer {
    let response = request.send().unwrap_or_else(|error| panic!("no answer: {error:?}"));
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    let body = response.bytes().unwrap_or_else(|error| panic!("answer cut short: {error:?}"));
    Answer { status, headers, body: body.to_vec() }
}

/// A form for `POST /api/compress`.
#[derive(Debug, Clone, Default)]
pub struct Form(Vec<Part>);

#[derive(Debug, Clone)]
enum Part {
    Text(String, String),
    File(String, String, Vec<u8>),
}

impl Form {
    /// A form without parts.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The form, followed by the parts of another one.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// A form with one picture.
    #[must_use]
    pub fn of(name: &str, bytes: &[u8]) -> Self {
        Self::new().file(name, bytes)
    }

    /// Adds a text part.
    #[must_use]
    pub fn text(mut self, name: &str, value: &str) -> Self {
        self.0.push(Part::Text(name.to_owned(), value.to_owned()));
        self
    }

    /// Adds a `file` part.
    #[must_use]
    pub fn file(self, name: &str, bytes: &[u8]) -> Self {
        self.part("file", name, bytes)
    }

    /// Adds a `watermarkFile` part.
    #[must_use]
    pub fn watermark(self, bytes: &[u8]) -> Self {
        self.part("watermarkFile", "logo.png", bytes)
    }

    /// Adds a part with a file name.
    #[must_use]
    pub fn part(mut self, field: &str, name: &str, bytes: &[u8]) -> Self {
        self.0.push(Part::File(field.to_owned(), name.to_owned(), bytes.to_vec()));
        self
    }

    /// The body of a request.
    #[must_use]
    pub fn into_body(self) -> multipart::Form {
        self.0.into_iter().fold(multipart::Form::new(), |form, part| match part {
            Part::Text(name, value) => form.text(name, value),
            Part::File(field, name, bytes) => {
                form.part(field, multipart::Part::bytes(bytes).file_name(name))
            }
        })
    }
}
