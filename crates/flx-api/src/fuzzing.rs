//! Doors for fuzz targets into what reads bytes of strangers. Not part of the interface.

use std::time::Duration;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
use actix_web::web::Bytes;
use futures_util::stream;

use crate::idempotency::IdempotencyKey;
use crate::range::Asked;
use crate::signed_url::Signer;
use crate::{idempotency, names, range, upload};

/// Reads an upload whose body arrives in pieces of this many bytes; 200, or the refusal's status.
#[must_use]
pub fn multipart(content_type: &[u8], body: &[u8], piece: usize) -> u16 {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(content_type) {
        headers.insert(CONTENT_TYPE, value);
    }
    let pieces: Vec<Result<Bytes, PayloadError>> =
        body.chunks(piece.max(1)).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let body = upload::Body::new(Payload::Stream { payload: Box::pin(stream::iter(pieces)) });
    let rules = upload::Rules {
        folder: &std::env::temp_dir(),
        max_files: 3,
        max_file_bytes: 4096,
        idle: Duration::from_secs(20),
        min_rate: 0,
        fingerprinted: true,
        token: None,
        admit: &|_| Ok(()),
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_time().build() else {
        return 0;
    };
    match runtime.block_on(upload::read(&headers, &body, &rules)) {
        Ok(_) => 200,
        Err(problem) => problem.view(None).status,
    }
}

/// First and last byte that a `Range` header asks for of a file of this size.
#[must_use]
pub fn range(header: &str, size: u64) -> Option<(u64, u64)> {
    match range::parse(header, size) {
        Asked::Part { first, last } => Some((first, last)),
        Asked::All | Asked::Unsatisfiable => None,
    }
}

/// Whether a download link's query is honoured, by a server whose secret nobody was told.
#[must_use]
pub fn link_is_honoured(id: &str, query: &str) -> bool {
    Signer::new(b"a secret of this function alone")
        .is_some_and(|signer| signer.verify(id, query, 0).is_ok())
}

/// What a client called its file, fit to be shown.
#[must_use]
pub fn shown(name: &str) -> String {
    names::shown(name)
}

/// A result's name, from what the client called its file.
#[must_use]
pub fn slug(name: &str) -> String {
    names::slug(name, flx_core::Format::WebP)
}

/// The `Content-Disposition` of a result of this name.
#[must_use]
pub fn attachment(name: &str) -> String {
    names::attachment(name)
}

/// Whether a request with this `Idempotency-Key` is taken as one that is made once.
#[must_use]
pub fn idempotency_key_is_taken(value: &[u8]) -> bool {
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(value) {
        headers.insert(idempotency::HEADER, value);
    }
    matches!(IdempotencyKey::of(&headers), Ok(Some(_)))
}
