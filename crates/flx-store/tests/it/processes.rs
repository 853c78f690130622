//! Real processes: the test binary starts itself, works on one file, and is killed.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use flx_plans::{Credits, Tier};
use flx_store::{Account, Email, Store, StoreOptions};

use crate::harness::{T0, account, asking, assert_sound, on_every_backend, tester, used};

const DATABASE: &str = "FLX_STORE_TEST_DATABASE";
const EMAIL: &str = "FLX_STORE_TEST_EMAIL";

/// Does nothing unless it was started by [`start`]; then it charges credits until it is killed.
#[test]
fn child_that_charges_until_it_is_killed() {
    let (Ok(url), Ok(email)) = (std::env::var(DATABASE), std::env::var(EMAIL)) else {
        return;
    };
    let store = Store::open(&url.parse().unwrap(), &StoreOptions::default()).unwrap();
    let email: Email = email.parse().unwrap();
    let account = store.find_account_by_email(&email).unwrap().unwrap();
    loop {
        let request = asking(&account, 3).with_lease_ms(1);
        let Ok(reservation) = store.reserve(&request, T0) else {
            return;
        };
        let _ = store.settle(&reservation.id, Credits(1), T0).unwrap();
    }
}

fn start(url: &str, account: &Account) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "processes::child_that_charges_until_it_is_killed"])
        .env(DATABASE, url)
        .env(EMAIL, account.email.as_str())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn processes_killed_while_they_charge_lose_and_double_nothing() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        for round in 0..6_u64 {
            let mut children: Vec<Child> =
                (0..2).map(|_| start(&db.url.to_string(), &account)).collect();
            let (before, start) = (db.count("ledger"), Instant::now());
            while db.count("ledger") == before && start.elapsed() < Duration::from_secs(60) {
                std::thread::sleep(Duration::from_millis(5));
            }
            std::thread::sleep(Duration::from_millis(37 * round));
            for child in &mut children {
                child.kill().unwrap();
                child.wait().unwrap();
            }
            store.sweep_expired_reservations(T0 + 1).unwrap();
            assert_sound(&store);
            let settled = db.count("ledger WHERE entry = 'settle'");
            assert_eq!(i64::from(used(&store, &account, T0)), settled);
        }
        assert!(used(&store, &account, T0) > 0, "the children did charge");
        assert_eq!(db.count("reservations WHERE state = 'reserved'"), 0);
    });
}

#[test]
fn a_restore_waits_for_no_dead_server() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        store.backup(&db.path("b.db")).unwrap();
        drop(store);
        let mut child = start(&db.url.to_string(), &account);
        while db.count("ledger") == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        let options = StoreOptions::default();
        let refused = Store::restore(&db.url, &db.path("b.db"), &options);
        assert!(matches!(refused, Err(flx_store::StoreError::InUse)), "{refused:?}");
        child.kill().unwrap();
        child.wait().unwrap();
        Store::restore(&db.url, &db.path("b.db"), &options).unwrap();
        let store = db.store();
        assert_eq!(used(&store, &account, T0), 0);
        store.delete_account(&account.id, &tester(), T0).unwrap();
        assert_sound(&store);
    });
}
