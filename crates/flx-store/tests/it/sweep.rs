//! Leases, and the sweep against a late settle.

use flx_plans::{Credits, Tier};
use flx_store::{Closed, Settlement};

use crate::harness::{DAY, MINUTE, T0, account, asking, assert_sound, on_every_backend, used};

#[test]
fn an_abandoned_reservation_is_given_back_when_its_lease_ends() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let request = asking(&account, 4).with_lease_ms(MINUTE);
        let reservation = store.reserve(&request, T0).unwrap();
        assert_eq!(reservation.lease_ends_ms, T0 + MINUTE);
        let swept = store.sweep_expired_reservations(T0 + MINUTE - 1).unwrap();
        assert_eq!(swept.reservations, 0);
        let swept = store.sweep_expired_reservations(T0 + MINUTE).unwrap();
        assert_eq!((swept.reservations, swept.returned), (1, 4));
        assert_eq!(used(&store, &account, T0), 0);
        assert_eq!(store.sweep_expired_reservations(T0 + DAY).unwrap().reservations, 0);
        assert_sound(&store);
    });
}

#[test]
fn a_settle_after_the_sweep_is_told_so_and_refunds_nothing_twice() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        crate::harness::spend(&store, &account, 10, T0);
        let reservation = store.reserve(&asking(&account, 4), T0).unwrap();
        let late = reservation.lease_ends_ms;
        store.sweep_expired_reservations(late).unwrap();
        let expired = Settlement::Already { how: Closed::Expired, charged: Credits::ZERO };
        assert_eq!(store.settle(&reservation.id, Credits(3), late).unwrap(), expired);
        assert_eq!(store.release(&reservation.id, late).unwrap(), expired);
        assert_eq!(used(&store, &account, late), 10);
        assert_sound(&store);
    });
}

#[test]
fn a_settle_after_the_lease_but_before_the_sweep_counts() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let reservation = store.reserve(&asking(&account, 4), T0).unwrap();
        let late = reservation.lease_ends_ms + MINUTE;
        let settled = store.settle(&reservation.id, Credits(4), late).unwrap();
        assert!(matches!(settled, Settlement::Done { charged: Credits(4), .. }));
        assert_eq!(store.sweep_expired_reservations(late).unwrap().reservations, 0);
        assert_eq!(used(&store, &account, late), 4);
    });
}

#[test]
fn an_extended_lease_is_left_alone() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let reservation = store.reserve(&asking(&account, 4), T0).unwrap();
        assert!(store.extend_lease(&reservation.id, T0 + DAY).unwrap());
        let swept = store.sweep_expired_reservations(T0 + DAY - 1).unwrap();
        assert_eq!(swept.reservations, 0);
        assert_eq!(store.sweep_expired_reservations(T0 + DAY).unwrap().reservations, 1);
        assert!(!store.extend_lease(&reservation.id, T0 + 2 * DAY).unwrap());
    });
}

#[test]
fn more_leases_than_one_batch_are_all_swept() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        for _ in 0..250 {
            let _ = store.reserve(&asking(&account, 2).with_lease_ms(1), T0).unwrap();
        }
        let swept = store.sweep_expired_reservations(T0 + 1).unwrap();
        assert_eq!((swept.reservations, swept.returned), (250, 500));
        assert_eq!(used(&store, &account, T0), 0);
        assert_sound(&store);
    });
}
