//! Uploads that are made to cost more than they may: of parts without end, of heads without end, of
//! bodies that come in drops. The server's memory is asked of the kernel.

use std::time::{Duration, Instant};

use flx_tests::{Raw, RawConnection, Service, Setup};

use crate::small_jpeg;

/// What an upload may cost the server beside its spool.
const EXTRA_BYTES: u64 = 32_000_000;

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    // Whatever a first request leaves in memory for good is there before anything is measured.
    let _ = service.compressed(&key, flx_tests::Form::of("photo.jpg", &small_jpeg()));
    (service, key)
}

fn head(key: &str, boundary: &str, framing: &str) -> String {
    format!(
        "POST /api/compress HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: multipart/form-data; boundary={boundary}\r\n{framing}\r\n\r\n"
    )
}

/// Sends a form again and again in pieces until the server has had enough; its answer.
fn flood(service: &Service, key: &str, part: &str, count: usize) -> Raw {
    let mut wire = RawConnection::to(service);
    let length = part.len() * count;
    wire.send(head(key, "b", &format!("Content-Length: {length}")));
    let piece = part.repeat(1_000);
    for _ in 0..count / 1_000 {
        if !wire.send(&piece) {
            break;
        }
    }
    wire.answer().expect("an answer")
}

fn file_part(name: &str, bytes: &[u8]) -> Vec<u8> {
    let head = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
    );
    [head.as_bytes(), bytes, b"\r\n"].concat()
}

#[test]
fn a_million_tiny_parts_end_at_the_first_one_too_many() {
    let (service, key) = service();
    let before = service.memory("VmHWM");
    for (disposition, status) in [
        ("form-data; name=\"\"", 422),
        ("form-data; name=\"x\"", 422),
        ("form-data; name=\"quality\"", 422),
        ("form-data; name=\"file\"", 422),
        // Of a file field that nobody filled in there may be many, but not any number.
        ("form-data; name=\"file\"; filename=\"\"", 413),
        ("form-data; name=\"watermarkFile\"; filename=\"\"", 413),
        ("form-data", 400),
    ] {
        let start = Instant::now();
        let part = format!("--b\r\nContent-Disposition: {disposition}\r\n\r\n\r\n");
        let answer = flood(&service, &key, &part, 1_000_000);
        println!("{disposition}: {} after {:.3} s", answer.status, start.elapsed().as_secs_f64());
        assert_eq!(answer.status, status, "{disposition}: {answer:?}");
    }
    check_memory(&service, before);
    assert_eq!(service.used(&key), 1);
}

#[test]
fn heads_of_parts_without_end_are_malformed() {
    let (service, key) = service();
    let before = service.memory("VmHWM");
    let long = "y".repeat(64 * 1024);
    let many = "X-Y: z\r\n".repeat(9_000);
    for part in [
        format!("--b\r\nX: {long}{long}\r\n\r\nx\r\n--b--\r\n"),
        format!("--b\r\n{many}\r\nx\r\n--b--\r\n"),
        format!("--b\r\nContent-Disposition: form-data; name=\"{long}\"\r\n\r\nx\r\n--b--\r\n"),
        format!(
            "{long}{long}--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nx\r\n--b--\r\n"
        ),
    ] {
        let mut wire = RawConnection::to(&service);
        wire.send(head(&key, "b", &format!("Content-Length: {}", part.len())) + &part);
        let answer = wire.answer().expect("an answer");
        assert_eq!(answer.status, 400, "{answer:?}");
        assert!(answer.body.contains("#malformed-multipart"), "{answer:?}");
    }
    check_memory(&service, before);
    assert_eq!(service.used(&key), 1);
}

