//! Every status that the service answers with, and how it says so.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use flx_tests::pictures::{card, jpeg, photo, png};
use flx_tests::{Answer, Form, Service, Setup, send};
use reqwest::Method;
use serde_json::{Value, json};

use crate::small_jpeg;

const EMAIL: &str = "a@example.org";

fn service() -> (Service, String) {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    (service, key)
}

/// Sends a body of its own making to `POST /api/compress`.
fn raw(service: &Service, key: &str, content_type: &str, body: &[u8]) -> Answer {
    let request = service.request(Method::POST, "/api/compress").bearer_auth(key);
    send(request.header("content-type", content_type).body(body.to_vec()))
}

/// Sends a head that announces a body, and no body.
fn head_only(service: &Service, key: &str) -> String {
    let mut stream = TcpStream::connect(service.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(15))).unwrap();
    write!(
        stream,
        "POST /api/compress HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n\
         Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 10000000\r\n\r\n"
    )
    .unwrap();
    let mut answer = Vec::new();
    let mut piece = [0; 4096];
    while !String::from_utf8_lossy(&answer).contains("\"status\"") {
        let read = stream.read(&mut piece).expect("an answer without a body");
        assert!(read > 0, "closed after {:?}", String::from_utf8_lossy(&answer));
        answer.extend(&piece[..read]);
    }
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn what_is_no_active_key_is_unauthorized() {
    let (service, key) = service();
    let other = if key.ends_with('0') { "1" } else { "0" };
    let wrong_secret = format!("{}{other}", &key[..48]);
    let unknown = format!("flx_live_{}", "0123456789".repeat(4));
    let short = &key[..48];
    for authorization in [
        None,
        Some("Bearer".to_owned()),
        Some(key.clone()),
        Some(format!("Basic {key}")),
        Some(format!("Bearer {unknown}")),
        Some(format!("Bearer {wrong_secret}")),
        Some(format!("Bearer {short}")),
        Some(format!("Bearer {key}0")),
        Some(format!("Bearer {}", key.to_uppercase())),
    ] {
        for (method, path) in [(Method::GET, "/api/usage"), (Method::POST, "/api/compress")] {
            let mut request = service.request(method, path);
            if let Some(value) = &authorization {
                request = request.header("authorization", value);
            }
            let answer = send(request);
            let problem = answer.problem(401, "unauthorized");
            assert_eq!(problem["error"], "Unauthorized");
            assert_eq!(answer.header("www-authenticate"), "Bearer");
            assert!(!flx_tests::holds_a_key(&problem.to_string()), "{problem}");
        }
    }
    let in_query = service.get(&format!("/api/usage?key={key}"));
    in_query.problem(401, "unauthorized");
    assert_eq!(service.usage(&key).status, 200);
}

#[test]
fn malformed_multipart_is_a_bad_request() {
    let (service, key) = service();
    let form = "multipart/form-data; boundary=b";
    let part = "--b\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\nwebp\r\n";
    for (content_type, body) in [
        ("multipart/form-data", part.to_owned()),
        (form, String::new()),
        (form, "nothing like a form".to_owned()),
        (form, part.to_owned()),
        (form, "--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n".to_owned()),
        (form, "--b\r\nContent-Type: text/plain\r\n\r\nx\r\n--b--\r\n".to_owned()),
        (form, "--b\r\n\u{1}\u{2}: x\r\n\r\nx\r\n--b--\r\n".to_owned()),
    ] {
        let answer = raw(&service, &key, content_type, body.as_bytes());
        assert_eq!(answer.status, 400, "{content_type} {body:?}: {answer}");
        answer.problem(400, "malformed-multipart");
    }
    assert_eq!(service.used(&key), 0);
}

#[test]
fn another_content_type_is_unsupported() {
    let (service, key) = service();
    for content_type in ["application/json", "image/jpeg", "application/x-www-form-urlencoded"] {
        let problem =
            raw(&service, &key, content_type, b"{}").problem(415, "unsupported-media-type");
        assert_eq!(problem["field"], "Content-Type");
        assert_eq!(problem["limit"], "multipart/form-data");
    }
}

