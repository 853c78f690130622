//! Opening, migrating, refusing.

use std::fs;
use std::time::{Duration, Instant};

use diesel::Connection as _;
use diesel::connection::SimpleConnection;
use flx_store::{DatabaseUrl, Durability, Outage, Store, StoreError, StoreOptions};

use crate::harness::{T0, account, on_every_backend, tester};
use flx_plans::Tier;

fn open(url: &DatabaseUrl) -> Result<Store, StoreError> {
    Store::open(url, &StoreOptions::default())
}

/// Folders under `migrations/sqlite`.
const MIGRATIONS: usize = 3;

#[test]
fn a_missing_database_is_an_error_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::in_data_dir(folder.path());
    assert!(matches!(open(&url), Err(StoreError::DatabaseMissing)));
    let url = DatabaseUrl::in_data_dir(&folder.path().join("no/such/folder"));
    assert!(matches!(open(&url), Err(StoreError::DatabaseMissing)));
    let migrated = Store::migrate(&url, &StoreOptions::default());
    assert!(matches!(migrated, Err(StoreError::DatabaseMissing)));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn an_empty_file_asks_for_migrations_and_a_server_creates_it() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::in_data_dir(folder.path());
    fs::write(url.path(), "").unwrap();
    assert!(matches!(open(&url), Err(StoreError::SchemaMissing)));
    Store::open_or_create(&url, &StoreOptions::default()).unwrap().ping().unwrap();
    open(&url).unwrap();
}

#[test]
fn the_folder_is_created_only_when_asked() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::in_data_dir(&folder.path().join("a/b"));
    let refused = Store::open_or_create(&url, &StoreOptions::default());
    assert!(matches!(refused, Err(StoreError::DatabaseMissing)));
    Store::open_or_create(&url, &StoreOptions::default().with_created_folder()).unwrap();
}

#[cfg(unix)]
#[test]
fn the_database_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::in_data_dir(&folder.path().join("data"));
    let options = StoreOptions::default().with_created_folder();
    let store = Store::open_or_create(&url, &options).unwrap();
    account(&store, Tier::Pro);
    let mut seen = 0;
    for file in fs::read_dir(folder.path().join("data")).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{file:?}");
        seen += 1;
    }
    assert!(seen >= 4, "database, -wal, -shm, .lock: {seen}");
    let mode = fs::metadata(folder.path().join("data")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
}

#[test]
fn migrating_twice_does_nothing_the_second_time() {
    on_every_backend(|db| {
        let again = Store::migrate(&db.url, &StoreOptions::default()).unwrap();
        assert_eq!(again.applied, Vec::<String>::new());
        assert!(!again.version.is_empty());
    });
}

#[test]
fn many_may_create_the_database_at_once() {
    for _ in 0..10 {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::in_data_dir(folder.path());
        let applied: usize = std::thread::scope(|scope| {
            let tasks: Vec<_> = (0..4)
                .map(|_| scope.spawn(|| Store::migrate(&url, &StoreOptions::default()).unwrap()))
                .collect();
            tasks.into_iter().map(|task| task.join().unwrap().applied.len()).sum()
        });
        let known = Store::migrate(&url, &StoreOptions::default()).unwrap();
        assert!(known.applied.is_empty(), "all have run");
        assert_eq!(applied, MIGRATIONS, "each migration runs once");
        open(&url).unwrap();
    }
}

#[test]
fn a_newer_database_is_refused_and_named() {
    on_every_backend(|db| {
        db.sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('29990101000000')");
        for error in [
            open(&db.url).unwrap_err(),
            Store::open_or_create(&db.url, &StoreOptions::default()).unwrap_err(),
            Store::migrate(&db.url, &StoreOptions::default()).unwrap_err(),
        ] {
            assert!(matches!(&error, StoreError::SchemaTooNew { .. }), "{error:?}");
            assert!(error.to_string().contains("29990101000000"), "{error}");
        }
    });
}

#[test]
fn a_database_with_another_history_is_refused() {
    on_every_backend(|db| {
        db.sql(
            "UPDATE __diesel_schema_migrations SET version = '20000101000000'
             WHERE version = (SELECT max(version) FROM __diesel_schema_migrations)",
        );
        let error = open(&db.url).unwrap_err();
        assert!(matches!(error, StoreError::SchemaTooNew { .. }), "an unknown version: {error}");
        db.sql("DELETE FROM __diesel_schema_migrations");
        let error = open(&db.url).unwrap_err();
        assert!(matches!(error, StoreError::SchemaMissing), "{error}");
    });
}

