//! Reserve, settle, release.

use flx_plans::{Credits, Tier};
use flx_store::{Closed, ReservationId, Settlement, StoreError};

use crate::harness::{MINUTE, T0, account, asking, assert_sound, on_every_backend, used};

#[test]
fn successes_are_charged_and_the_rest_is_given_back() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        let reservation = store.reserve(&asking(&account, 20), T0).unwrap();
        assert_eq!((reservation.used, reservation.amount), (Credits(20), Credits(20)));
        assert_eq!(used(&store, &account, T0), 20, "reserved counts as used");
        let settled = store.settle(&reservation.id, Credits(13), T0 + 1).unwrap();
        let (charged, returned, used_now) = (Credits(13), Credits(7), Credits(13));
        assert_eq!(settled, Settlement::Done { charged, returned, used: used_now });
        assert_eq!(used(&store, &account, T0), 13);
        assert_sound(&store);
    });
}

#[test]
fn a_request_for_more_than_is_left_is_refused_whole() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Starter);
        let _ = store.reserve(&asking(&account, 195), T0).unwrap();
        let refused = store.reserve(&asking(&account, 6), T0).unwrap_err();
        let StoreError::QuotaExceeded { used: before, limit, asked, resets_at_ms, .. } = refused
        else {
            panic!("{refused:?}");
        };
        assert_eq!((before, limit, asked), (Credits(195), Credits(200), Credits(6)));
        assert_eq!(resets_at_ms, 1_803_772_800_000, "28 February");
        assert_eq!(used(&store, &account, T0), 195);
        let _ = store.reserve(&asking(&account, 5), T0).unwrap();
        assert!(store.reserve(&asking(&account, 1), T0).is_err());
        assert_sound(&store);
    });
}

#[test]
fn a_repeated_settle_charges_nothing_more() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let reservation = store.reserve(&asking(&account, 3), T0).unwrap();
        let _ = store.settle(&reservation.id, Credits(2), T0).unwrap();
        let settled = Settlement::Already { how: Closed::Settled, charged: Credits(2) };
        assert_eq!(store.settle(&reservation.id, Credits(2), T0).unwrap(), settled);
        assert_eq!(store.settle(&reservation.id, Credits(3), T0).unwrap(), settled);
        assert_eq!(store.release(&reservation.id, T0).unwrap(), settled);
        assert_eq!(used(&store, &account, T0), 2);
        assert_eq!(db.count("ledger"), 1);
        assert_sound(&store);
    });
}

#[test]
fn a_release_gives_everything_back_once() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let reservation = store.reserve(&asking(&account, 9), T0).unwrap();
        let released = store.release(&reservation.id, T0).unwrap();
        let none = Credits::ZERO;
        assert_eq!(released, Settlement::Done { charged: none, returned: Credits(9), used: none });
        let again = Settlement::Already { how: Closed::Released, charged: none };
        assert_eq!(store.release(&reservation.id, T0).unwrap(), again);
        assert_eq!(store.settle(&reservation.id, Credits(9), T0).unwrap(), again);
        assert_eq!(used(&store, &account, T0), 0);
        assert_sound(&store);
    });
}

#[test]
fn more_than_was_reserved_cannot_be_charged() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let reservation = store.reserve(&asking(&account, 2), T0).unwrap();
        let refused = store.settle(&reservation.id, Credits(3), T0);
        assert!(matches!(refused, Err(StoreError::OutOfRange { value: 3, .. })));
        let _ = store.settle(&reservation.id, Credits(2), T0).unwrap();
        assert_eq!(used(&store, &account, T0), 2);
    });
}

#[test]
fn nothing_and_the_unknown_are_refused() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let refused = store.reserve(&asking(&account, 0), T0);
        assert!(matches!(refused, Err(StoreError::OutOfRange { value: 0, .. })));
        let unknown = ReservationId::new(T0);
        let refused = store.settle(&unknown, Credits(0), T0);
        assert!(matches!(refused, Err(StoreError::NotFound { what: "reservation" })));
        assert!(store.release(&unknown, T0).is_err());
        assert!(!store.extend_lease(&unknown, T0).unwrap());
    });
}

#[test]
fn the_largest_amounts_do_not_overflow() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let all = Credits(u32::MAX);
        let request = flx_store::ReserveRequest::new(account.id.clone(), account.tier, all, all);
        let reservation = store.reserve(&request, T0).unwrap();
        let refused = store.reserve(&request, T0);
        assert!(matches!(refused, Err(StoreError::QuotaExceeded { .. })));
        let _ = store.settle(&reservation.id, all, T0).unwrap();
        assert_sound(&store);
    });
}

#[test]
fn forgetting_closed_reservations_keeps_the_books() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let old = store.reserve(&asking(&account, 1), T0).unwrap();
        let _ = store.settle(&old.id, Credits(1), T0).unwrap();
        let open = store.reserve(&asking(&account, 1), T0).unwrap();
        let young = store.reserve(&asking(&account, 1), T0).unwrap();
        let _ = store.settle(&young.id, Credits(1), T0 + MINUTE).unwrap();
        assert_eq!(store.forget_closed_reservations(T0 + MINUTE).unwrap(), 1);
        assert_eq!(db.count("reservations"), 2);
        assert_eq!(used(&store, &account, T0), 3);
        let _ = store.settle(&open.id, Credits(1), T0 + MINUTE).unwrap();
        assert!(matches!(store.settle(&old.id, Credits(1), T0), Err(StoreError::NotFound { .. })));
        assert_sound(&store);
    });
}
