//! Backups of a live database, and restoring them.

use std::sync::Arc;
use std::thread;

use flx_tests::{Form, Service, Setup, admin};
use tempfile::TempDir;

use crate::small_jpeg;

const EMAIL: &str = "a@example.org";

fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().unwrap())
}

#[test]
fn a_live_backup_restores_to_another_machine_with_keys_credits_and_links() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    service.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    let elsewhere = folder();
    let path = elsewhere.path().join("backups.db").display().to_string();
    let run = service.admin(&["backup", &path]).done();
    assert!(run.stdout.is_empty() && run.stderr.contains(&path), "{run:?}");
    service.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    service.admin(&["backup", &path]).refused(5);

    let restored = folder();
    admin(restored.path(), &["restore", &path, "--yes"]).done();
    let second = Setup::new().in_folder(&restored).start();
    assert_eq!(second.used(&key), 1, "as it was when the backup was made");
    assert_eq!(service.used(&key), 2);
    second.admin(&["verify"]).done();
}

#[test]
fn a_restore_is_refused_while_a_server_runs_and_works_after_it_has_stopped() {
    let mut service = Service::start();
    let key = service.account(EMAIL, "pro");
    let elsewhere = folder();
    let path = elsewhere.path().join("backup.db").display().to_string();
    service.admin(&["backup", &path]).done();
    service.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    let refused = service.admin(&["restore", &path, "--yes"]).refused(5);
    assert!(refused.stderr.contains("in use"), "{refused:?}");
    assert_eq!(service.used(&key), 1);
    assert!(service.stop().success());
    service.admin(&["restore", &path, "--yes"]).done();
    let again = Setup::new().in_folder_of(&service).start();
    assert_eq!(again.used(&key), 0);
}

#[test]
fn backups_under_load_are_consistent() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    let elsewhere = folder();
    thread::scope(|scope| {
        let load = scope.spawn(|| {
            for _ in 0..30 {
                service.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
            }
        });
        for index in 0.. {
            let path = elsewhere.path().join(format!("{index}.db")).display().to_string();
            service.admin(&["backup", &path]).done();
            let restored = tempfile::tempdir().unwrap();
            admin(restored.path(), &["restore", &path, "--yes"]).done();
            admin(restored.path(), &["verify"]).done();
            if load.is_finished() {
                break;
            }
        }
    });
    assert_eq!(service.used(&key), 30);
}

#[test]
fn what_is_no_whole_backup_is_not_restored() {
    let mut service = Service::start();
    let key = service.account(EMAIL, "pro");
    let elsewhere = folder();
    let path = elsewhere.path().join("backup.db");
    service.admin(&["backup", path.to_str().unwrap()]).done();
    assert!(service.stop().success());
    let whole = std::fs::read(&path).unwrap();
    let bad = elsewhere.path().join("bad.db").display().to_string();
    for content in [&b""[..], b"no database at all", &whole[..whole.len() / 2]] {
        std::fs::write(&bad, content).unwrap();
        let run = service.admin(&["restore", &bad, "--yes"]);
        assert!(run.code != 0 && run.stdout.is_empty(), "{run:?}");
    }
    let missing = elsewhere.path().join("missing.db").display().to_string();
    service.admin(&["restore", &missing, "--yes"]).refused(4);
    let again = Setup::new().in_folder_of(&service).start();
    assert_eq!(again.used(&key), 0, "the database is as it was");
}
