//! Requests that are made once.

use flx_plans::{Credits, Tier};
use flx_store::{
    Account, Closed, KeptAnswer, Once, Reservation, Seen, Settlement, Store, StoreError, Worked,
};

use crate::harness::{DAY, T0, account, asking, assert_sound, on_every_backend, used};

const LEASE: i64 = 30_000;

fn once(key: u8, fingerprint: u8) -> Once {
    Once { key_digest: [key; 32], fingerprint: [fingerprint; 32], keep_ms: DAY }
}

fn kept() -> KeptAnswer {
    KeptAnswer { status: 200, head: "[]".into(), body: "{}".into(), result: None }
}

fn begin(
    store: &Store,
    account: &Account,
    once: Once,
    now_ms: i64,
) -> Result<Reservation, StoreError> {
    store.reserve(&asking(account, 2).with_lease_ms(LEASE).with_once(once), now_ms)
}

fn settle(store: &Store, reservation: &Reservation, now_ms: i64) -> Settlement {
    let keep = |_| Some(kept());
    let worked = Worked { charged: Credits(2), results: &[], request: None, answer: &keep };
    store.settle_worked(&reservation.id, &worked, now_ms).unwrap()
}

#[test]
fn a_request_runs_then_is_answered_then_is_forgotten() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let seen = |now_ms| store.seen_before(&account.id, &once(1, 1), now_ms).unwrap();
        assert_eq!(seen(T0), None);
        let reservation = begin(&store, &account, once(1, 1), T0).unwrap();
        assert_eq!(seen(T0 + 1), Some(Seen::Running));
        assert!(matches!(settle(&store, &reservation, T0 + 2), Settlement::Done { .. }));
        assert_eq!(seen(T0 + DAY - 1), Some(Seen::Answered(kept())));
        assert!(matches!(begin(&store, &account, once(1, 1), T0), Err(StoreError::RequestSeen)));
        assert_eq!(seen(T0 + DAY), None);
        assert_eq!(store.forget_answers(T0 + DAY - 1).unwrap(), 0);
        assert_eq!(store.forget_answers(T0 + DAY).unwrap(), 1);
        assert_eq!(used(&store, &account, T0), 2, "one charge");
        assert_sound(&store);
    });
}

#[test]
fn a_key_is_one_requests_and_one_accounts() {
    on_every_backend(|db| {
        let store = db.store();
        let (mine, yours) = (account(&store, Tier::Pro), account(&store, Tier::Pro));
        let reservation = begin(&store, &mine, once(1, 1), T0).unwrap();
        let _ = settle(&store, &reservation, T0);
        let seen = |account: &Account, once| store.seen_before(&account.id, &once, T0).unwrap();
        assert_eq!(seen(&mine, once(1, 2)), Some(Seen::OtherRequest));
        assert_eq!(seen(&mine, once(2, 1)), None);
        assert_eq!(seen(&yours, once(1, 1)), None);
        let refused = begin(&store, &mine, once(1, 2), T0);
        assert!(matches!(refused, Err(StoreError::RequestSeen)), "{refused:?}");
        assert_eq!(used(&store, &mine, T0), 2, "the refused one holds nothing");
    });
}

#[test]
fn a_request_whose_process_died_may_be_made_anew_and_is_charged_once() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let dead = begin(&store, &account, once(1, 1), T0).unwrap();
        let running = begin(&store, &account, once(1, 1), T0 + LEASE - 1);
        assert!(matches!(running, Err(StoreError::RequestSeen)), "{running:?}");
        let second = begin(&store, &account, once(1, 1), T0 + LEASE).unwrap();
        // It was only slow: what it did is not paid, so that the second is.
        let late = settle(&store, &dead, T0 + LEASE + 1);
        assert_eq!(late, Settlement::Already { how: Closed::Expired, charged: Credits::ZERO });
        let done = settle(&store, &second, T0 + LEASE + 2);
        assert!(matches!(done, Settlement::Done { charged: Credits(2), .. }), "{done:?}");
        assert_eq!(used(&store, &account, T0), 2);
        assert_sound(&store);
    });
}

#[test]
fn what_was_released_may_be_made_anew_at_once() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let reservation = begin(&store, &account, once(1, 1), T0).unwrap();
        let _ = store.release(&reservation.id, T0).unwrap();
        assert_eq!(store.seen_before(&account.id, &once(1, 1), T0).unwrap(), None);
        let second = begin(&store, &account, once(1, 1), T0).unwrap();
        let _ = settle(&store, &second, T0);
        assert_eq!(used(&store, &account, T0), 2);
        assert_sound(&store);
    });
}

#[test]
fn answers_go_with_their_account() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let reservation = begin(&store, &account, once(1, 1), T0).unwrap();
        let _ = settle(&store, &reservation, T0);
        assert_eq!(db.count("idempotent_requests"), 1);
        db.sql(&format!(
            "PRAGMA foreign_keys = ON; DELETE FROM accounts WHERE id = '{}'",
            account.id
        ));
        assert_eq!(db.count("idempotent_requests"), 0);
    });
}
