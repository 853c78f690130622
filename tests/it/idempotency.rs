//! A request with an `Idempotency-Key` is made once, however often it is sent.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Answer, Form, Service, Setup, books, send, small_plan, wait_until};

use crate::small_jpeg;

const EMAIL: &str = "a@example.org";
const HEADER: &str = "Idempotency-Key";

fn small() -> Form {
    Form::of("photo.jpg", &small_jpeg()).text("format", "webp")
}

fn once(service: &Service, key: &str, name: &str, form: Form) -> Answer {
    send(service.compressing(key, form).header(HEADER, name))
}

#[test]
fn a_request_sent_again_gets_the_same_answer_for_one_charge() {
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    let first = once(&service, &key, "8e03978e", small()).expect(200);
    assert!(!first.has("idempotent-replayed"));
    for name in ["8e03978e", "\"8e03978e\""] {
        let again = once(&service, &key, name, small()).expect(200);
        assert_eq!(again.body, first.body, "byte for byte");
        assert_eq!(again.header("content-type"), first.header("content-type"));
        assert_eq!(again.header("idempotent-replayed"), "true");
    }
    assert_eq!(service.used(&key), 1);
    once(&service, &key, "another", small()).expect(200);
    assert_eq!(service.used(&key), 2);
    service.admin(&["verify"]).done();
}

#[test]
fn the_order_of_fields_does_not_make_it_another_request_but_every_value_does() {
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    let ordered = small().text("quality", "80");
    let turned = Form::new().text("quality", "80").text("format", "webp");
    let first = once(&service, &key, "k", ordered).expect(200);
    let again = once(&service, &key, "k", turned.file("photo.jpg", &small_jpeg()));
    assert_eq!(again.expect(200).body, first.body);
    let others = [
        small().text("quality", "81"),
        Form::of("other.jpg", &small_jpeg()).text("format", "webp").text("quality", "80"),
        Form::of("photo.jpg", &jpeg(&photo(320, 213, 2), 90))
            .text("format", "webp")
            .text("quality", "80"),
    ];
    for other in others {
        let problem = once(&service, &key, "k", other).problem(422, "idempotency-key-reused");
        assert_eq!(problem["field"], HEADER);
    }
    assert_eq!(service.used(&key), 1);
}

#[test]
fn keys_belong_to_their_account() {
    let service = Service::start();
    let [mine, yours] =
        ["a@example.org", "b@example.org"].map(|email| service.account(email, "pro"));
    let first = once(&service, &mine, "k", small()).expect(200);
    let other = once(&service, &yours, "k", small()).expect(200);
    assert_ne!(first.body, other.body);
    assert_eq!((service.used(&mine), service.used(&yours)), (1, 1));
}

#[test]
fn a_failure_is_kept_too_and_costs_nothing() {
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    let broken = || Form::of("photo.jpg", b"no picture at all");
    let first = once(&service, &key, "k", broken()).expect(415);
    let again = once(&service, &key, "k", broken());
    assert_eq!(again.header("idempotent-replayed"), "true");
    let (first, again) = (first.json(), again.problem(415, "unsupported-image"));
    assert_eq!(again["detail"], first["detail"]);
    assert_eq!(service.used(&key), 0);
}

#[test]
fn the_last_credit_is_enough_for_any_number_of_answers() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let plans = small_plan(folder.path(), 1);
    let setup = Setup::new().in_folder(&folder).with(&["--plans", plans.to_str().unwrap()]);
    let service = setup.start();
    let key = service.account(EMAIL, "starter");
    let first = once(&service, &key, "k", small()).expect(200);
    assert_eq!(once(&service, &key, "k", small()).expect(200).body, first.body);
    let refused = once(&service, &key, "another", small());
    let _ = refused.problem(429, "quota-exceeded");
    let refused = once(&service, &key, "another", small());
    assert!(!refused.has("idempotent-replayed"), "it may be tried anew when there are credits");
    let _ = refused.problem(429, "quota-exceeded");
}

#[test]
fn a_picture_is_given_again_until_it_is_deleted_then_410() {
    let service = Setup::new().with(&["--result-ttl-seconds", "6"]).start();
    let key = service.account(EMAIL, "pro");
    let picture = || {
        let request = service.compressing(&key, small()).header(HEADER, "k");
        send(request.header("Accept", "image/webp"))
    };
    let first = picture().expect(200);
    let again = picture().expect(200);
    assert_eq!(again.body, first.body);
    for name in ["content-type", "content-disposition", "x-size", "x-download-url"] {
        assert_eq!(again.header(name), first.header(name));
    }
    thread::sleep(Duration::from_secs(7));
    let problem = picture().problem(410, "link-expired");
    assert_eq!(problem["field"], HEADER);
    assert_eq!(service.used(&key), 1);
}

#[test]
fn answers_survive_a_kill_and_what_was_cut_short_is_made_anew() {
    let flags = ["--workers", "1", "--lease-seconds", "3", "--public-url", "http://x.test"];
    let mut service = Setup::new().with(&flags).start();
    let key = service.account(EMAIL, "agency");
    let first = once(&service, &key, "done", small()).expect(200);
    let picture = jpeg(&photo(600, 400, 1), 85);
    let batch = || {
        let form = (0..16).fold(Form::new(), |form, _| form.file("photo.jpg", &picture));
        form.text("format", "avif").text("effort", "small")
    };
    let request = service.compressing(&key, batch()).header(HEADER, "cut");
    let running = thread::spawn(move || request.send().is_ok());
    service.measured_unless("flx_pictures_inside 16", || running.is_finished());
    wait_until("a reservation", || books::rows(&service.folder().join("flx.db")).open > 0);
    let problem = once(&service, &key, "cut", batch()).problem(409, "request-in-progress");
    assert_eq!(problem["field"], HEADER);
    service.kill();
    assert!(!running.join().unwrap(), "nobody heard of it");

    let service = Setup::new().with(&flags).in_folder_of(&service).start();
    assert_eq!(once(&service, &key, "done", small()).expect(200).body, first.body);
    // Its lease is not over yet, or just so.
    let again = once(&service, &key, "cut", batch());
    assert!(matches!(again.status, 200 | 409), "{again}");
    thread::sleep(Duration::from_secs(4));
    let second = once(&service, &key, "cut", batch()).expect(200);
    assert_eq!(once(&service, &key, "cut", batch()).expect(200).body, second.body);
    assert_eq!(service.used(&key), 17);
    service.admin(&["verify"]).done();
}

#[test]
fn a_key_that_is_none_is_refused_before_the_body_is_read() {
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    for wrong in ["", "\"\"", "a b", &"x".repeat(256)] {
        let problem = once(&service, &key, wrong, small()).problem(400, "bad-request");
        assert_eq!(problem["field"], HEADER, "{wrong}");
    }
    let both = service.compressing(&key, small()).header(HEADER, "a").header(HEADER, "b");
    let _ = send(both).problem(400, "bad-request");
    assert_eq!(service.used(&key), 0);
}
