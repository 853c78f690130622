//! Folders of results and uploads that are away, or cannot be written, for a while.

use std::time::Duration;
use std::{fs, thread};

use flx_tests::{Form, Mount, Service, Setup, books};

use super::{EMAIL, one_picture, refused_for_now, spooled_picture};

#[test]
fn results_that_are_away_are_unavailable_not_gone_and_come_back() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    let (entry, picture) = service.compressed(&key, one_picture());
    let link = entry["downloadUrl"].as_str().unwrap();
    let (here, away) = (service.folder().join("results"), service.folder().join("away"));
    fs::rename(&here, &away).unwrap();
    refused_for_now(&service, &key, one_picture(), "a result cannot be stored");
    service.get("/readyz").problem(503, "unavailable");
    service.get(link).problem(503, "unavailable");
    assert_eq!(service.used(&key), 1);
    assert!(!here.exists(), "nothing takes the place of the folder that is away");
    fs::rename(&away, &here).unwrap();
    let _ = service.get("/readyz").expect(200);
    assert_eq!(service.get(link).expect(200).body, picture);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 2);
    service.admin(&["verify"]).done();
}

#[test]
fn results_that_expire_while_they_are_away_are_removed_when_they_are_back() {
    let short = ["--result-ttl-seconds", "4", "--sweep-interval-seconds", "1"];
    let service = Setup::new().with(&short).start();
    let key = service.account(EMAIL, "agency");
    let (here, away) = (service.folder().join("results"), service.folder().join("away"));
    service.compress(&key, one_picture()).expect(200);
    fs::rename(&here, &away).unwrap();
    service.logged_within("not removed", Duration::from_secs(30));
    thread::sleep(Duration::from_millis(1500));
    fs::rename(&away, &here).unwrap();
    let _ = books::swept(&service.folder());
}

#[test]
fn results_that_cannot_be_written_are_refused_until_they_can() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    let incoming = service.folder().join("results/incoming");
    let Some(disk) = Mount::read_only(&incoming) else { return };
    refused_for_now(&service, &key, one_picture(), "a result cannot be stored");
    service.get("/readyz").problem(503, "unavailable");
    drop(disk);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 1);
    service.admin(&["verify"]).done();
}

#[test]
fn an_upload_folder_that_is_away_refuses_large_uploads_until_it_is_back() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    let large = Form::of("photo.png", &spooled_picture());
    let (here, away) = (service.folder().join("uploads"), service.folder().join("away"));
    fs::rename(&here, &away).unwrap();
    refused_for_now(&service, &key, large.clone(), "an upload cannot be stored");
    assert_eq!(service.used(&key), 0);
    fs::rename(&away, &here).unwrap();
    let _ = service.compressed(&key, large);
    assert_eq!(service.used(&key), 1);
    service.admin(&["verify"]).done();
}
