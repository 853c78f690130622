//! Backup and restore.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use flx_plans::{Credits, Tier};
use flx_store::{DatabaseUrl, ServerLock, Store, StoreError, StoreOptions};

use crate::harness::{
    T0, TestDb, account, asking, assert_sound, key, on_every_backend, spend, tester, used,
};

fn restore(db: &TestDb, backup: &str) -> Result<flx_store::Restored, StoreError> {
    Store::restore(&db.url, &db.path(backup), &StoreOptions::default())
}

#[test]
fn a_restored_backup_is_the_database_of_that_moment() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let issued = key(&store, &account);
        spend(&store, &account, 5, T0);
        let secret = store.signing_secret().unwrap();
        store.backup(&db.path("b.db")).unwrap();
        spend(&store, &account, 6, T0);
        drop(store);

        assert!(!restore(db, "b.db").unwrap().needs_migration);
        let store = db.store();
        assert_eq!(used(&store, &account, T0), 5);
        assert_eq!(store.signing_secret().unwrap(), secret);
        assert!(store.find_key_holder(&issued.record.lookup, T0).unwrap().is_some());
        assert_sound(&store);
        spend(&store, &account, 1, T0);
        let left: Vec<String> = fs::read_dir(db.path(""))
            .unwrap()
            .map(|file| file.unwrap().file_name().into_string().unwrap())
            .filter(|name| name.contains("restore") || name.contains("partial"))
            .collect();
        assert_eq!(left, Vec::<String>::new());
    });
}

#[test]
fn a_backup_under_load_is_consistent() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let load = scope.spawn(|| {
                let mut rounds = 0;
                while !stop.load(Ordering::Relaxed) && rounds < 20_000 {
                    let reservation = store.reserve(&asking(&account, 2), T0).unwrap();
                    let _ = store.settle(&reservation.id, Credits(1), T0).unwrap();
                    rounds += 1;
                }
                rounds
            });
            for round in 0..5 {
                let path = db.path(&format!("live-{round}.db"));
                db.store().backup(&path).unwrap();
                let url: DatabaseUrl = format!("sqlite://{}", path.display()).parse().unwrap();
                assert_sound(&Store::open(&url, &StoreOptions::default()).unwrap());
            }
            stop.store(true, Ordering::Relaxed);
            assert!(load.join().unwrap() > 0);
        });
    });
}

#[test]
fn a_backup_overwrites_nothing() {
    on_every_backend(|db| {
        let store = db.store();
        fs::write(db.path("b.db"), "precious").unwrap();
        let refused = store.backup(&db.path("b.db"));
        assert!(matches!(refused, Err(StoreError::BackupExists)), "{refused:?}");
        assert!(matches!(store.backup(db.url.path()), Err(StoreError::BackupExists)));
        assert_eq!(fs::read_to_string(db.path("b.db")).unwrap(), "precious");
        let refused = store.backup(&db.path("no/such/folder/b.db"));
        assert!(matches!(refused, Err(StoreError::File { .. })), "{refused:?}");
    });
}

#[cfg(unix)]
#[test]
fn a_backup_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    on_every_backend(|db| {
        db.store().backup(&db.path("b.db")).unwrap();
        let mode = fs::metadata(db.path("b.db")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        restore(db, "b.db").unwrap();
        let mode = fs::metadata(db.url.path()).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    });
}

#[test]
fn a_database_in_use_is_not_restored_over() {
    on_every_backend(|db| {
        let store = db.store();
        store.backup(&db.path("b.db")).unwrap();
        assert!(matches!(restore(db, "b.db"), Err(StoreError::InUse)));
        let copy = store.clone();
        drop(store);
        assert!(matches!(restore(db, "b.db"), Err(StoreError::InUse)), "a clone counts");
        drop(copy);
        let server = ServerLock::shared(&db.url).unwrap();
        let second = ServerLock::shared(&db.url).unwrap();
        drop(server);
        assert!(matches!(restore(db, "b.db"), Err(StoreError::InUse)));
        drop(second);
        restore(db, "b.db").unwrap();
    });
}

