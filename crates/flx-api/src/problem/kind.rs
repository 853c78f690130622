//! The kinds of problem, each with its status, words and place in the documentation.

use actix_web::http::StatusCode;

/// What went wrong, by name. `/docs` has an anchor for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    /// 400
    BadRequest,
    /// 400
    MalformedMultipart,
    /// 401
    Unauthorized,
    /// 403
    UpgradeRequired,
    /// 403
    FeatureNotInPlan,
    /// 403
    AccountDisabled,
    /// 403
    InvalidSignature,
    /// 403
    ForgedForm,
    /// 404
    NotFound,
    /// 405
    MethodNotAllowed,
    /// 406
    NotAcceptable,
    /// 408
    SlowBody,
    /// 409
    RequestInProgress,
    /// 410
    LinkExpired,
    /// 413
    TooLarge,
    /// 415
    UnsupportedMediaType,
    /// 415
    UnsupportedImage,
    /// 416
    RangeNotSatisfiable,
    /// 422
    InvalidField,
    /// 422
    IdempotencyKeyReused,
    /// 422
    OutOfReach,
    /// 422
    ImageTooLarge,
    /// 422
    DamagedImage,
    /// 429
    RateLimited,
    /// 429
    TooManyFailures,
    /// 429
    QuotaExceeded,
    /// 500
    Internal,
    /// 503
    Overloaded,
    /// 503
    Timeout,
    /// 503
    Unavailable,
    /// 503
    ShuttingDown,
    /// Any other status that the HTTP library answers with.
    Http,
}