#[test]
fn boundaries_are_taken_as_they_are_announced() {
    let (service, key) = service();
    let form = |boundary: &str| {
        let text = String::from_utf8(file_part("a.txt", b"no picture")).unwrap() + "--b--\r\n";
        text.replace("--b", &format!("--{boundary}"))
    };
    let long = "l".repeat(70);
    let longer = "l".repeat(4_000);
    for (announced, used, statuses) in [
        ("b", "b", &[415][..]),
        (long.as_str(), long.as_str(), &[415]),
        ("\"b c\"", "b c", &[415]),
        ("b", "c", &[400]),
        ("b", "bb", &[400]),
        ("\"b", "b", &[400, 415]),
        ("b; boundary=c", "c", &[400, 415]),
        (longer.as_str(), longer.as_str(), &[400, 415]),
        ("-", "-", &[415]),
    ] {
        let mut wire = RawConnection::to(&service);
        let body = form(used);
        wire.send(head(&key, announced, &format!("Content-Length: {}", body.len())) + &body);
        let shown: String = announced.chars().take(20).collect();
        let answer = wire.answer();
        let answer = answer.unwrap_or_else(|| panic!("no answer to {shown:?} of {used:.9}"));
        assert!(statuses.contains(&answer.status), "{shown} of {used:.9}: {answer:?}");
    }
    // One that ends the head, with the rest of it behind, or that no head has room for, ends the
    // connection, with an answer or without.
    for boundary in ["\r\n", &"l".repeat(200_000)] {
        let mut wire = RawConnection::to(&service);
        wire.send(head(&key, boundary, "Content-Length: 0"));
        assert!(wire.answers().iter().all(|answer| [400, 431].contains(&answer.status)));
    }
    assert_eq!(service.used(&key), 1);
}

#[test]
fn an_upload_in_drops_is_read_as_any_other_and_costs_no_memory() {
    let (service, key) = service();
    let before = service.memory("VmHWM");
    let body = [file_part("a.jpg", &small_jpeg()), b"--b--\r\n".to_vec()].concat();
    let mut wire = RawConnection::to(&service);
    wire.send(head(&key, "b", "Transfer-Encoding: chunked"));
    // One byte a chunk, with an extension that is longer than it.
    let drops: Vec<u8> = body
        .iter()
        .flat_map(|byte| [b"1;extension=\"of no use\"\r\n".as_slice(), &[*byte], b"\r\n"].concat())
        .collect();
    for part in drops.chunks(7_777) {
        assert!(wire.send(part), "the server closed");
    }
    wire.send("0\r\n\r\n");
    let answer = wire.answer().expect("an answer");
    assert_eq!(answer.status, 200, "{answer:?}");
    check_memory(&service, before);
}

#[test]
fn an_upload_below_the_least_rate_is_told_that_it_is_slow() {
    let service = Setup::new().with(&["--body-min-rate", "1000"]).start();
    let key = service.account("a@example.org", "pro");
    let start = Instant::now();
    let mut wires: Vec<RawConnection> = (0..50).map(|_| RawConnection::to(&service)).collect();
    let part = file_part("a.jpg", &[]);
    for wire in &mut wires {
        wire.send(head(&key, "b", "Content-Length: 1000000"));
        wire.send(&part);
    }
    // Others are served meanwhile.
    let _ = service.compressed(&key, flx_tests::Form::of("photo.jpg", &small_jpeg()));
    while start.elapsed() < Duration::from_secs(12) {
        std::thread::sleep(Duration::from_millis(200));
        for wire in &mut wires {
            wire.send("x");
        }
    }
    for wire in &mut wires {
        let answer = wire.answer().expect("an answer");
        assert_eq!(answer.status, 408, "{answer:?}");
        assert!(answer.body.contains("#slow-body"), "{answer:?}");
    }
    assert_eq!(service.used(&key), 1);
}

/// The most that the server ever had must not have grown by much.
#[track_caller]
fn check_memory(service: &Service, before: Option<u64>) {
    if let (Some(before), Some(after)) = (before, service.memory("VmHWM")) {
        println!("{:.1} MB more than before", (after - before) as f64 / 1e6);
        assert!(after - before < EXTRA_BYTES, "{} bytes more", after - before);
    } else {
        println!("NOT CHECKED: memory, as this system does not tell it");
    }
}