#[test]
fn a_database_being_restored_is_not_opened() {
    on_every_backend(|db| {
        let mut lock = db.url.path().as_os_str().to_owned();
        lock.push(".lock");
        let held = fs::File::open(lock).unwrap();
        held.try_lock().unwrap();
        let refused = Store::open(&db.url, &StoreOptions::default());
        assert!(matches!(refused, Err(StoreError::BeingRestored)), "{refused:?}");
        drop(held);
        db.store();
    });
}

#[test]
fn what_is_no_backup_is_refused_and_the_database_stays() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        store.backup(&db.path("good.db")).unwrap();
        drop(store);
        let good = fs::read(db.path("good.db")).unwrap();
        assert!(matches!(restore(db, "none.db"), Err(StoreError::NotFound { .. })));
        fs::write(db.path("text.db"), "not a database at all, but long enough".repeat(40)).unwrap();
        assert!(matches!(restore(db, "text.db"), Err(StoreError::NotOurs)));
        fs::write(db.path("empty.db"), "").unwrap();
        assert!(matches!(restore(db, "empty.db"), Err(StoreError::SchemaMissing)));

        // Every page cut off or overwritten: refused, or (an unused page) as good as before.
        fs::write(db.path("cut.db"), &good[..good.len() - 4096]).unwrap();
        assert!(restore(db, "cut.db").is_err());
        for page in 1..good.len() / 4096 {
            let mut bad = good.clone();
            bad[page * 4096..page * 4096 + 2048].fill(0x5a);
            fs::write(db.path("bad.db"), &bad).unwrap();
            let refused = restore(db, "bad.db").unwrap_err();
            assert!(
                matches!(refused, StoreError::BackupInvalid { .. } | StoreError::Corrupt),
                "page {page}: {refused:?}"
            );
        }
        let store = db.store();
        assert!(store.find_account(&account.id).unwrap().is_some());
        assert_sound(&store);
    });
}

#[test]
fn a_backup_of_a_newer_program_is_refused() {
    on_every_backend(|db| {
        db.store().backup(&db.path("b.db")).unwrap();
        db.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
        let mut copy = db.url.path().as_os_str().to_owned();
        copy.push("-newer");
        db.sql(&format!("VACUUM INTO '{}'", copy.to_str().unwrap()));
        let newer = std::path::Path::new(&copy).file_name().unwrap().to_str().unwrap().to_owned();
        assert!(matches!(restore(db, &newer), Err(StoreError::SchemaTooNew { .. })));
        restore(db, "b.db").unwrap();
        db.store();
    });
}

#[test]
fn a_copy_of_a_running_database_is_not_taken_for_a_backup() {
    on_every_backend(|db| {
        let store = db.store();
        account(&store, Tier::Pro);
        fs::copy(db.url.path(), db.path("copied.db")).unwrap();
        fs::copy(db.path("flx.db-wal"), db.path("copied.db-wal")).unwrap();
        drop(store);
        let refused = restore(db, "copied.db").unwrap_err();
        assert!(matches!(refused, StoreError::BackupInvalid { .. }), "{refused:?}");
    });
}

#[test]
fn a_damaged_database_and_its_leftover_log_are_replaced() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        store.backup(&db.path("b.db")).unwrap();
        spend(&store, &account, 3, T0);
        // As after a kill: a log that was never folded in, beside a database that is now rubbish.
        let log = fs::read(db.path("flx.db-wal")).unwrap();
        drop(store);
        fs::write(db.path("flx.db-wal"), log).unwrap();
        fs::write(db.url.path(), vec![0x5a; 64 * 1024]).unwrap();
        restore(db, "b.db").unwrap();
        let store = db.store();
        assert_eq!(used(&store, &account, T0), 0);
        assert_sound(&store);
    });
}

#[test]
fn a_backup_is_restored_where_no_database_was() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        store.backup(&db.path("b.db")).unwrap();
        let url: DatabaseUrl = format!("sqlite://{}", db.path("new.db").display()).parse().unwrap();
        Store::restore(&url, &db.path("b.db"), &StoreOptions::default()).unwrap();
        let other = Store::open(&url, &StoreOptions::default()).unwrap();
        assert_eq!(other.find_account(&account.id).unwrap(), Some(account.clone()));
        other.delete_account(&account.id, &tester(), T0).unwrap();
        assert!(store.find_account(&account.id).unwrap().is_some());
    });
}
