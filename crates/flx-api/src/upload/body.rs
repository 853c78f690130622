//! A request's body as it arrives: counted, timed, and kept until the answer is out.

use std::cell::{Cell, RefCell};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_multipart::{Multipart, MultipartError};
use actix_web::HttpResponse;
use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderMap};
use actix_web::web::Bytes;
use futures_util::Stream;

use crate::problem::{Kind, Problem};

/// Time before the minimum rate is asked for.
const RATE_GRACE: Duration = Duration::from_secs(10);

/// Bytes given out at a time. The parser takes all that is ready into a buffer, which never shrinks
/// again; a thousand uploads have one each.
const SIP_BYTES: usize = 8 * 1024;

/// A request's body. Clones share it.
#[derive(Clone)]
pub(crate) struct Body(Rc<Inner>);

struct Inner {
    payload: RefCell<Payload>,
    /// Arrived and not yet given out.
    rest: RefCell<Bytes>,
    /// Whether what was given out is to be worked on before there is more.
    sipped: Cell<bool>,
    received: Cell<u64>,
    limit: Cell<u64>,
    ended: Cell<bool>,
    started: Instant,
    idle: Cell<Duration>,
    min_rate: Cell<u64>,
}

impl Body {
    pub(crate) fn new(payload: Payload) -> Self {
        Self(Rc::new(Inner {
            payload: RefCell::new(payload),
            rest: RefCell::new(Bytes::new()),
            sipped: Cell::new(false),
            received: Cell::new(0),
            limit: Cell::new(u64::MAX),
            ended: Cell::new(false),
            started: Instant::now(),
            idle: Cell::new(Duration::from_secs(20)),
            min_rate: Cell::new(0),
        }))
    }

    /// Bounds what may arrive and how slowly.
    pub(crate) fn limit(&self, bytes: u64, idle: Duration, min_rate: u64) {
        self.0.limit.set(bytes);
        self.0.idle.set(idle);
        self.0.min_rate.set(min_rate);
    }

    /// Bytes received so far.
    pub(crate) fn received(&self) -> u64 {
        self.0.received.get()
    }

    /// Refuses by `Content-Length` what would be refused later anyway.
    pub(crate) fn refuse_announced_size(&self, headers: &HeaderMap) -> Result<(), Problem> {
        let announced = headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok())
            .unwrap_or(0);
        if announced > self.0.limit.get() { Err(self.too_large(announced)) } else { Ok(()) }
    }

    /// Waits for the next piece, no longer than the idle limit, and checks the rate.
    pub(crate) async fn paced<T>(&self, next: impl Future<Output = T>) -> Result<T, Problem> {
        let idle = self.0.idle.get();
        let Ok(piece) = tokio::time::timeout(idle, next).await else {
            return Err(slow(format!("nothing arrived for {} s", idle.as_secs()))
                .with_limit(idle.as_secs()));
        };
        let elapsed = self.0.started.elapsed();
        let due = self.0.min_rate.get().saturating_mul(elapsed.as_secs());
        if elapsed > RATE_GRACE && !self.0.ended.get() && self.received() < due {
            return Err(slow(format!(
                "{} bytes arrived in {} s, the least is {} bytes a second",
                self.received(),
                elapsed.as_secs(),
                self.0.min_rate.get(),
            ))
            .with_limit(self.0.min_rate.get()));
        }
        Ok(piece)
    }

    /// Keeps the unread body until the answer is sent. Actix then sees it unread, whatever its
    /// framing, and closes the connection after lingering, instead of reading it to its end.
    pub(crate) fn hold_in(self, response: HttpResponse) -> HttpResponse {
        response.map_body(|_, body| BoxBody::new(Held { body, _unread: self }))
    }

    /// What it means to the client that the body ended too early.
    pub(crate) fn cut(&self, error: &PayloadError) -> Problem {
        match error {
            PayloadError::Overflow if self.is_over_limit() => self.too_large(self.received()),
            _ => Problem::new(Kind::BadRequest, "the request's body is incomplete or badly framed"),
        }
    }

    fn is_over_limit(&self) -> bool {
        self.received() > self.0.limit.get()
    }

    fn too_large(&self, bytes: u64) -> Problem {
        let limit = self.0.limit.get();
        Problem::new(
            Kind::TooLarge,
            format!("the request has {bytes} bytes or more, the limit is {limit}"),
        )
        .with_value(bytes)
        .with_limit(limit)
    }
}

impl Stream for Body {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let inner = &self.0;
        if inner.ended.get() {
            return Poll::Ready(None);
        }
        if inner.sipped.replace(false) {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        let mut rest = inner.rest.borrow_mut();
        if rest.is_empty() {
            match Pin::new(&mut *inner.payload.borrow_mut()).poll_next(cx) {
                Poll::Ready(Some(Ok(piece))) => {
                    inner.received.set(inner.received.get() + piece.len() as u64);
                    if self.is_over_limit() {
                        return Poll::Ready(Some(Err(PayloadError::Overflow)));
                    }
                    *rest = piece;
                }
                Poll::Ready(None) => {
                    inner.ended.set(true);
                    return Poll::Ready(None);
                }
                other => return other,
            }
        }
        inner.sipped.set(true);
        // What is given out whole is let go: a rest without bytes would hold its buffer.
        let sip = if rest.len() > SIP_BYTES {
            rest.split_to(SIP_BYTES)
        } else {
            std::mem::take(&mut *rest)
        };
        Poll::Ready(Some(Ok(sip)))
    }
}

/// An answer that keeps the unread request alive.
struct Held {
    body: BoxBody,
    _unread: Body,
}

impl MessageBody for Held {
    type Error = Box<dyn std::error::Error>;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}

/// The parts of a `multipart/form-data` body.
pub(super) fn multipart(headers: &HeaderMap, body: &Body) -> Result<Multipart, Problem> {
    let content_type =
        headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (media, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    if !media.trim().eq_ignore_ascii_case("multipart/form-data") {
        return Err(Problem::new(
            Kind::UnsupportedMediaType,
            "the request's Content-Type must be multipart/form-data",
        )
        .with_field("Content-Type")
        .with_value(content_type)
        .with_limit("multipart/form-data"));
    }
    if !parameters.to_ascii_lowercase().contains("boundary=") {
        return Err(Problem::new(
            Kind::MalformedMultipart,
            "the Content-Type multipart/form-data has no boundary",
        )
        .with_field("Content-Type"));
    }
    Ok(Multipart::new(headers, body.clone()))
}

/// What a parser's or a connection's error means to the client.
pub(super) fn malformed(error: &MultipartError, body: &Body) -> Problem {
    match error {
        MultipartError::Payload(PayloadError::Overflow) if !body.is_over_limit() => Problem::new(
            Kind::MalformedMultipart,
            "the headers of a part or the text before the first part exceed 64 KiB",
        ),
        MultipartError::Payload(error) => body.cut(error),
        error => {
            let reason = match error {
                MultipartError::ContentTypeParse => "its Content-Type cannot be read",
                MultipartError::BoundaryMissing => "a boundary is missing or misplaced",
                MultipartError::ContentDispositionMissing => {
                    "a part has no Content-Disposition: form-data that can be read"
                }
                MultipartError::ContentDispositionNameMissing => "a part has no name",
                MultipartError::Nested => "a part is itself multipart",
                MultipartError::Incomplete => "it ends within a part",
                _ => "a part's headers cannot be read",
            };
            Problem::new(Kind::MalformedMultipart, format!("the multipart body: {reason}"))
        }
    }
}

fn slow(detail: String) -> Problem {
    Problem::new(Kind::SlowBody, detail)
}
