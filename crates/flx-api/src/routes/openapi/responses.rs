//! Answers that several paths share.

#![allow(dead_code, reason = "only the document is made of these")]

use utoipa::IntoResponses;

use crate::problem::ProblemView;

/// What can be wrong with a key or its account.
#[derive(IntoResponses)]
pub(super) enum KeyProblems {
    /// The key is missing, malformed, unknown, rolled or revoked: `error` is `Unauthorized`
    #[response(
        status = 401, content_type = "application/problem+json",
        headers(("WWW-Authenticate" = String, description = "`Bearer`"))
    )]
    Unauthorized(ProblemView),
    /// The account's plan has no API access or lacks the feature asked for, or the account is
    /// disabled
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemView),
}

/// What meets callers who have sent wrong keys.
#[derive(IntoResponses)]
pub(super) enum GuessProblems {
    /// Too many wrong keys came from this address or were tried for this key
    #[response(
        status = 429, content_type = "application/problem+json",
        headers(("Retry-After" = u64, description = "Seconds"))
    )]
    TooMany(ProblemView),
}

/// What can be wrong with an upload.
#[derive(IntoResponses)]
pub(super) enum UploadProblems {
    /// The multipart body is malformed or incomplete
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemView),
    /// `Accept` takes none of the formats to choose from, with `format=auto` or a list
    #[response(status = 406, content_type = "application/problem+json")]
    NotAcceptable(ProblemView),
    /// The body arrived too slowly
    #[response(status = 408, content_type = "application/problem+json")]
    SlowBody(ProblemView),
    /// A request of the same `Idempotency-Key` is being worked on
    #[response(
        status = 409, content_type = "application/problem+json",
        headers(("Retry-After" = u64, description = "Seconds"))
    )]
    InProgress(ProblemView),
    /// The `Idempotency-Key` was answered with a picture that is deleted by now
    #[response(status = 410, content_type = "application/problem+json")]
    Deleted(ProblemView),
    /// A file or the whole upload is too large
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemView),
    /// The request is not multipart/form-data, or the file is no supported picture
    #[response(status = 415, content_type = "application/problem+json")]
    Unsupported(ProblemView),
    /// A field is missing, unknown, given twice or has a bad value; the picture is damaged or
    /// exceeds a limit; or it is out of reach (`#out-of-reach`): even quality 40 takes more than
    /// `maxBytes`, or even quality 100 misses the score that `quality=auto` asks for;
    /// or the `Idempotency-Key` belongs to another request
    #[response(status = 422, content_type = "application/problem+json")]
    Invalid(ProblemView),
    /// Too many requests a minute, the period's compressions are used up (`#quota-exceeded`), or too
    /// many wrong keys of late (`#too-many-failures`, without the limit's headers)
    #[response(
        status = 429, content_type = "application/problem+json",
        headers(
            ("Retry-After" = u64, description = "Seconds"),
            ("RateLimit-Policy" = String, description = "As on success"),
            ("RateLimit" = String, description = "As on success"),
        )
    )]
    TooMany(ProblemView),
}

/// What can be wrong with a session.
#[derive(IntoResponses)]
pub(super) enum SessionProblems {
    /// There is no such session of the account, or its results were deleted
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemView),
}

/// What can be wrong with a download link.
#[derive(IntoResponses)]
pub(super) enum DownloadProblems {
    /// The signature is missing or wrong
    #[response(status = 403, content_type = "application/problem+json")]
    Signature(ProblemView),
    /// The name is not the result's
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemView),
    /// The link has expired
    #[response(status = 410, content_type = "application/problem+json")]
    Expired(ProblemView),
    /// The range lies outside the file
    #[response(
        status = 416, content_type = "application/problem+json",
        headers(("Content-Range" = String, description = "`bytes */size`"))
    )]
    Range(ProblemView),
}

/// What can be wrong with the server.
#[derive(IntoResponses)]
pub(super) enum ServerProblems {
    /// The server failed
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemView),
    /// The server is overloaded, shutting down, or cannot reach a part of itself
    #[response(
        status = 503, content_type = "application/problem+json",
        headers(("Retry-After" = u64, description = "Seconds"))
    )]
    Unavailable(ProblemView),
}
