//! Logs: one line a request with its id, and nothing secret in it.

use std::borrow::Cow;
use std::fmt;
use std::io;
use std::str::FromStr;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use tracing::Span;
use tracing_actix_web::{RequestId, RootSpanBuilder};
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::writer::BoxMakeWriter;

use crate::Error;

/// How log lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum LogFormat {
    /// For people. The default.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

impl FromStr for LogFormat {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            other => Err(format!("log format is {other:?}, allowed is text or json")),
        }
    }
}

impl fmt::Display for LogFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "text",
            Self::Json => "json",
        })
    }
}

/// Sends this process's log lines to standard error.
///
/// `level` is `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,flx_api=debug`.
///
/// # Errors
/// [`Error::LogLevel`] when `level` is neither; [`Error::LogTaken`] when the process logs already.
pub fn init(format: LogFormat, level: &str) -> Result<(), Error> {
    let filter = EnvFilter::try_new(level)
        .map_err(|source| Error::LogLevel { level: level.to_owned(), source })?;
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(BoxMakeWriter::new(io::stderr));
    match format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).try_init(),
    }
    .map_err(Error::LogTaken)
}

/// The span around each request. It carries the path without its query, where signatures stand,
/// and no headers, where keys stand.
pub(crate) struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        use actix_web::HttpMessage as _;
        let id = request.extensions().get::<RequestId>().map(RequestId::to_string);
        let client = crate::origin::client_address(request.request());
        tracing::info_span!(
            "request",
            request.id = id.unwrap_or_default(),
            client.address = client.map(|address| address.to_string()).unwrap_or_default(),
            http.method = %request.method(),
            http.path = %redact(request.path()),
            account = tracing::field::Empty,
            key = tracing::field::Empty,
        )
    }

    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, actix_web::Error>) {}
}

/// Takes the secret part out of anything that looks like an API key.
pub(crate) fn redact(text: &str) -> Cow<'_, str> {
    const PREFIX: &str = "flx_live_";
    if !text.contains(PREFIX) {
        return Cow::Borrowed(text);
    }
    let mut clean = String::with_capacity(text.len());
    let mut pieces = text.split(PREFIX);
    clean.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        clean.push_str(PREFIX);
        clean.push_str("[redacted]");
        clean.push_str(piece.trim_start_matches(|c: char| c.is_ascii_alphanumeric()));
    }
    Cow::Owned(clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_taken_out_of_texts() {
        let key = "flx_live_0123456789abcdef0123456789abcdef01234567";
        assert_eq!(redact("/api/compress"), "/api/compress");
        assert_eq!(redact(key), "flx_live_[redacted]");
        assert_eq!(
            redact(&format!("/a/{key}/b?k={key}&x={key}{key}")),
            "/a/flx_live_[redacted]/b?k=flx_live_[redacted]&x=flx_live_[redacted]flx_live_[redacted]"
        );
    }

    #[test]
    fn a_wrong_level_is_named() {
        let error = init(LogFormat::Text, "flx_api=loud").unwrap_err();
        assert!(error.to_string().contains("loud"), "{error}");
    }
}
