use std::cell::RefCell;

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use futures_util::stream;

use super::*;

const BOUNDARY: &str = "frontier";

/// A form, written part by part.
#[derive(Default)]
struct FormBody(Vec<u8>);

impl FormBody {
    fn text(self, name: &str, value: &str) -> Self {
        self.part(&format!("form-data; name=\"{name}\""), value.as_bytes())
    }

    fn file(self, name: &str, file_name: &str, bytes: &[u8]) -> Self {
        self.part(&format!("form-data; name=\"{name}\"; filename=\"{file_name}\""), bytes)
    }

    fn part(mut self, disposition: &str, bytes: &[u8]) -> Self {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: {disposition}\r\n\r\n");
        self.0.extend_from_slice(head.as_bytes());
        self.0.extend_from_slice(bytes);
        self.0.extend_from_slice(b"\r\n");
        self
    }

    fn end(mut self) -> Vec<u8> {
        self.0.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        self.0
    }
}

fn body_of(bytes: &[u8], piece: usize) -> Body {
    let pieces: Vec<Result<Bytes, PayloadError>> =
        bytes.chunks(piece).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    Body::new(Payload::Stream { payload: Box::pin(stream::iter(pieces)) })
}

fn multipart_headers() -> HeaderMap {
    let value = format!("multipart/form-data; boundary={BOUNDARY}");
    headers(&[(CONTENT_TYPE, &value)])
}

fn headers(pairs: &[(HeaderName, &str)]) -> HeaderMap {
    let mut map = HeaderMap::new();
    for (name, value) in pairs {
        map.insert(name.clone(), HeaderValue::from_str(value).unwrap());
    }
    map
}

async fn read_with(
    headers: &HeaderMap,
    body: &Body,
    admit: &dyn Fn(Seen) -> Result<(), Problem>,
) -> Result<Upload, Problem> {
    let folder = tempfile::tempdir().unwrap();
    let rules = Rules {
        folder: folder.path(),
        max_files: 3,
        max_file_bytes: 300_000,
        idle: Duration::from_millis(200),
        min_rate: 0,
        fingerprinted: true,
        token: None,
        admit,
    };
    read(headers, body, &rules).await
}

async fn read_form(bytes: &[u8]) -> Result<Upload, Problem> {
    read_with(&multipart_headers(), &body_of(bytes, 8192), &|_| Ok(())).await
}

/// Status, and the field at fault.
#[track_caller]
fn check(result: Result<Upload, Problem>, status: u16, field: Option<&str>) {
    let view = result.unwrap_err().view(None);
    assert_eq!((view.status, view.field.as_deref()), (status, field), "{}", view.detail);
}

#[actix_web::test]
async fn files_and_fields_arrive_in_order_however_the_body_is_cut() {
    let large: Vec<u8> = (0..250_000u32).map(|n| n.to_le_bytes()[0]).collect();
    let form = FormBody::default()
        .file("file", "a.jpg", b"first\r\n--front\r\nnot the boundary")
        .text("format", "avif")
        .file("file", "../b.png", &large)
        .file("watermarkFile", "w.png", b"mark")
        .text("sessionId", "s1")
        .end();
    for piece in [7, 4096, form.len()] {
        let upload = read_with(&multipart_headers(), &body_of(&form, piece), &|_| Ok(())).await;
        let upload = upload.unwrap();
        let names: Vec<_> = upload.files.iter().map(|file| file.original_name.as_str()).collect();
        assert_eq!(names, ["a.jpg", "b.png"]);
        assert_eq!(
            upload.files[0].bytes.load().unwrap(),
            &b"first\r\n--front\r\nnot the boundary"[..]
        );
        assert_eq!(upload.files[1].bytes.load().unwrap(), large);
        assert_eq!(upload.watermark.unwrap().load().unwrap(), &b"mark"[..]);
        assert_eq!(upload.form.options().format(), flx_core::Format::Avif.into());
        assert_eq!(upload.form.session_id(), "s1");
    }
}

#[actix_web::test]
async fn fields_that_are_unknown_missing_or_given_twice_are_named() {
    let form = || FormBody::default().file("file", "a.jpg", b"x");
    check(read_form(&form().text("hue", "red").end()).await, 422, Some("hue"));
    check(read_form(&form().text("File", "x").end()).await, 422, Some("File"));
    let twice = form().text("quality", "80").text("quality", "81").end();
    check(read_form(&twice).await, 422, Some("quality"));
    let twice = form().file("watermarkFile", "a", b"x").file("watermarkFile", "b", b"x").end();
    check(read_form(&twice).await, 422, Some("watermarkFile"));
    check(read_form(&FormBody::default().text("format", "webp").end()).await, 422, Some("file"));
    check(read_form(&form().text("quality", "101").end()).await, 422, Some("quality"));
    let long = form().text("sessionId", &"x".repeat(2000)).end();
    check(read_form(&long).await, 422, Some("sessionId"));
    check(
        read_form(&form().part("form-data; name=\"format\"", b"\xff\xfe").end()).await,
        422,
        Some("format"),
    );
}

#[actix_web::test]
async fn a_file_field_that_nobody_filled_in_counts_as_not_given() {
    let form = FormBody::default().file("file", "", b"").file("watermarkFile", "", b"");
    check(read_form(&FormBody(form.0.clone()).end()).await, 422, Some("file"));
    let upload = read_form(&form.file("file", "a.jpg", b"x").end()).await.unwrap();
    assert_eq!((upload.files.len(), upload.watermark.is_none()), (1, true));
}