#[test]
fn other_files_are_not_taken_for_databases() {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::in_data_dir(folder.path());
    fs::write(url.path(), "this is a letter, not a database. ".repeat(100)).unwrap();
    assert!(matches!(open(&url), Err(StoreError::NotOurs)));

    let url: DatabaseUrl =
        format!("sqlite://{}", folder.path().join("other.db").display()).parse().unwrap();
    diesel::SqliteConnection::establish(url.path().to_str().unwrap())
        .unwrap()
        .batch_execute("CREATE TABLE notes (text TEXT)")
        .unwrap();
    assert!(matches!(open(&url), Err(StoreError::NotOurs)));
    let migrated = Store::migrate(&url, &StoreOptions::default());
    assert!(matches!(migrated, Err(StoreError::NotOurs)));
}

#[test]
fn odd_characters_in_the_path_name_that_very_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("100% sure, ü & so on.db");
    let url: DatabaseUrl = format!("sqlite://{}", path.display()).parse().unwrap();
    Store::open_or_create(&url, &StoreOptions::default()).unwrap().ping().unwrap();
    assert!(path.exists());
}

#[test]
fn a_locked_database_is_busy_after_the_timeout_and_works_again() {
    on_every_backend(|db| {
        let options = StoreOptions::default().with_busy_timeout(Duration::from_millis(100));
        let store = Store::open(&db.url, &options).unwrap();
        let mut other = db.connection();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        let begin = Instant::now();
        let email = "ada@example.org".parse().unwrap();
        let error = store.create_account(&email, Tier::Pro, &tester(), T0).unwrap_err();
        assert_eq!(error.outage(), Some(Outage::Busy), "{error:?}");
        assert!(begin.elapsed() >= Duration::from_millis(90));
        store.ping().unwrap();
        assert!(store.find_account_by_email(&email).unwrap().is_none(), "readers go on");
        other.batch_execute("ROLLBACK").unwrap();
        store.create_account(&email, Tier::Pro, &tester(), T0).unwrap();
    });
}

#[test]
fn a_caller_that_finds_no_free_connection_is_told_so() {
    on_every_backend(|db| {
        let options = StoreOptions::default()
            .with_busy_timeout(Duration::from_secs(10))
            .with_connection_timeout(Duration::from_millis(50));
        let store = Store::open(&db.url, &options).unwrap();
        account(&store, Tier::Pro);
        let mut other = db.connection();
        other.batch_execute("BEGIN IMMEDIATE").unwrap();
        std::thread::scope(|scope| {
            let (begins, begun) = std::sync::mpsc::channel();
            let store = &store;
            let first = scope.spawn(move || {
                begins.send(()).unwrap();
                account(store, Tier::Pro)
            });
            begun.recv().unwrap();
            std::thread::sleep(Duration::from_millis(300));
            let email = "eve@example.org".parse().unwrap();
            let error = store.create_account(&email, Tier::Pro, &tester(), T0).unwrap_err();
            assert_eq!(error.outage(), Some(Outage::Busy), "{error:?}");
            other.batch_execute("ROLLBACK").unwrap();
            first.join().unwrap();
        });
    });
}

#[test]
fn a_full_disk_is_reported_as_such_and_leaves_nothing_behind() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        // A trigger fails as a full disk does: with SQLite's own words, inside the transaction.
        db.sql(
            "CREATE TRIGGER full BEFORE INSERT ON ledger
             BEGIN SELECT RAISE(ROLLBACK, 'database or disk is full'); END",
        );
        let reservation = store.reserve(&crate::harness::asking(&account, 3), T0).unwrap();
        let error = store.settle(&reservation.id, flx_plans::Credits(3), T0).unwrap_err();
        assert_eq!(error.outage(), Some(Outage::DiskFull), "{error:?}");
        db.sql("DROP TRIGGER full");
        let settled = store.settle(&reservation.id, flx_plans::Credits(3), T0);
        assert!(settled.is_ok(), "the writer is usable again: {settled:?}");
        crate::harness::assert_sound(&store);
    });
}

#[test]
fn a_database_that_went_away_is_noticed() {
    on_every_backend(|db| {
        let store = db.store();
        store.ping().unwrap();
        fs::rename(db.url.path(), db.path("aside")).unwrap();
        assert_eq!(store.ping().unwrap_err().outage(), Some(Outage::Unavailable));
        fs::rename(db.path("aside"), db.url.path()).unwrap();
        store.ping().unwrap();
    });
}

#[test]
fn durability_is_what_was_asked_for() {
    on_every_backend(|db| {
        for durability in [Durability::Normal, Durability::Full] {
            let options = StoreOptions::default().with_durability(durability);
            let store = Store::open(&db.url, &options).unwrap();
            account(&store, Tier::Pro);
        }
        assert_eq!(db.count("accounts"), 2);
    });
}
