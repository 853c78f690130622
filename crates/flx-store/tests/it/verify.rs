//! Planted damage, found.

use flx_plans::{Credits, Tier};
use flx_store::Store;

use crate::harness::{
    T0, TestDb, account, asking, assert_sound, key, keyring, on_every_backend, spend, tester,
};

/// An account with something of everything in its books.
fn busy(db: &TestDb) -> Store {
    let store = db.store();
    let account = account(&store, Tier::Pro);
    key(&store, &account);
    keyring().roll(&store, &account.id.owner(), &tester(), T0).unwrap();
    spend(&store, &account, 5, T0);
    let _ = store.reserve(&asking(&account, 3), T0).unwrap();
    let released = store.reserve(&asking(&account, 2), T0).unwrap();
    let _ = store.release(&released.id, T0).unwrap();
    store.add_ai_credits(&account.id, Credits(10), &tester(), T0).unwrap();
    assert_sound(&store);
    store
}

#[track_caller]
fn check(damage: &str, invariant: &str) {
    on_every_backend(|db| {
        let store = busy(db);
        db.sql(&format!(
            "PRAGMA foreign_keys = OFF; PRAGMA ignore_check_constraints = ON; {damage}"
        ));
        let report = store.verify().unwrap();
        let told: Vec<String> = report.violations.iter().map(ToString::to_string).collect();
        assert!(told.iter().any(|line| line.contains(invariant)), "{damage}: {told:#?}");
        assert!(!report.is_sound());
    });
}

#[test]
fn a_counter_that_was_changed_by_hand_is_found() {
    check("UPDATE usage_periods SET compressions = compressions - 1", "compressions used");
    check("UPDATE usage_periods SET ai = 4", "month's own");
    check("UPDATE accounts SET ai_topup = ai_topup + 1", "top-up balance");
}

#[test]
fn a_ledger_entry_that_is_missing_doubled_or_changed_is_found() {
    check("DELETE FROM ledger WHERE entry = 'settle'", "compressions used");
    check("DELETE FROM ledger WHERE entry = 'release'", "one ledger entry");
    check("UPDATE ledger SET amount = amount + 1 WHERE entry = 'settle'", "one ledger entry");
    check("UPDATE ledger SET entry = 'expire' WHERE entry = 'release'", "one ledger entry");
    check("DELETE FROM ledger WHERE entry = 'topup'", "top-up balance");
}

#[test]
fn a_reservation_that_was_closed_or_lost_by_hand_is_found() {
    check("DELETE FROM reservations WHERE state = 'reserved'", "compressions used");
    check("UPDATE reservations SET state = 'expired' WHERE state = 'reserved'", "open until");
    check("UPDATE reservations SET state = 'reserved' WHERE state = 'settled'", "open until");
}

#[test]
fn a_period_that_is_missing_is_found() {
    check("DELETE FROM usage_periods", "has a row");
    check("UPDATE accounts SET period_index = 7", "is its highest");
}

#[test]
fn a_second_active_key_is_found() {
    check(
        "DROP INDEX api_keys_one_active; UPDATE api_keys SET state = 'active'",
        "at most one active key",
    );
    check("UPDATE api_keys SET state = 'revoked' WHERE state = 'active'", "until it has a time");
}

#[test]
fn a_sound_database_is_counted_and_clean() {
    on_every_backend(|db| {
        let store = busy(db);
        busy(db);
        let report = store.verify().unwrap();
        assert_eq!((report.accounts, report.periods), (2, 2));
        assert!(report.is_sound());
    });
}

#[test]
fn the_database_itself_refuses_what_can_never_be_right() {
    use diesel::connection::SimpleConnection;
    on_every_backend(|db| {
        let _store = busy(db);
        let mut connection = db.connection();
        connection.batch_execute("PRAGMA foreign_keys = ON").unwrap();
        for statement in [
            "UPDATE usage_periods SET compressions = -1",
            "UPDATE accounts SET ai_topup = -1",
            "UPDATE reservations SET charged = amount + 1",
            "UPDATE api_keys SET ended_at_ms = NULL",
            "UPDATE ledger SET reservation_id = 'x' WHERE entry <> 'topup'",
            "INSERT INTO usage_periods VALUES ('nobody', 0, 0, 1, 0, 0)",
        ] {
            assert!(connection.batch_execute(statement).is_err(), "{statement}");
        }
    });
}