#[actix_web::test]
async fn what_is_too_large_is_refused_with_the_limit() {
    let form = FormBody::default().file("file", "a.jpg", &[0; 300_001]).end();
    check(read_form(&form).await, 413, Some("file"));
    let mut announced = multipart_headers();
    announced.insert(CONTENT_LENGTH, HeaderValue::from_static("99999999999"));
    let body = body_of(b"", 1);
    check(read_with(&announced, &body, &|_| Ok(())).await, 413, None);
    assert_eq!(body.received(), 0, "it is refused before it is read");
    // Text before the first boundary is not counted to any file, but to the whole.
    let endless = vec![b'x'; 2_000_000];
    let status = read_form(&endless).await.unwrap_err().status();
    assert!(status == 413 || status == 400, "{status}");
}

#[actix_web::test]
async fn admission_is_asked_at_the_head_of_each_file_and_stops_the_reading() {
    let form = FormBody::default()
        .file("file", "a.jpg", &[0; 1000])
        .file("file", "b.jpg", &[0; 200_000])
        .file("watermarkFile", "c.png", &[0; 200_000])
        .end();
    let asked = RefCell::new(Vec::new());
    let body = body_of(&form, 1000);
    let result = read_with(&multipart_headers(), &body, &|seen| {
        asked.borrow_mut().push(seen.files);
        if seen.files > 1 { Err(Problem::new(Kind::FeatureNotInPlan, "no batch")) } else { Ok(()) }
    })
    .await;
    check(result, 403, None);
    assert_eq!(*asked.borrow(), [1, 2]);
    assert!(body.received() < 100_000, "{}", body.received());
}

#[actix_web::test]
async fn other_media_types_are_415_and_a_missing_boundary_is_400() {
    let form = FormBody::default().file("file", "a.jpg", b"x").end();
    for (value, status) in [
        ("application/json", 415),
        ("multipart/mixed; boundary=frontier", 415),
        ("image/jpeg", 415),
        ("", 415),
        ("multipart/form-data", 400),
        ("multipart/form-data; boundary=", 400),
        ("multipart/form-data; boundary=\"", 400),
    ] {
        let headers = headers(&[(CONTENT_TYPE, value)]);
        let result = read_with(&headers, &body_of(&form, 100), &|_| Ok(())).await;
        assert_eq!(result.unwrap_err().status().as_u16(), status, "{value}");
    }
    let result = read_with(&HeaderMap::new(), &body_of(&form, 100), &|_| Ok(())).await;
    assert_eq!(result.unwrap_err().status(), 415);
}

#[actix_web::test]
async fn malformed_bodies_are_400() {
    let whole = FormBody::default().file("file", "a.jpg", &[7; 500]).end();
    for cut in [10, 60, 200, whole.len() - 20] {
        let status = read_form(whole.get(..cut).unwrap()).await.unwrap_err().status();
        assert_eq!(status, 400, "cut at {cut}");
    }
    let nameless = FormBody::default().part("form-data", b"x").end();
    check(read_form(&nameless).await, 400, None);
    let other = FormBody::default().part("attachment; name=\"file\"", b"x").end();
    check(read_form(&other).await, 400, None);
    let wide = format!("--{BOUNDARY}\r\nX: {}\r\n\r\nx", "y".repeat(100_000));
    check(read_form(wide.as_bytes()).await, 400, None);
    check(read_form(b"").await, 400, None);
}

#[actix_web::test]
async fn a_million_parts_end_at_the_first_one_too_many() {
    let mut form = FormBody::default().file("file", "a.jpg", b"x");
    for _ in 0..50_000 {
        form = form.text("", "");
    }
    let bytes = form.end();
    let body = body_of(&bytes, 8192);
    let result = read_with(&multipart_headers(), &body, &|_| Ok(())).await;
    assert!(result.unwrap_err().status().is_client_error());
    assert!(body.received() < 300_000, "{}", body.received());
}

#[actix_web::test]
async fn file_fields_that_nobody_filled_in_are_counted_too() {
    let form = |count| {
        let empty = |form: FormBody, _| form.file("file", "", b"");
        (0..count).fold(FormBody::default().file("file", "a.jpg", b"x"), empty).end()
    };
    assert_eq!(read_form(&form(66)).await.unwrap().files.len(), 1);
    let bytes = form(50_000);
    let body = body_of(&bytes, 1024);
    check(read_with(&multipart_headers(), &body, &|_| Ok(())).await, 413, None);
    assert!(body.received() < 200_000, "{}", body.received());
}

#[actix_web::test]
async fn a_body_that_stops_arriving_is_408() {
    let start = FormBody::default().file("file", "a.jpg", &[0; 100]).0;
    let pieces = stream::iter([Ok(Bytes::from(start))]);
    let endless = futures_util::StreamExt::chain(pieces, stream::pending());
    let body = Body::new(Payload::Stream { payload: Box::pin(endless) });
    check(read_with(&multipart_headers(), &body, &|_| Ok(())).await, 408, None);
}

#[actix_web::test]
async fn what_follows_the_last_boundary_is_read_to_its_end() {
    let mut bytes = FormBody::default().file("file", "a.jpg", b"x").end();
    bytes.extend_from_slice(&[b'z'; 10_000]);
    let body = body_of(&bytes, 64);
    read_with(&multipart_headers(), &body, &|_| Ok(())).await.unwrap();
    assert_eq!(body.received(), bytes.len() as u64);
}
