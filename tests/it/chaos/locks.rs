//! A database that others lock, that cannot be written, or that is away.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::{Mount, Service, Setup, WriteLock};

use super::{EMAIL, one_picture, refused_for_now};

#[test]
fn a_lock_held_for_a_moment_delays_and_one_held_for_long_refuses() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    let _ = service.compressed(&key, one_picture());
    let database = service.folder().join("flx.db");

    let lock = WriteLock::of(&database);
    thread::scope(|scope| {
        let waiting = scope.spawn(|| service.compressed(&key, one_picture()));
        thread::sleep(Duration::from_millis(800));
        assert!(!waiting.is_finished(), "the lock is held");
        drop(lock);
        let _ = waiting.join().unwrap();
    });
    assert_eq!(service.used(&key), 2);

    let lock = WriteLock::of(&database);
    refused_for_now(&service, &key, one_picture(), "outage=\"busy\"");
    assert_eq!(service.used(&key), 2, "reading goes on");
    drop(lock);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 3);
    service.admin(&["verify"]).done();
}

#[test]
fn a_key_is_believed_though_its_use_cannot_be_noted() {
    let service = Service::start();
    // It was never used, so its first use is to be noted.
    let key = service.account(EMAIL, "agency");
    let lock = WriteLock::of(&service.folder().join("flx.db"));
    let start = Instant::now();
    assert_eq!(service.used(&key), 0);
    println!("with the database locked, the first use of a key took {:.1?}", start.elapsed());
    drop(lock);
}

#[test]
fn a_server_on_a_read_only_disk_says_so_and_does_not_start() {
    let folder = Arc::new(tempfile::tempdir().unwrap());
    let mut service = Setup::new().in_folder(&folder).start();
    let key = service.account(EMAIL, "agency");
    assert!(service.stop().success());
    let Some(disk) = Mount::of_itself_read_only(folder.path()) else { return };
    let ended = Setup::new().in_folder(&folder).start_refused();
    assert_eq!(ended.status.code(), Some(1));
    let said = ended.stderr.to_lowercase();
    assert!(said.contains("read-only") || said.contains("readonly"), "{said}");
    drop(disk);
    let service = Setup::new().in_folder(&folder).start();
    let _ = service.compressed(&key, one_picture());
}

#[test]
fn a_database_that_is_renamed_and_comes_back_keeps_right_books() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    let _ = service.compressed(&key, one_picture());
    let (here, away) = (service.folder().join("flx.db"), service.folder().join("away.db"));
    std::fs::rename(&here, &away).unwrap();
    service.get("/readyz").problem(503, "unavailable");
    // A file that is open has no need of its name: either answer is right, a 500 is not.
    let answer = service.compress(&key, one_picture());
    let charged = match answer.status {
        200 => 1,
        _ => {
            answer.problem(503, "unavailable");
            0
        }
    };
    assert!(!here.exists(), "no empty database takes the place of the one that is away");
    std::fs::rename(&away, &here).unwrap();
    let _ = service.get("/readyz").expect(200);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 2 + charged);
    service.admin(&["verify"]).done();
}
