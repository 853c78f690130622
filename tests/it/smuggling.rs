//! Requests that two servers could read differently, and what follows a refusal on its connection:
//! the next answer belongs to the next request, or there is none.

use flx_tests::{RawConnection, Service};

const FORM: &str = "Content-Type: multipart/form-data; boundary=b\r\n";

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account("a@example.org", "pro");
    (service, key)
}

/// A request that must not be seen: it is hidden in what is another one's body.
fn hidden(key: &str) -> String {
    format!("GET /api/usage HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\r\n")
}

#[test]
fn what_can_be_framed_in_two_ways_is_refused_and_ends_the_connection() {
    let (service, key) = service();
    let hidden = hidden(&key);
    let length = hidden.len();
    let chunk = format!("{length:x}\r\n{hidden}\r\n0\r\n\r\n");
    for (framing, body) in [
        (format!("Content-Length: {length}\r\nTransfer-Encoding: chunked\r\n"), chunk.clone()),
        (format!("Transfer-Encoding: chunked\r\nContent-Length: {length}\r\n"), chunk.clone()),
        (format!("Content-Length: 0\r\nContent-Length: {length}\r\n"), hidden.clone()),
        (format!("Content-Length: {length}\r\nContent-Length: 0\r\n"), hidden.clone()),
        (format!("Content-Length: +{length}\r\n"), hidden.clone()),
        (format!("Content-Length: {length}, 0\r\n"), hidden.clone()),
        (format!("Content-Length: -{length}\r\n"), hidden.clone()),
        ("Content-Length: 0x10\r\n".to_owned(), hidden.clone()),
        ("Content-Length: 99999999999999999999\r\n".to_owned(), hidden.clone()),
        ("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n".to_owned(), chunk.clone()),
        ("Transfer-Encoding: xchunked\r\n".to_owned(), chunk.clone()),
        ("Transfer-Encoding : chunked\r\n".to_owned(), chunk.clone()),
        ("Transfer-Encoding: chunked, identity\r\n".to_owned(), chunk.clone()),
        ("X: y\r\n Transfer-Encoding: chunked\r\n".to_owned(), chunk),
    ] {
        let mut wire = RawConnection::to(&service);
        wire.send(format!(
            "POST /api/compress HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{FORM}\
             {framing}\r\n{body}"
        ));
        // Until the server closes: it must.
        let answers = wire.answers();
        let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
        assert_eq!(statuses, [400], "{framing:?} is read in one of two ways: {answers:?}");
    }
    assert_eq!(service.used(&key), 0);
}

#[test]
fn chunks_that_cannot_be_counted_are_refused_and_end_the_connection() {
    let (service, key) = service();
    for chunk in [
        "zz\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "10000000000000005\r\nhello\r\n0\r\n\r\n",
        "5\r\nhelloworld\r\n0\r\n\r\n",
        "\r\nhello\r\n0\r\n\r\n",
        "5\nhello\n0\n\n",
    ] {
        let mut wire = RawConnection::to(&service);
        wire.send(format!(
            "POST /api/compress HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{FORM}\
             Transfer-Encoding: chunked\r\n\r\n{chunk}{}",
            hidden(&key)
        ));
        // Until the server closes: it must.
        let answers = wire.answers();
        // The connection may be gone before the answer is through.
        assert!(answers.len() <= 1, "{chunk:?}: {answers:?}");
        assert!(answers.iter().all(|answer| answer.status == 400), "{chunk:?}: {answers:?}");
    }
}

#[test]
fn a_body_that_nobody_read_is_never_taken_for_a_request() {
    let (service, key) = service();
    let hidden = hidden(&key);
    let nobody = format!("flx_live_{}", "0".repeat(40));
    for (key, content_type, status) in [
        (&nobody, "multipart/form-data; boundary=b", 401),
        (&key, "text/plain", 415),
        (&key, "multipart/form-data", 400),
        (&key, "multipart/form-data; boundary=b", 400),
    ] {
        for chunked in [false, true] {
            for padding in [0, 3_000, 300_000] {
                let body = hidden.clone() + &"x".repeat(padding);
                let length = body.len();
                let (framing, body) = if chunked {
                    (
                        "Transfer-Encoding: chunked".to_owned(),
                        format!("{length:x}\r\n{body}\r\n0\r\n\r\n"),
                    )
                } else {
                    (format!("Content-Length: {length}"), body)
                };
                let mut wire = RawConnection::to(&service);
                wire.send(format!(
                    "POST /api/compress HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
                     Content-Type: {content_type}\r\n{framing}\r\n\r\n{body}\
                     GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
                ));
                let first = wire.answer().unwrap_or_else(|| panic!("no answer: {content_type}"));
                assert_eq!(first.status, status, "{first:?}");
                // Closed, or the next request's own answer, and none of the hidden one's.
                let rest = wire.answers();
                assert!(rest.len() <= 1, "{content_type} {framing}: {rest:?}");
                for answer in rest {
                    assert!(answer.body.contains("\"version\""), "{content_type}: {answer:?}");
                }
            }
        }
    }
    assert_eq!(service.used(&key), 0);
}

#[test]
fn a_body_longer_than_announced_is_not_the_next_request_s_head() {
    let (service, key) = service();
    let part = "--b\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\nwebp\r\n";
    let head = |length: usize| {
        format!(
            "POST /api/compress HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n{FORM}\
             Content-Length: {length}\r\n\r\n"
        )
    };
    // Announced is less than what comes: the rest is no request.
    let mut wire = RawConnection::to(&service);
    wire.send(head(part.len() - 10) + part + "--b--\r\n\r\n\r\n");
    let statuses: Vec<u16> = wire.answers().iter().map(|answer| answer.status).collect();
    assert!(statuses.len() <= 2 && statuses.iter().all(|status| *status == 400), "{statuses:?}");
    // Announced is more than what comes.
    let mut wire = RawConnection::to(&service);
    wire.send(head(part.len() + 10) + part);
    wire.finish();
    assert!(wire.answers().iter().all(|answer| answer.status == 400));
    assert_eq!(service.used(&key), 0);
}

#[test]
fn requests_that_are_pipelined_are_answered_in_order() {
    let (service, key) = service();
    let file = crate::small_jpeg();
    let mut body =
        b"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\n"
            .to_vec();
    body.extend(&file);
    body.extend(b"\r\n--b--\r\n");
    let mut bytes = Vec::new();
    for _ in 0..3 {
        bytes.extend(
            format!(
                "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\nPOST /api/compress HTTP/1.1\r\nHost: x\r\n\
            Authorization: Bearer {key}\r\n{FORM}Content-Length: {}\r\n\r\n",
                body.len()
            )
            .bytes(),
        );
        bytes.extend(&body);
        bytes.extend(hidden(&key).bytes());
    }
    let mut wire = RawConnection::to(&service);
    assert!(wire.send(bytes));
    for used in 1..=3 {
        let answers: Vec<_> = (0..3).filter_map(|_| wire.answer()).collect();
        let expected = format!("\"compressor_used\":{used}");
        assert!(answers[0].body.contains("\"version\""), "{answers:?}");
        assert!(
            answers[1].body.contains("\"results\"") && answers[1].body.contains(&expected),
            "{answers:?}"
        );
        assert!(
            answers[2].body.contains("canCompress") && answers[2].body.contains(&expected),
            "{answers:?}"
        );
    }
}