#[test]
fn a_file_that_is_no_picture_is_unsupported_and_named() {
    let (service, key) = service();
    for (bytes, found) in [
        (&b"%PDF-1.7\n"[..], "PDF"),
        (b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>", "SVG"),
        (b"<!DOCTYPE html><p>", "HTML"),
        (b"hello", ""),
    ] {
        let problem =
            service.compress(&key, Form::of("photo.jpg", bytes)).problem(415, "unsupported-image");
        assert_eq!(problem["field"], "file");
        assert!(problem["detail"].as_str().unwrap().contains(found), "{problem:#}");
    }
    assert_eq!(service.used(&key), 0);
}

#[test]
fn every_wrong_field_is_named_with_its_value_and_limit() {
    let (service, key) = service();
    let picture = small_jpeg();
    let long = "x".repeat(65);
    for (field, value) in [
        ("format", "gif"),
        ("format", "WEBP2"),
        ("quality", "39"),
        ("quality", "101"),
        ("quality", "82.5"),
        ("quality", "high"),
        ("quality", "-1"),
        ("maxWidth", "0"),
        ("maxWidth", "-5"),
        ("maxWidth", "1e3"),
        ("maxHeight", "0"),
        ("maxHeight", "4294967296"),
        ("sessionId", "../etc"),
        ("sessionId", &long),
        ("watermarkScale", "4"),
        ("watermarkScale", "50.1"),
        ("watermarkOpacity", "-1"),
        ("watermarkOpacity", "101"),
        ("watermarkPosition", "XX"),
    ] {
        let form = Form::of("photo.jpg", &picture).text(field, value);
        let problem = service.compress(&key, form).problem(422, "invalid-field");
        assert_eq!(problem["field"], field, "{problem:#}");
        assert_eq!(problem["value"], value, "{problem:#}");
        assert!(!problem["limit"].is_null(), "{problem:#}");
        assert!(problem["detail"].as_str().unwrap().contains(field), "{problem:#}");
    }
    assert_eq!(service.used(&key), 0);
}

#[test]
fn forms_that_miss_or_repeat_something_are_refused_by_name() {
    let (service, key) = service();
    let picture = small_jpeg();
    let of = |field: &str, form: Form| {
        let problem = service.compress(&key, form).problem(422, "invalid-field");
        assert_eq!(problem["field"], field, "{problem:#}");
    };
    of("file", Form::new().text("format", "webp"));
    of("frobnicate", Form::of("photo.jpg", &picture).text("frobnicate", "1"));
    of("quality", Form::of("photo.jpg", &picture).text("quality", "80").text("quality", "81"));
    let logo = png(card(16, 16));
    of("watermarkFile", Form::of("photo.jpg", &picture).watermark(&logo).watermark(&logo));
    let no_png = Form::of("photo.jpg", &picture).watermark(&picture);
    let problem = service.compress(&key, no_png).problem(415, "unsupported-image");
    assert_eq!(problem["field"], "watermarkFile", "{problem:#}");
    let at_most_20 = (0..21).fold(Form::new(), |form, _| form.file("photo.jpg", &picture));
    of("file", at_most_20);
    assert_eq!(service.used(&key), 0);
}

#[test]
fn damaged_pictures_and_pictures_over_a_limit_are_unprocessable() {
    let (service, key) = service();
    let cut = &png(photo(64, 64, 1))[..600];
    service.compress(&key, Form::of("cut.png", cut)).problem(422, "damaged-image");
    let wide = png(image::GrayImage::new(17_000, 4));
    let problem =
        service.compress(&key, Form::of("wide.png", &wide)).problem(422, "image-too-large");
    let detail = problem["detail"].as_str().unwrap();
    assert!(detail.contains("16383") && detail.contains("maximum"), "{detail}");
    assert_eq!((&problem["value"], &problem["limit"]), (&json!(17_000), &json!(16_383)));
    service.compress(&key, Form::of("wide.png", &wide).text("format", "png")).expect(200);
    service.compress(&key, Form::of("wide.png", &wide).text("maxWidth", "16383")).expect(200);
    assert_eq!(service.used(&key), 2);
}

#[test]
fn pixel_and_side_limits_are_settings() {
    let service = Setup::new().with(&["--max-pixels", "10000", "--max-side", "150"]).start();
    let key = service.account(EMAIL, "pro");
    let large = jpeg(&photo(120, 90, 1), 80);
    let problem = service.compress(&key, Form::of("a.jpg", &large)).problem(422, "image-too-large");
    assert_eq!((&problem["value"], &problem["limit"]), (&json!(10_800), &json!(10_000)));
    let long = jpeg(&photo(151, 8, 1), 80);
    let problem = service.compress(&key, Form::of("a.jpg", &long)).problem(422, "image-too-large");
    assert_eq!((&problem["value"], &problem["limit"]), (&json!(151), &json!(150)));
}

#[test]
fn avif_has_a_limit_of_its_own_and_gives_way_to_other_formats_above_it() {
    let service = Setup::new().with(&["--avif-max-pixels", "10000"]).start();
    let key = service.account(EMAIL, "pro");
    let large = jpeg(&photo(120, 90, 1), 80);
    let form = || Form::of("a.jpg", &large);
    let problem =
        service.compress(&key, form().text("format", "avif")).problem(422, "image-too-large");
    assert_eq!((&problem["value"], &problem["limit"]), (&json!(10_800), &json!(10_000)));
    assert_eq!(problem["field"], "format");
    let (entry, _) = service.compressed(&key, form().text("format", "avif,webp"));
    assert_eq!(entry["format"], "webp");
    let scaled = form().text("format", "avif").text("maxWidth", "115");
    let (entry, _) = service.compressed(&key, scaled);
    assert_eq!(entry["format"], "avif");
    assert_eq!(service.used(&key), 2);
}

#[test]
fn files_are_taken_up_to_20_mib_and_no_further() {
    const LIMIT: usize = 20 * 1024 * 1024;
    let (service, key) = service();
    // What follows the end of a JPEG's picture is nobody's business.
    let mut file = small_jpeg();
    file.resize(LIMIT, 0);
    let (entry, _) = service.compressed(&key, Form::of("photo.jpg", &file));
    assert_eq!(entry["originalSize"], LIMIT);
    file.push(0);
    let problem = service.compress(&key, Form::of("photo.jpg", &file)).problem(413, "too-large");
    assert_eq!(problem["field"], "file");
    assert_eq!(problem["limit"], LIMIT);
    assert_eq!(service.used(&key), 1);
}

#[test]
fn other_paths_are_not_found_and_other_methods_not_allowed() {
    let (service, key) = service();
    for path in ["/api", "/api/compress/x", "/nothing", "/api/results", "/%2e%2e/etc/passwd"] {
        service.get(path).problem(404, "not-found");
    }
    for (path, method, allowed) in [
        ("/api/compress", Method::GET, "POST"),
        ("/api/compress", Method::DELETE, "POST"),
        ("/api/usage", Method::POST, "GET, HEAD"),
        ("/healthz", Method::POST, "GET, HEAD"),
        ("/readyz", Method::DELETE, "GET, HEAD"),
        ("/metrics", Method::PUT, "GET, HEAD"),
        ("/openapi.json", Method::POST, "GET, HEAD"),
        ("/docs", Method::POST, "GET, HEAD"),
    ] {
        let answer = send(service.request(method, path).bearer_auth(&key));
        answer.problem(405, "method-not-allowed");
        assert_eq!(answer.header("allow"), allowed, "{path}");
    }
}

#[test]
fn an_upload_that_stops_times_out() {
    let service = Setup::new().with(&["--body-idle-timeout-seconds", "1"]).start();
    let key = service.account(EMAIL, "pro");
    let answer = head_only(&service, &key);
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(
        answer.contains("application/problem+json") && answer.contains("#slow-body"),
        "{answer}"
    );
}

#[test]
fn refusals_that_need_no_body_do_not_wait_for_it() {
    let (service, key) = service();
    let start = Instant::now();
    let answer = head_only(&service, &format!("flx_live_{}", "0".repeat(40)));
    assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
    service.admin(&["set-plan", "--email", EMAIL, "--plan", "free"]).done();
    let answer = head_only(&service, &key);
    assert!(answer.starts_with("HTTP/1.1 403 "), "{answer}");
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
}

#[test]
fn a_refused_upload_leaves_the_connection_s_next_request_unharmed() {
    let (service, key) = service();
    let client = reqwest::blocking::Client::builder().no_proxy().build().unwrap();
    let (compress, usage) =
        (format!("{}/api/compress", service.base()), format!("{}/api/usage", service.base()));
    for size in [0, 1_000, 100_000, 5_000_000] {
        let nobody = format!("flx_live_{}", "0".repeat(40));
        for (key, content_type, status) in
            [(&nobody, "multipart/form-data; boundary=b", 401), (&key, "text/plain", 415)]
        {
            let request =
                client.post(&compress).bearer_auth(key).header("content-type", content_type);
            let refused = send(request.body(vec![b'x'; size]));
            assert_eq!(refused.status, status, "{size} bytes: {refused}");
            for _ in 0..2 {
                assert_eq!(
                    send(client.get(&usage).bearer_auth(key)).status,
                    if status == 401 { 401 } else { 200 }
                );
            }
        }
    }
    assert_eq!(service.used(&key), 0);
}

#[test]
fn a_full_house_answers_503_with_advice() {
    let service = Setup::new().with(&["--workers", "1", "--queue", "20"]).start();
    let key = service.account(EMAIL, "agency");
    let picture = jpeg(&photo(640, 480, 1), 85);
    // The first takes so long that the house is still full when one more comes.
    let first = Form::of("large.jpg", &jpeg(&photo(2400, 1600, 1), 85));
    let batch = (1..20).fold(first, |form, _| form.file("photo.jpg", &picture));
    let busy = batch.text("format", "avif");
    let one_more = Form::of("photo.jpg", &small_jpeg());
    std::thread::scope(|scope| {
        let running = scope.spawn(|| service.compress(&key, busy));
        service.measured_unless("flx_pictures_inside 20", || running.is_finished());
        let refused = service.compress(&key, one_more);
        refused.problem(503, "overloaded");
        let wait: u64 = refused.header("retry-after").parse().unwrap();
        assert!((1..=60).contains(&wait), "{wait}");
        assert_eq!(service.get("/healthz").status, 200, "health never queues");
        let answer = running.join().unwrap().expect(200).json();
        assert_eq!(answer["results"].as_array().unwrap().len(), 20);
    });
}

#[test]
fn a_picture_that_takes_too_long_is_503_and_free() {
    let service = Setup::new().with(&["--picture-timeout-seconds", "0"]).start();
    let key = service.account(EMAIL, "pro");
    let answer = service.compress(&key, Form::of("photo.jpg", &small_jpeg()));
    answer.problem(503, "timeout");
    assert!(answer.has("retry-after"), "{answer}");
    assert_eq!(service.used(&key), 0);
}

#[test]
fn a_result_store_that_is_away_is_503_and_free() {
    let (service, key) = service();
    std::fs::remove_dir_all(service.folder().join("results")).unwrap();
    service.get("/readyz").problem(503, "unavailable");
    let answer = service.compress(&key, Form::of("photo.jpg", &small_jpeg()));
    answer.problem(503, "unavailable");
    assert!(answer.has("retry-after"), "{answer}");
    assert_eq!(service.used(&key), 0);
    assert_eq!(service.get("/healthz").status, 200);
}

#[test]
fn every_problem_names_the_request_as_the_log_does() {
    let (service, key) = service();
    let answer = service.compress(&key, Form::of("photo.jpg", b"no picture"));
    let id = answer.problem(415, "unsupported-image")["requestId"].clone();
    let Value::String(id) = id else { panic!("no request id: {answer}") };
    assert_eq!(answer.header("x-request-id"), id);
    service.logged(&id);
}
