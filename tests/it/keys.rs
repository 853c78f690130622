//! Keys while the service runs.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Form, Service, Setup};

use crate::small_jpeg;

const EMAIL: &str = "a@example.org";

fn roll(service: &Service) -> String {
    service.admin(&["roll-key", "--email", EMAIL, "--yes"]).done().stdout.trim_end().to_owned()
}

#[test]
fn a_rolled_key_is_refused_by_the_next_request_in_every_process() {
    let first = Service::start();
    let second = Setup::new().in_folder_of(&first).start();
    let mut key = first.account(EMAIL, "pro");
    for _ in 0..5 {
        for service in [&first, &second] {
            assert_eq!(service.usage(&key).status, 200, "both remember it now");
        }
        let new = roll(&first);
        for service in [&first, &second] {
            service.usage(&key).problem(401, "unauthorized");
            assert_eq!(service.usage(&new).status, 200);
        }
        key = new;
    }
}

#[test]
fn running_requests_finish_when_their_key_is_rolled() {
    let service = Setup::new().with(&["--workers", "1"]).start();
    let old = service.account(EMAIL, "agency");
    let picture = jpeg(&photo(500, 400, 1), 85);
    let batch = (0..12).fold(Form::new(), |form, _| form.file("photo.jpg", &picture));
    thread::scope(|scope| {
        let running = scope.spawn(|| service.compress(&old, batch.text("format", "avif")));
        service.measured_unless("flx_pictures_inside 12", || running.is_finished());
        let new = roll(&service);
        assert!(!running.is_finished(), "it was done too early to test anything");
        service.usage(&old).problem(401, "unauthorized");
        let answer = running.join().unwrap().expect(200).json();
        for entry in answer["results"].as_array().unwrap() {
            assert_eq!(service.get(entry["downloadUrl"].as_str().unwrap()).status, 200);
        }
        assert_eq!(service.used(&new), 12);
    });
    service.admin(&["verify"]).done();
}

#[test]
fn no_request_is_accepted_after_its_key_was_rolled() {
    let service = Service::start();
    let old = service.account(EMAIL, "pro");
    let (rolled, accepted) = (AtomicBool::new(false), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                loop {
                    let was_rolled = rolled.load(Ordering::SeqCst);
                    let status = service.usage(&old).status;
                    if was_rolled {
                        assert_eq!(status, 401);
                        break;
                    }
                    accepted.fetch_add(usize::from(status == 200), Ordering::Relaxed);
                }
            });
        }
        let start = Instant::now();
        while accepted.load(Ordering::Relaxed) < 20 && start.elapsed().as_secs() < 60 {
            thread::sleep(Duration::from_millis(10));
        }
        let _ = roll(&service);
        rolled.store(true, Ordering::SeqCst);
    });
    assert!(accepted.into_inner() > 0);
}

#[test]
fn of_concurrent_rolls_each_printed_key_but_the_last_is_dead_and_losers_print_none() {
    let service = Service::start();
    let old = service.account(EMAIL, "pro");
    let runs: Vec<_> = thread::scope(|scope| {
        let roll = || service.admin(&["roll-key", "--email", EMAIL, "--yes"]);
        let threads: Vec<_> = (0..6).map(|_| scope.spawn(roll)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let winners: Vec<_> = runs.iter().filter(|run| run.code == 0).collect();
    assert!(!winners.is_empty(), "{runs:?}");
    for loser in runs.iter().filter(|run| run.code != 0) {
        assert_eq!((loser.code, loser.stdout.as_str()), (5, ""), "{loser:?}");
    }
    let works = |key: &str| service.usage(key).status == 200;
    assert!(!works(&old));
    let live = winners.iter().filter(|run| works(run.stdout.trim_end())).count();
    assert_eq!(live, 1, "one key works: {runs:?}");
}

#[test]
fn a_revoked_key_is_refused_and_another_one_can_be_generated() {
    let service = Service::start();
    let old = service.account(EMAIL, "pro");
    service.compress(&old, Form::of("photo.jpg", &small_jpeg())).expect(200);
    service.admin(&["revoke-key", "--email", EMAIL, "--yes"]).done();
    service.usage(&old).problem(401, "unauthorized");
    let new = service.key(EMAIL);
    assert_eq!(service.used(&new), 1, "credits belong to the account, not to its key");
    service.usage(&old).problem(401, "unauthorized");
}

#[test]
fn a_key_is_refused_when_its_account_is_deleted() {
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    let (entry, _) = service.compressed(&key, Form::of("photo.jpg", &small_jpeg()));
    service.admin(&["delete-account", "--email", EMAIL, "--yes"]).done();
    service.usage(&key).problem(401, "unauthorized");
    let gone = service.get(entry["downloadUrl"].as_str().unwrap());
    assert_eq!(gone.status, 410, "its results go with it: {gone}");
}

#[test]
fn argon2_runs_once_for_a_key_that_keeps_calling() {
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    for _ in 0..20 {
        assert_eq!(service.usage(&key).status, 200);
    }
    let metrics = service.get("/metrics").expect(200).body_text();
    assert!(metrics.contains("flx_argon2_runs_total 1\n"), "{metrics}");
}