impl Kind {
    /// Every kind, in the order of their status.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 32] = [
        Self::BadRequest,
        Self::MalformedMultipart,
        Self::Unauthorized,
        Self::UpgradeRequired,
        Self::FeatureNotInPlan,
        Self::AccountDisabled,
        Self::InvalidSignature,
        Self::ForgedForm,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::SlowBody,
        Self::RequestInProgress,
        Self::LinkExpired,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::UnsupportedImage,
        Self::RangeNotSatisfiable,
        Self::InvalidField,
        Self::IdempotencyKeyReused,
        Self::OutOfReach,
        Self::ImageTooLarge,
        Self::DamagedImage,
        Self::RateLimited,
        Self::TooManyFailures,
        Self::QuotaExceeded,
        Self::Internal,
        Self::Overloaded,
        Self::Timeout,
        Self::Unavailable,
        Self::ShuttingDown,
        Self::Http,
    ];

    /// Status, name in the documentation, title, and the `error` member.
    const fn facts(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        use StatusCode as S;
        match self {
            Self::BadRequest => (S::BAD_REQUEST, "bad-request", "Malformed request", "Bad request"),
            Self::MalformedMultipart => (
                S::BAD_REQUEST,
                "malformed-multipart",
                "Malformed multipart body",
                "Malformed multipart body",
            ),
            Self::Unauthorized => {
                (S::UNAUTHORIZED, "unauthorized", "Missing or invalid API key", "Unauthorized")
            }
            Self::UpgradeRequired => (
                S::FORBIDDEN,
                "upgrade-required",
                "The account's plan has no API access",
                "Plan upgrade required",
            ),
            Self::FeatureNotInPlan => (
                S::FORBIDDEN,
                "feature-not-in-plan",
                "The account's plan lacks this feature",
                "Feature not in plan",
            ),
            Self::AccountDisabled => {
                (S::FORBIDDEN, "account-disabled", "The account is disabled", "Account disabled")
            }
            Self::InvalidSignature => (
                S::FORBIDDEN,
                "invalid-signature",
                "The download link is not valid",
                "Invalid signature",
            ),
            Self::NotFound => (S::NOT_FOUND, "not-found", "Nothing is here", "Not found"),
            Self::MethodNotAllowed => (
                S::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "The method is not offered here",
                "Method not allowed",
            ),
            Self::ForgedForm => {
                (S::FORBIDDEN, "forged-form", "The form is of another session", "Forged form")
            }
            Self::NotAcceptable => (
                S::NOT_ACCEPTABLE,
                "not-acceptable",
                "The client takes none of the formats to choose from",
                "Not acceptable",
            ),
            Self::SlowBody => (
                S::REQUEST_TIMEOUT,
                "slow-body",
                "The request's body arrived too slowly",
                "Request timeout",
            ),
            Self::RequestInProgress => (
                S::CONFLICT,
                "request-in-progress",
                "A request of this idempotency key is being worked on",
                "Request in progress",
            ),
            Self::LinkExpired => {
                (S::GONE, "link-expired", "The download link has expired", "Link expired")
            }
            Self::TooLarge => {
                (S::PAYLOAD_TOO_LARGE, "too-large", "The upload is too large", "Too large")
            }
            Self::UnsupportedMediaType => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-media-type",
                "The request is not multipart/form-data",
                "Unsupported media type",
            ),
            Self::UnsupportedImage => (
                S::UNSUPPORTED_MEDIA_TYPE,
                "unsupported-image",
                "The file is no supported picture",
                "Unsupported image",
            ),
            Self::RangeNotSatisfiable => (
                S::RANGE_NOT_SATISFIABLE,
                "range-not-satisfiable",
                "The range lies outside the file",
                "Range not satisfiable",
            ),
            Self::InvalidField => (
                S::UNPROCESSABLE_ENTITY,
                "invalid-field",
                "A form field is missing, unknown or has a bad value",
                "Invalid field",
            ),
            Self::IdempotencyKeyReused => (
                S::UNPROCESSABLE_ENTITY,
                "idempotency-key-reused",
                "The idempotency key was used for another request",
                "Idempotency key reused",
            ),
            Self::OutOfReach => (
                S::UNPROCESSABLE_ENTITY,
                "out-of-reach",
                "No quality gives this picture the size or the look asked for",
                "Out of reach",
            ),
            Self::ImageTooLarge => (
                S::UNPROCESSABLE_ENTITY,
                "image-too-large",
                "The picture exceeds a limit",
                "Image too large",
            ),
            Self::DamagedImage => (
                S::UNPROCESSABLE_ENTITY,
                "damaged-image",
                "The picture is damaged",
                "Damaged image",
            ),
            Self::RateLimited => (
                S::TOO_MANY_REQUESTS,
                "rate-limited",
                "Too many requests a minute",
                "Too many requests",
            ),
            Self::TooManyFailures => (
                S::TOO_MANY_REQUESTS,
                "too-many-failures",
                "Too many wrong API keys",
                "Too many failures",
            ),
            Self::QuotaExceeded => (
                S::TOO_MANY_REQUESTS,
                "quota-exceeded",
                "The billing period's compressions are used up",
                "Quota exceeded",
            ),
            Self::Internal => {
                (S::INTERNAL_SERVER_ERROR, "internal", "The server failed", "Internal error")
            }
            Self::Overloaded => {
                (S::SERVICE_UNAVAILABLE, "overloaded", "The server is overloaded", "Overloaded")
            }
            Self::Timeout => {
                (S::SERVICE_UNAVAILABLE, "timeout", "The picture took too long", "Timeout")
            }
            Self::Unavailable => (
                S::SERVICE_UNAVAILABLE,
                "unavailable",
                "A part of the service cannot be reached",
                "Unavailable",
            ),
            Self::ShuttingDown => (
                S::SERVICE_UNAVAILABLE,
                "shutting-down",
                "The server is shutting down",
                "Shutting down",
            ),
            Self::Http => (S::BAD_REQUEST, "http", "The request was refused", "Request refused"),
        }
    }

    pub(crate) const fn status(self) -> StatusCode {
        self.facts().0
    }

    /// The name that stands after `#` in the problem's type.
    pub(crate) const fn name(self) -> &'static str {
        self.facts().1
    }

    pub(crate) const fn title(self) -> &'static str {
        self.facts().2
    }

    pub(crate) const fn error(self) -> &'static str {
        self.facts().3
    }

    /// The problem's type: a place on the page that this server serves.
    pub(crate) fn type_uri(self) -> String {
        format!("/docs#{}", self.name())
    }

    /// The kind that stands for a status when nothing more is known.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status.as_u16() {
            400 => Self::BadRequest,
            401 => Self::Unauthorized,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            406 => Self::NotAcceptable,
            408 => Self::SlowBody,
            409 => Self::RequestInProgress,
            413 => Self::TooLarge,
            415 => Self::UnsupportedMediaType,
            416 => Self::RangeNotSatisfiable,
            500 => Self::Internal,
            503 => Self::Unavailable,
            _ => Self::Http,
        }
    }

    pub(crate) const fn generic_detail(self) -> &'static str {
        match self {
            Self::NotFound => "There is no such path; /docs lists those there are.",
            Self::MethodNotAllowed => "This path takes another method; see the Allow header.",
            Self::Internal => "The server failed in an unforeseen way; the log has the details.",
            other => other.title(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_kind_has_a_name_of_its_own_that_the_page_explains() {
        let names: HashSet<_> = Kind::ALL.iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), Kind::ALL.len());
        for kind in Kind::ALL {
            let anchor = format!("id=\"{}\"", kind.name());
            assert!(crate::routes::docs::PAGE.contains(&anchor), "{anchor}");
            assert!(kind.status().is_client_error() || kind.status().is_server_error());
        }
    }

    #[test]
    fn used_up_credits_have_the_promised_type() {
        assert!(Kind::QuotaExceeded.type_uri().ends_with("#quota-exceeded"));
        assert_eq!(Kind::QuotaExceeded.status(), 429);
    }
}
