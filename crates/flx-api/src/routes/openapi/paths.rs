//! One function a path, empty: their attributes are what the document is made of.

#![allow(dead_code, reason = "only the document is made of these")]

use super::responses::{
    DownloadProblems, GuessProblems, KeyProblems, ServerProblems, SessionProblems, UploadProblems,
};
use crate::problem::ProblemView;
use crate::routes::compress::{CompressAnswer, CompressForm};
use crate::routes::health::{Live, Ready};
use crate::routes::sessions::SessionAnswer;
use crate::routes::usage::UsageAnswer;

/// Compress pictures
///
/// Uploads one picture or a batch and answers in order, one entry each. One broken file does not
/// spoil a batch: its entry carries the problem, and only successes are charged. When all fail,
/// the status is the first one's. With one file and an `Accept` that names an image type or
/// `application/octet-stream`, the answer is the picture itself, and the facts are in headers; with
/// `format=auto` or a list it is then in one of the formats that `Accept` takes.
#[utoipa::path(
    post, path = "/api/compress", tag = "pictures", security(("key" = [])),
    params(
        ("Idempotency-Key" = Option<String>, Header, min_length = 1, max_length = 255,
            pattern = "^([!#-~]+|\"[!#-~]+\")$",
            description = "Any text of the client's own: sent again within 24 hours with the same \
                files and fields, the request gets the answer it had and is not charged again"),
    ),
    request_body(content = CompressForm, content_type = "multipart/form-data"),
    responses(
        (status = 200, description = "At least one picture was compressed",
            content(
                (CompressAnswer = "application/json"),
                (Vec<u8> = "image/webp"), (Vec<u8> = "image/avif"),
                (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"),
            ),
            headers(
                ("RateLimit-Policy" = String,
                    description = "Requests a minute, as `\"default\";q=600;w=60`"),
                ("RateLimit" = String,
                    description = "Requests left and seconds to go, as `\"default\";r=599;t=60`"),
                ("Vary" = String, description = "`Accept`"),
                ("Idempotent-Replayed" = bool, description = "`true` when the answer was given \
                    before, to the same `Idempotency-Key`"),
                ("Content-Disposition" = String, description = "Picture only: its name"),
                ("X-Original-Size" = u64, description = "Picture only: bytes uploaded"),
                ("X-Size" = u64, description = "Picture only: bytes of the result"),
                ("X-Savings" = f64, description = "Picture only: percent saved, one decimal"),
                ("X-Format" = String, description = "Picture only: `webp`, `avif`, `jpg` or `png`"),
                ("X-Quality" = f64, description = "Picture only: point of the quality scale, one \
                    decimal; absent when no pixel was changed by coding"),
                ("X-Score" = f64, description = "Picture only: SSIMULACRA2 against the scaled and \
                    watermarked original, one decimal; when it is known"),
                ("X-Width" = u32, description = "Picture only: width in pixels"),
                ("X-Height" = u32, description = "Picture only: height in pixels"),
                ("X-Frames" = u32, description = "Picture only: frames of the result"),
                ("X-Unchanged" = bool,
                    description = "Picture only: whether the original's coding was kept"),
                ("X-Session-Id" = String, description = "Picture only: the session"),
                ("X-Download-Url" = String, description = "Picture only: signed link to it"),
                ("X-Expires-At" = String, description = "Picture only: when the link expires"),
                ("X-Compressor-Used" = u32, description = "Picture only: compressions used"),
                ("X-Compressor-Limit" = u32, description = "Picture only: compressions allowed"),
            ),
        ),
        UploadProblems, KeyProblems, ServerProblems,
    ),
)]
pub(super) fn compress() {}

/// Usage of the account
///
/// Costs neither a credit nor a request of the rate limit.
#[utoipa::path(
    get, path = "/api/usage", tag = "account", security(("key" = [])),
    responses(
        (status = 200, description = "Where the account stands", body = UsageAnswer),
        GuessProblems, KeyProblems, ServerProblems,
    ),
)]
pub(super) fn usage() {}

