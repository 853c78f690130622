//! The results of a session: listed, and as one ZIP file.

use std::io::Cursor;

use flx_tests::{Answer, Form, Person, Service, Setup, look, send};
use reqwest::Method;

use crate::small_jpeg;

fn with_key(service: &Service, key: &str, path: &str) -> Answer {
    send(service.request(Method::GET, path).bearer_auth(key))
}

#[test]
fn a_session_is_listed_and_zipped_for_its_own_account_only() {
    let service = Service::start();
    let key = service.account("ada@example.org", "agency");
    let other = service.account("bob@example.org", "agency");
    let form = Form::new()
        .text("sessionId", "holiday")
        .file("lake.jpg", &small_jpeg())
        .file("lake.jpg", &small_jpeg())
        .file("../../etc/passwd.jpg", &small_jpeg());
    service.compress(&key, form).expect(200);

    let listed = with_key(&service, &key, "/api/sessions/holiday").expect(200).json();
    assert_eq!(listed["sessionId"], "holiday");
    let results = listed["results"].as_array().unwrap();
    assert_eq!(results.len(), 3);
    let first = service.get(results[0]["downloadUrl"].as_str().unwrap()).expect(200).body;
    assert_eq!(look::format(&first), "webp");
    assert_eq!(results[0]["size"], first.len());

    let zipped = with_key(&service, &key, "/api/sessions/holiday.zip").expect(200);
    assert_eq!(zipped.header("content-type"), "application/zip");
    assert!(zipped.header("content-disposition").starts_with("attachment"));
    let mut archive = zip::ZipArchive::new(Cursor::new(zipped.body)).unwrap();
    let mut names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    names.sort();
    assert_eq!(names, ["lake-2.webp", "lake.webp", "passwd.webp"]);
    for number in 0..3 {
        let mut bytes = Vec::new();
        std::io::copy(&mut archive.by_index(number).unwrap(), &mut bytes).unwrap();
        assert_eq!(look::format(&bytes), "webp");
    }

    for path in ["/api/sessions/holiday", "/api/sessions/holiday.zip"] {
        with_key(&service, &other, path).problem(404, "not-found");
        service.get(path).problem(401, "unauthorized");
    }
    let person = Person::welcomed(&service, "ada@example.org");
    person.get("/compress/holiday.zip").expect(200);
    assert!(person.get("/compress/holiday").expect(200).body_text().contains("lake.webp"));
    let stranger = Person::welcomed(&service, "bob@example.org");
    stranger.get("/compress/holiday.zip").expect(404);
    stranger.get("/compress/holiday").expect(404);
}

#[test]
fn what_has_expired_is_not_in_a_session_any_more() {
    let service = Setup::new().with(&["--result-ttl-seconds", "1"]).start();
    let key = service.account("ada@example.org", "agency");
    let form = Form::of("a.jpg", &small_jpeg()).text("sessionId", "s");
    service.compress(&key, form).expect(200);
    std::thread::sleep(std::time::Duration::from_millis(2100));
    with_key(&service, &key, "/api/sessions/s").problem(404, "not-found");
    with_key(&service, &key, "/api/sessions/s.zip").problem(404, "not-found");
}
