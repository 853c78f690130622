//! A disk that is full, in each place that is written to.

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Form, Mount, Service, Setup};
use tempfile::TempDir;

use super::{EMAIL, one_picture, refused_for_now, spooled_picture};

fn folder() -> Arc<TempDir> {
    Arc::new(tempfile::tempdir().unwrap())
}

/// The server works as if nothing had been.
#[track_caller]
fn recovered(service: &Service, key: &str, used: u64) {
    let _ = service.compressed(key, one_picture());
    let _ = service.get("/readyz").expect(200);
    assert_eq!(service.used(key), used);
    service.admin(&["verify"]).done();
}

#[test]
fn without_room_for_results_pictures_are_refused_and_cost_nothing() {
    let folder = folder();
    let Some(disk) = Mount::small(&folder.path().join("results"), "1m") else { return };
    let service = Setup::new().in_folder(&folder).start();
    let key = service.account(EMAIL, "agency");
    disk.fill();
    refused_for_now(&service, &key, one_picture(), "a result cannot be stored");
    service.get("/readyz").problem(503, "unavailable");
    assert_eq!(service.used(&key), 0);
    disk.relieve();
    recovered(&service, &key, 1);
}

#[test]
fn without_room_for_uploads_large_ones_are_refused_and_small_ones_go_on() {
    let folder = folder();
    let Some(disk) = Mount::small(&folder.path().join("uploads"), "2m") else { return };
    let service = Setup::new().in_folder(&folder).start();
    let key = service.account(EMAIL, "agency");
    let large = Form::of("photo.png", &spooled_picture());
    disk.fill();
    refused_for_now(&service, &key, large.clone(), "an upload cannot be stored");
    assert_eq!(service.used(&key), 0);
    let _ = service.compressed(&key, one_picture());
    disk.relieve();
    let _ = service.compressed(&key, large);
    recovered(&service, &key, 3);
}

#[test]
fn without_room_for_the_database_nothing_is_charged_and_keys_still_work() {
    let folder = folder();
    let Some((disk, service, key)) = with_small_database(&folder, "1m", &[]) else { return };
    disk.fill();
    refused_for_now(&service, &key, one_picture(), "disk_full");
    assert_eq!(service.used(&key), 0, "reading needs no room");
    disk.relieve();
    recovered_there(&service, &key, &folder, 1);
}

#[test]
fn a_database_without_room_for_a_moment_delays_a_charge() {
    let folder = folder();
    let Some((disk, service, key)) = with_small_database(&folder, "1m", &[]) else { return };
    let answer = thread::scope(|scope| {
        let running = scope.spawn(|| service.compress(&key, slow_picture()));
        service.measured_unless("flx_workers_busy 1", || running.is_finished());
        disk.fill();
        service.logged_within("a settle is tried again", Duration::from_secs(60));
        disk.relieve();
        running.join().unwrap()
    });
    assert_eq!(answer.expect(200).json()["usage"]["compressor_used"], 1);
    recovered_there(&service, &key, &folder, 2);
}

#[test]
fn a_database_without_room_for_long_gives_the_credit_back() {
    let folder = folder();
    let settings = ["--lease-seconds", "3", "--sweep-interval-seconds", "1"];
    let Some((disk, service, key)) = with_small_database(&folder, "1m", &settings) else { return };
    let answer = thread::scope(|scope| {
        let running = scope.spawn(|| service.compress(&key, slow_picture()));
        service.measured_unless("flx_workers_busy 1", || running.is_finished());
        disk.fill();
        running.join().unwrap()
    });
    answer.problem(503, "unavailable");
    disk.relieve();
    service.logged_within("were given back", Duration::from_secs(30));
    assert_eq!(service.used(&key), 0);
    let left = flx_tests::books::picture_files(&service.folder());
    assert!(left.is_empty(), "{left:?}");
    recovered_there(&service, &key, &folder, 1);
}

#[test]
fn without_any_room_the_server_refuses_and_goes_on_once_there_is_some() {
    let folder = folder();
    let Some(disk) = Mount::small(folder.path(), "2m") else { return };
    let service = Setup::new().in_folder(&folder).start();
    let key = service.account(EMAIL, "agency");
    disk.fill();
    refused_for_now(&service, &key, one_picture(), "disk_full");
    assert_eq!(service.get("/healthz").status, 200);
    disk.relieve();
    recovered(&service, &key, 1);
}

fn slow_picture() -> Form {
    Form::of("photo.jpg", &jpeg(&photo(1000, 750, 1), 85)).text("format", "avif")
}

fn url(folder: &Path) -> String {
    format!("sqlite://{}", folder.join("database/flx.db").display())
}

/// A server whose database alone lies on a small disk.
fn with_small_database(
    folder: &Arc<TempDir>,
    size: &str,
    settings: &[&str],
) -> Option<(Mount, Service, String)> {
    let disk = Mount::small(&folder.path().join("database"), size)?;
    let url = url(folder.path());
    let setup = Setup::new().in_folder(folder).with(&["--database-url", &url]);
    let service = setup.with(settings).start();
    let at = ["--database-url", &url, "--email", EMAIL];
    service.admin(&[&["create-account", "--plan", "agency"], &at[..]].concat()).done();
    let key = service.admin(&[&["generate-key"], &at[..]].concat()).done();
    let key = key.stdout.trim_end().to_owned();
    // The key's last use is noted with its first, and not again for a minute.
    let _ = service.usage(&key).expect(200);
    Some((disk, service, key))
}

#[track_caller]
fn recovered_there(service: &Service, key: &str, folder: &Arc<TempDir>, used: u64) {
    let _ = service.compressed(key, one_picture());
    let _ = service.get("/readyz").expect(200);
    assert_eq!(service.used(key), used);
    service.admin(&["verify", "--database-url", &url(folder.path())]).done();
}