/// The results of a session
///
/// Those that can be downloaded still. Costs neither a credit nor a request of the rate limit.
#[utoipa::path(
    get, path = "/api/sessions/{sessionId}", tag = "pictures", security(("key" = [])),
    params(("sessionId" = String, Path, description = "Id of the session")),
    responses(
        (status = 200, description = "Its results", body = SessionAnswer),
        SessionProblems, GuessProblems, KeyProblems, ServerProblems,
    ),
)]
pub(super) fn session() {}

/// The results of a session as one ZIP file
///
/// Those that can be downloaded still, under the names they have there; of two that have the same
/// the second gets a number.
#[utoipa::path(
    get, path = "/api/sessions/{sessionId}.zip", tag = "pictures", security(("key" = [])),
    params(("sessionId" = String, Path, description = "Id of the session")),
    responses(
        (status = 200, description = "The pictures, stored without further compression",
            content((Vec<u8> = "application/zip"))),
        SessionProblems, GuessProblems, KeyProblems, ServerProblems,
    ),
)]
pub(super) fn session_zip() {}

/// Download a result
///
/// The link comes whole from `downloadUrl`. It needs no key and works until it expires. Ranges,
/// entity tags and `HEAD` are honoured.
#[utoipa::path(
    get, path = "/api/results/{id}/{name}", tag = "pictures", security(()),
    params(
        ("id" = String, Path, description = "Id of the result"),
        ("name" = String, Path, description = "Its name"),
        ("expires" = i64, Query, description = "Unix seconds at which the link expires"),
        ("signature" = String, Query, description = "64 hexadecimal digits"),
        ("Range" = Option<String>, Header, description = "One range of bytes"),
        ("If-None-Match" = Option<String>, Header, description = "Entity tags at hand"),
        ("If-Range" = Option<String>, Header, description = "What the range belongs to"),
    ),
    responses(
        (status = 200, description = "The picture",
            content(
                (Vec<u8> = "image/webp"), (Vec<u8> = "image/avif"),
                (Vec<u8> = "image/jpeg"), (Vec<u8> = "image/png"),
            ),
            headers(
                ("ETag" = String, description = "Strong entity tag"),
                ("Last-Modified" = String, description = "When the result was made"),
                ("Cache-Control" = String, description = "Private, until the link expires"),
                ("Content-Disposition" = String, description = "Attachment, with its name"),
            ),
        ),
        (status = 206, description = "The part asked for",
            headers(("Content-Range" = String, description = "Which part of how much"))),
        (status = 304, description = "The copy at hand still holds"),
        DownloadProblems, ServerProblems,
    ),
)]
pub(super) fn download() {}

/// Whether the process lives
#[utoipa::path(
    get, path = "/healthz", tag = "operation", security(()),
    responses((status = 200, description = "It does", body = Live)),
)]
pub(super) fn live() {}

/// Whether requests can be served
///
/// The database answers, results can be written, worker processes can be started, and the server is
/// not shutting down.
#[utoipa::path(
    get, path = "/readyz", tag = "operation", security(()),
    responses(
        (status = 200, description = "They can", body = Ready),
        (status = 503, description = "They cannot", body = ProblemView,
            content_type = "application/problem+json",
            headers(("Retry-After" = u64, description = "Seconds"))),
    ),
)]
pub(super) fn ready() {}

/// Figures for Prometheus
#[utoipa::path(
    get, path = "/metrics", tag = "operation", security(()),
    responses((status = 200, description = "Text format 0.0.4", body = String,
        content_type = "text/plain")),
)]
pub(super) fn metrics() {}

/// This document
#[utoipa::path(
    get, path = "/openapi.json", tag = "operation", security(()),
    responses((status = 200, description = "OpenAPI 3.1", body = Object,
        content_type = "application/json")),
)]
pub(super) fn openapi() {}

/// The reference as a page
#[utoipa::path(
    get, path = "/docs", tag = "operation", security(()),
    responses((status = 200, description = "HTML that needs no network", body = String,
        content_type = "text/html")),
)]
pub(super) fn docs() {}
