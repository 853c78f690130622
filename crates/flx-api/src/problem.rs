//! Every refusal and failure as `application/problem+json` (RFC 9457).

mod kind;
mod view;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};

pub(crate) use self::kind::Kind;
pub use self::view::{ProblemView, Scalar};
use crate::routes::compress::Entry;

/// Longest value of a field that is repeated in an answer, in characters.
const MAX_SHOWN_CHARS: usize = 100;

/// A refusal or failure, told to the client. One pointer wide, as it is the error of everything.
#[derive(Debug, Clone)]
pub(crate) struct Problem(Box<Facts>);

#[derive(Debug, Clone)]
struct Facts {
    kind: Kind,
    status: StatusCode,
    detail: String,
    field: Option<String>,
    value: Option<Scalar>,
    limit: Option<Scalar>,
    upgrade_url: Option<String>,
    required_plan: Option<String>,
    retry_after_s: Option<u64>,
    results: Option<Vec<Entry>>,
}

impl Problem {
    /// A problem with one sentence about this occurrence.
    pub(crate) fn new(kind: Kind, detail: impl Into<String>) -> Self {
        Self(Box::new(Facts {
            kind,
            status: kind.status(),
            detail: detail.into(),
            field: None,
            value: None,
            limit: None,
            upgrade_url: None,
            required_plan: None,
            retry_after_s: None,
            results: None,
        }))
    }

    /// Bad input in a named field.
    pub(crate) fn field(field: &str, detail: impl Into<String>) -> Self {
        Self::new(Kind::InvalidField, detail).with_field(field)
    }

    /// What actix itself answered without words of ours.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let kind = Kind::of_status(status);
        let mut problem = Self::new(kind, kind.generic_detail());
        problem.0.status = status;
        problem
    }

    pub(crate) fn with_detail(mut self, detail: String) -> Self {
        self.0.detail = detail;
        self
    }

    pub(crate) fn with_field(mut self, field: &str) -> Self {
        self.0.field = Some(shorten(field));
        self
    }

    pub(crate) fn with_value(mut self, value: impl Into<Scalar>) -> Self {
        self.0.value = Some(match value.into() {
            Scalar::Text(text) => Scalar::Text(shorten(&text)),
            number => number,
        });
        self
    }

    pub(crate) fn with_limit(mut self, limit: impl Into<Scalar>) -> Self {
        self.0.limit = Some(limit.into());
        self
    }

    /// Where to upgrade, and to which plan, as far as either is known.
    pub(crate) fn with_upgrade(mut self, url: Option<&str>, plan: Option<&str>) -> Self {
        self.0.upgrade_url = url.map(str::to_owned);
        self.0.required_plan = plan.map(str::to_owned);
        self
    }

    pub(crate) fn with_retry_after(mut self, seconds: u64) -> Self {
        self.0.retry_after_s = Some(seconds);
        self
    }

    /// One entry a file, when a whole batch failed.
    pub(crate) fn with_results(mut self, results: Vec<Entry>) -> Self {
        if results.len() > 1 {
            self.0.results = Some(results);
        }
        self
    }

    pub(crate) fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Seconds after which it may be over.
    pub(crate) fn retry_after_s(&self) -> Option<u64> {
        self.0.retry_after_s
    }

    /// The short text that clients know as `error`.
    pub(crate) fn error(&self) -> &'static str {
        self.0.kind.error()
    }

    /// The JSON object, with the id under which the request is logged.
    pub(crate) fn view(&self, request_id: Option<String>) -> ProblemView {
        ProblemView {
            type_uri: self.0.kind.type_uri(),
            title: self.0.kind.title().to_owned(),
            status: self.0.status.as_u16(),
            detail: self.0.detail.clone(),
            error: self.error().to_owned(),
            field: self.0.field.clone(),
            value: self.0.value.clone(),
            limit: self.0.limit.clone(),
            upgrade_url: self.0.upgrade_url.clone(),
            required_plan: self.0.required_plan.clone(),
            request_id,
            results: self.0.results.clone(),
        }
    }

    /// The answer. The problem itself rides along in the response's extensions, so that the
    /// outermost middleware can add the request's id.
    pub(crate) fn respond(&self, request_id: Option<String>) -> HttpResponse {
        let mut response = HttpResponse::build(self.0.status);
        response.insert_header((header::CONTENT_TYPE, "application/problem+json"));
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if self.0.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        if let Some(seconds) = self.0.retry_after_s {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        let body = serde_json::to_vec(&self.view(request_id)).unwrap_or_default();
        let mut response = response.body(body);
        response.extensions_mut().insert(self.clone());
        response
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.error(), self.0.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        self.respond(None)
    }
}

fn shorten(text: &str) -> String {
    let text = crate::telemetry::redact(text);
    if text.chars().count() <= MAX_SHOWN_CHARS {
        return text.into_owned();
    }
    text.chars().take(MAX_SHOWN_CHARS).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use actix_web::body::to_bytes;

    use super::*;

    #[actix_web::test]
    async fn unauthorized_is_exactly_what_clients_expect() {
        let response = Problem::new(Kind::Unauthorized, "No API key was sent.").error_response();
        assert_eq!(response.status(), 401);
        assert_eq!(response.headers().get("www-authenticate").unwrap(), "Bearer");
        assert_eq!(response.headers().get("content-type").unwrap(), "application/problem+json");
        let body = to_bytes(response.into_body()).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        assert_eq!(
            body,
            serde_json::json!({
                "type": "/docs#unauthorized", "title": "Missing or invalid API key",
                "status": 401, "detail": "No API key was sent.", "error": "Unauthorized",
            })
        );
    }

    #[test]
    fn a_field_is_named_with_its_value_and_limit() {
        let problem = Problem::field("quality", "quality is 101, allowed is 40 to 100")
            .with_value("101")
            .with_limit("40 to 100");
        let view = serde_json::to_value(problem.view(Some(String::from("id")))).unwrap();
        assert_eq!(view["field"], "quality");
        assert_eq!(view["value"], "101");
        assert_eq!(view["limit"], "40 to 100");
        assert_eq!(view["requestId"], "id");
        assert_eq!(view["status"], 422);
    }

    #[test]
    fn values_are_shortened_and_never_repeat_a_key() {
        let key = format!("flx_live_{}", "a".repeat(40));
        let view = Problem::field("format", "x").with_value(key.as_str()).view(None);
        assert!(!serde_json::to_string(&view).unwrap().contains(&key));
        let view = Problem::field("format", "x").with_value("y".repeat(5000)).view(None);
        assert!(serde_json::to_string(&view).unwrap().len() < 500);
    }
}
