//! SIGTERM.

use std::thread;
use std::time::{Duration, Instant};

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Form, Service, Setup, wait_until};

#[test]
fn sigterm_lets_running_work_finish_and_takes_no_more() {
    let mut service = Setup::new().with(&["--workers", "1"]).start();
    let key = service.account("a@example.org", "agency");
    let picture = jpeg(&photo(800, 600, 1), 85);
    let request = service.compressing(&key, Form::of("photo.jpg", &picture).text("format", "avif"));
    let running = thread::spawn(move || flx_tests::send(request));
    service.measured_unless("flx_workers_busy 1", || running.is_finished());
    service.signal("TERM");
    let answer = running.join().unwrap().expect(200).json();
    assert_eq!(answer["usage"]["compressor_used"], 1);
    assert!(service.wait().success());

    let again = Setup::new().in_folder_of(&service).start();
    assert_eq!(again.used(&key), 1);
    again.admin(&["verify"]).done();
}

#[test]
fn waiting_pictures_are_given_back_at_a_stop() {
    let mut service = Setup::new().with(&["--workers", "1"]).start();
    let key = service.account("a@example.org", "agency");
    let picture = jpeg(&photo(800, 600, 1), 85);
    let batch = (0..20).fold(Form::new(), |form, _| form.file("photo.jpg", &picture));
    let request = service.compressing(&key, batch.text("format", "avif"));
    let running = thread::spawn(move || flx_tests::send(request));
    service.measured_unless("flx_workers_busy 1", || running.is_finished());
    let start = Instant::now();
    assert!(service.stop().success());
    assert!(start.elapsed() < Duration::from_secs(45), "{:?}", start.elapsed());
    let answer = running.join().unwrap();
    let results = answer.json()["results"].as_array().expect("an entry a file").clone();
    let done = results.iter().filter(|entry| entry["downloadUrl"].is_string()).count();
    for entry in results.iter().filter(|entry| entry["problem"].is_object()) {
        assert_eq!(entry["problem"]["status"], 503, "{entry}");
    }
    let again = Setup::new().in_folder_of(&service).start();
    assert_eq!(again.used(&key), done as u64);
    again.admin(&["verify"]).done();
}

#[test]
fn a_second_signal_stops_without_waiting_and_costs_nothing() {
    let mut service = Setup::new().with(&["--workers", "1"]).start();
    let key = service.account("a@example.org", "agency");
    let picture = jpeg(&photo(1600, 1200, 1), 85);
    let request = service.compressing(&key, Form::of("photo.jpg", &picture).text("format", "avif"));
    let running = thread::spawn(move || request.send().is_ok_and(|answer| answer.status() == 200));
    service.measured_unless("flx_workers_busy 1", || running.is_finished());
    service.signal("TERM");
    service.logged("draining");
    let start = Instant::now();
    service.signal("TERM");
    let status = service.wait();
    assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());
    let answered = running.join().unwrap();
    assert!(!status.success() || answered, "{status:?}");
    let again = Setup::new()
        .in_folder_of(&service)
        .with(&["--sweep-interval-seconds", "1", "--lease-seconds", "3"])
        .start();
    wait_until("the lease ends", || again.used(&key) == u64::from(answered));
    again.admin(&["verify"]).done();
}

#[test]
fn an_idle_server_stops_at_once_on_sigterm_and_sigint() {
    for signal in ["TERM", "INT"] {
        let mut service = Service::start();
        assert_eq!(service.get("/healthz").status, 200);
        let start = Instant::now();
        service.signal(signal);
        assert!(service.wait().success(), "SIG{signal}");
        assert!(start.elapsed() < Duration::from_secs(20), "SIG{signal}: {:?}", start.elapsed());
    }
}
