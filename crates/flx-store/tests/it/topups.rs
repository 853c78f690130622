//! AI credits: the month's own first, then the top-ups.

use flx_plans::{Credits, Tier};
use flx_store::{Account, CreditKind, ReserveRequest, Settlement, Store, StoreError};

use crate::harness::{DAY, T0, account, assert_sound, on_every_backend, tester, usage};

fn asking_ai(account: &Account, amount: u32) -> ReserveRequest {
    ReserveRequest::new(account.id.clone(), account.tier, Credits(amount), Credits(1_000))
        .with_kind(CreditKind::Ai)
}

/// (used of the month's own, left of the top-ups)
fn ai(store: &Store, account: &Account, now_ms: i64) -> (u32, u32) {
    let usage = usage(store, account, now_ms);
    (usage.ai_used.get(), usage.ai_topup.get())
}

#[test]
fn topups_are_used_only_after_the_months_own() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let balance = store.add_ai_credits(&account.id, Credits(200), &tester(), T0).unwrap();
        assert_eq!(balance, Credits(200));
        let first = store.reserve(&asking_ai(&account, 990), T0).unwrap();
        assert_eq!(ai(&store, &account, T0), (990, 200));
        let second = store.reserve(&asking_ai(&account, 30), T0).unwrap();
        assert_eq!(ai(&store, &account, T0), (1_000, 180));

        let refused = store.reserve(&asking_ai(&account, 181), T0).unwrap_err();
        let StoreError::QuotaExceeded { kind, used, limit, asked, .. } = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(kind, CreditKind::Ai);
        assert_eq!((used, limit, asked), (Credits(1_000), Credits(1_180), Credits(181)));

        // 12 of 30 are charged: 10 of the month's own and 2 of the top-ups.
        let settled = store.settle(&second.id, Credits(12), T0).unwrap();
        assert!(matches!(settled, Settlement::Done { returned: Credits(18), .. }), "{settled:?}");
        assert_eq!(ai(&store, &account, T0), (1_000, 198));
        let _ = store.release(&first.id, T0).unwrap();
        assert_eq!(ai(&store, &account, T0), (10, 198));
        assert_sound(&store);
    });
}

#[test]
fn topups_outlive_the_month_and_the_months_own_do_not() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        store.add_ai_credits(&account.id, Credits(50), &tester(), T0).unwrap();
        let reservation = store.reserve(&asking_ai(&account, 1_020), T0).unwrap();
        let _ = store.settle(&reservation.id, Credits(1_020), T0).unwrap();
        assert_eq!(ai(&store, &account, T0 + 40 * DAY), (0, 30));
        let reservation = store.reserve(&asking_ai(&account, 5), T0 + 40 * DAY).unwrap();
        assert_eq!(ai(&store, &account, T0 + 40 * DAY), (5, 30));
        let swept = store.sweep_expired_reservations(reservation.lease_ends_ms).unwrap();
        assert_eq!((swept.reservations, swept.returned), (1, 5));
        assert_sound(&store);
    });
}

#[test]
fn a_topup_of_nothing_or_beyond_all_bounds_is_refused() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let add = |n| store.add_ai_credits(&account.id, Credits(n), &tester(), T0);
        assert!(matches!(add(0), Err(StoreError::OutOfRange { .. })));
        assert_eq!(add(u32::MAX).unwrap(), Credits(u32::MAX));
        assert!(matches!(add(1), Err(StoreError::OutOfRange { .. })));
        assert_eq!(ai(&store, &account, T0), (0, u32::MAX));
        assert_eq!(store.audit_entries(None, 10).unwrap().len(), 2);
        assert_sound(&store);
    });
}

#[test]
fn compressions_and_ai_do_not_touch_each_other() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        crate::harness::spend(&store, &account, 4, T0);
        let reservation = store.reserve(&asking_ai(&account, 6), T0).unwrap();
        let _ = store.settle(&reservation.id, Credits(6), T0).unwrap();
        let now = usage(&store, &account, T0);
        assert_eq!((now.compressions_used, now.ai_used), (Credits(4), Credits(6)));
        assert_sound(&store);
    });
}
