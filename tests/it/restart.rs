//! What survives the end of the process.

use std::thread;
use std::time::{Duration, Instant};

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Form, Service, Setup};

use crate::small_jpeg;

const EMAIL: &str = "a@example.org";

#[test]
fn a_restart_keeps_keys_credits_links_and_results() {
    let mut first = Setup::new().with(&["--public-url", "http://x.test"]).start();
    let key = first.account(EMAIL, "agency");
    let answer = first.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200).json();
    let link = answer["results"][0]["downloadUrl"].as_str().unwrap().to_owned();
    let path = link.strip_prefix("http://x.test").unwrap();
    let picture = first.get(path).expect(200).body;
    assert!(first.stop().success());

    let second = Setup::new().in_folder_of(&first).start();
    assert_eq!(second.used(&key), 1);
    assert_eq!(second.get(path).expect(200).body, picture, "signed before, valid still");
    second.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    assert_eq!(second.used(&key), 2);
    second.admin(&["verify"]).done();
}

#[test]
fn a_kill_in_the_middle_of_work_loses_no_credit() {
    let mut first = Setup::new().with(&["--workers", "1"]).start();
    let key = first.account(EMAIL, "agency");
    first.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    let picture = jpeg(&photo(600, 400, 1), 85);
    let batch = (0..16).fold(Form::new(), |form, _| form.file("photo.jpg", &picture));
    let request = first.compressing(&key, batch.text("format", "avif"));
    let running = thread::spawn(move || request.send().is_ok());
    first.measured_unless("flx_pictures_inside 16", || running.is_finished());
    // A little more, so that the reservation is in the database.
    thread::sleep(Duration::from_millis(200));
    first.kill();
    assert!(!running.join().unwrap(), "there can be no answer");

    let second = Setup::new().in_folder_of(&first).with(&["--sweep-interval-seconds", "1"]).start();
    let start = Instant::now();
    while second.used(&key) != 1 {
        assert!(start.elapsed() < Duration::from_secs(60), "{} used", second.used(&key));
        thread::sleep(Duration::from_millis(200));
    }
    second.admin(&["verify"]).done();
}

#[test]
fn every_answer_that_was_given_is_charged_after_a_kill() {
    let mut first = Service::start();
    let key = first.account(EMAIL, "agency");
    for _ in 0..5 {
        first.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    }
    first.kill();
    let second = Setup::new().in_folder_of(&first).start();
    assert_eq!(second.used(&key), 5);
    second.admin(&["verify"]).done();
}
