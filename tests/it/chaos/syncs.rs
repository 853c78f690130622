//! A disk that does not keep what it is given: flushes that fail.

use flx_tests::{FailingCalls, Service, Setup};

use super::{EMAIL, one_picture, refused_for_now};

#[test]
fn a_result_that_cannot_be_flushed_is_neither_handed_out_nor_charged() {
    let service = Setup::new().start();
    let key = service.account(EMAIL, "agency");
    let _ = service.compressed(&key, one_picture());
    let Some(fault) = FailingCalls::of(&service, "fsync,fdatasync:error=EIO") else { return };
    refused_for_now(&service, &key, one_picture(), "a result cannot be stored");
    assert_eq!(service.used(&key), 1);
    drop(fault);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 2);
    service.admin(&["verify"]).done();
}

#[test]
fn a_charge_that_cannot_be_flushed_is_none() {
    let service = Setup::new().with(&["--durability", "full"]).start();
    database_fails(service, |service| FailingCalls::of(service, "fsync,fdatasync:error=EIO"));
}

#[test]
fn a_write_to_the_database_that_fails_is_answered_and_forgotten() {
    database_fails(Service::start(), |service| {
        let log = service.folder().join("flx.db-wal");
        FailingCalls::on_file(service, "write,pwrite64:error=EIO", &log)
    });
}

#[test]
fn a_database_whose_disk_turns_read_only_under_it_still_answers_who_only_asks() {
    database_fails(Service::start(), |service| {
        let log = service.folder().join("flx.db-wal");
        FailingCalls::on_file(service, "write,pwrite64,ftruncate:error=EROFS", &log)
    });
}

/// Work is refused while it fails and goes on after it, and a kill brings nothing back.
fn database_fails(mut service: Service, begin: impl Fn(&Service) -> Option<FailingCalls>) {
    let key = service.account(EMAIL, "agency");
    let _ = service.compressed(&key, one_picture());
    let Some(fault) = begin(&service) else { return };
    refused_for_now(&service, &key, one_picture(), "the database cannot serve");
    assert_eq!(service.used(&key), 1, "reading goes on");
    drop(fault);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 2);
    service.kill();

    let again = Setup::new().in_folder_of(&service).start();
    assert_eq!(again.used(&key), 2, "what was refused does not come back from the log");
    again.admin(&["verify"]).done();
}
