//! A database for a test, and the few things every test needs of it.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::BigInt;
use flx_keys::{Actor, HashCost, Issued, Keyring, KeyringOptions};
use flx_plans::{Credits, Plans, Tier};
use flx_store::{Account, DatabaseUrl, ReserveRequest, Settlement, Store, StoreOptions, Usage};
use tempfile::TempDir;

/// 31 January 2027, 00:00 UTC: the day that most months do not have.
pub(crate) const T0: i64 = 1_801_353_600_000;
pub(crate) const MINUTE: i64 = 60_000;
pub(crate) const DAY: i64 = 24 * 60 * MINUTE;

/// Runs a test on each database this build supports.
pub(crate) fn on_every_backend(test: impl Fn(&TestDb)) {
    test(&TestDb::sqlite());
}

/// A migrated, empty database that is removed at the end.
pub(crate) struct TestDb {
    folder: TempDir,
    pub(crate) url: DatabaseUrl,
}

impl TestDb {
    fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::in_data_dir(folder.path());
        Store::migrate(&url, &StoreOptions::default()).unwrap();
        Self { folder, url }
    }

    /// A handle of its own connections, as another process would have.
    pub(crate) fn store(&self) -> Store {
        Store::open(&self.url, &StoreOptions::default()).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    /// What only an attacker, a bug or another program does to the file.
    pub(crate) fn sql(&self, statement: &str) {
        self.connection().batch_execute(statement).unwrap();
    }

    pub(crate) fn count(&self, table: &str) -> i64 {
        #[derive(QueryableByName)]
        struct Count {
            #[diesel(sql_type = BigInt)]
            n: i64,
        }
        diesel::sql_query(format!("SELECT count(*) AS n FROM {table}"))
            .get_result::<Count>(&mut self.connection())
            .unwrap()
            .n
    }

    pub(crate) fn connection(&self) -> SqliteConnection {
        let mut connection =
            SqliteConnection::establish(self.url.path().to_str().unwrap()).unwrap();
        connection.batch_execute("PRAGMA busy_timeout = 5000").unwrap();
        connection
    }
}

pub(crate) fn tester() -> Actor {
    Actor::new("tester")
}

/// A keyring whose argon2 costs next to nothing.
pub(crate) fn keyring() -> Keyring {
    Keyring::new(KeyringOptions::default().with_hash_cost(HashCost::CHEAPEST)).unwrap()
}

pub(crate) fn account(store: &Store, tier: Tier) -> Account {
    account_at(store, tier, T0)
}

pub(crate) fn account_at(store: &Store, tier: Tier, now_ms: i64) -> Account {
    let name = uuid::Uuid::now_v7();
    let email = format!("{name}@example.org").parse().unwrap();
    store.create_account(&email, tier, &tester(), now_ms).unwrap()
}

pub(crate) fn key(store: &Store, account: &Account) -> Issued {
    keyring().generate(store, &account.id.owner(), &tester(), T0).unwrap()
}

/// A reservation of compressions under the built-in limit of the account's plan.
pub(crate) fn asking(account: &Account, amount: u32) -> ReserveRequest {
    let limit = Plans::default().plan(account.tier).compressions_per_period().enforced();
    ReserveRequest::new(account.id.clone(), account.tier, Credits(amount), limit)
}

pub(crate) fn usage(store: &Store, account: &Account, now_ms: i64) -> Usage {
    store.usage(&account.id, now_ms).unwrap().unwrap()
}

pub(crate) fn used(store: &Store, account: &Account, now_ms: i64) -> u32 {
    usage(store, account, now_ms).compressions_used.get()
}

/// Reserves and settles at once.
pub(crate) fn spend(store: &Store, account: &Account, amount: u32, now_ms: i64) {
    let reservation = store.reserve(&asking(account, amount), now_ms).unwrap();
    let settled = store.settle(&reservation.id, Credits(amount), now_ms).unwrap();
    assert!(matches!(settled, Settlement::Done { .. }), "{settled:?}");
}

#[track_caller]
pub(crate) fn assert_sound(store: &Store) {
    let report = store.verify().unwrap();
    assert!(report.is_sound(), "{:#?}", report.violations);
    store.check_integrity().unwrap();
}
