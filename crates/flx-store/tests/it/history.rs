//! What an account's owner sees of the past.

use flx_plans::{Credits, Origin, Tier};
use flx_store::{NewRequest, Settlement, Store, Worked};

use crate::harness::{DAY, T0, account, asking, on_every_backend, tester};

fn brought(compressed: u32) -> NewRequest {
    NewRequest {
        origin: Origin::Dashboard,
        compressed,
        failed: 1,
        bytes_before: 1000,
        bytes_after: 400,
    }
}

fn work(store: &Store, account: &flx_store::Account, pictures: u32, now_ms: i64) {
    let reservation = store.reserve(&asking(account, pictures), now_ms).unwrap();
    let request = brought(pictures);
    let worked = Worked {
        charged: Credits(pictures),
        results: &[],
        request: Some(&request),
        answer: &|_| None,
    };
    let settled = store.settle_worked(&reservation.id, &worked, now_ms).unwrap();
    assert!(matches!(settled, Settlement::Done { .. }));
}

#[test]
fn requests_are_listed_newest_first_and_forgotten_by_age() {
    on_every_backend(|db| {
        let store = db.store();
        let (mine, yours) = (account(&store, Tier::Pro), account(&store, Tier::Pro));
        for day in 0..3 {
            work(&store, &mine, 1 + day, T0 + i64::from(day) * DAY);
        }
        work(&store, &yours, 9, T0);
        let listed = store.recent_requests(&mine.id, 2).unwrap();
        assert_eq!(listed.len(), 2);
        assert_eq!((listed[0].at_ms, &listed[0].request), (T0 + 2 * DAY, &brought(3)));
        assert_eq!(listed[1].request.compressed, 2);
        assert_eq!(store.forget_requests(T0 + DAY).unwrap(), 2, "one of each account");
        assert_eq!(store.recent_requests(&mine.id, 10).unwrap().len(), 2);
        assert!(store.recent_requests(&yours.id, 10).unwrap().is_empty());
    });
}

#[test]
fn a_settle_that_comes_too_late_leaves_no_request() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let reservation = store.reserve(&asking(&account, 1), T0).unwrap();
        let _ = store.release(&reservation.id, T0).unwrap();
        let request = brought(1);
        let worked = Worked {
            charged: Credits(1),
            results: &[],
            request: Some(&request),
            answer: &|_| None,
        };
        let settled = store.settle_worked(&reservation.id, &worked, T0).unwrap();
        assert!(matches!(settled, Settlement::Already { .. }));
        assert!(store.recent_requests(&account.id, 10).unwrap().is_empty());
    });
}

#[test]
fn the_history_has_every_period_the_unused_ones_too() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        // 31 January, 31 March, and the read in June.
        work(&store, &account, 2, T0);
        work(&store, &account, 5, T0 + 60 * DAY);
        let history = store.usage_history(&account.id, 12, T0 + 140 * DAY).unwrap();
        let used: Vec<_> = history.iter().map(|period| period.compressions.get()).collect();
        assert_eq!(used, [2, 0, 5, 0, 0], "January, February, March, April, May");
        assert!(history.is_sorted_by_key(|period| period.starts_at_ms));
        assert_eq!(history[1].starts_at_ms, 1_803_772_800_000, "28 February");
        let short = store.usage_history(&account.id, 2, T0 + 140 * DAY).unwrap();
        assert_eq!(short, history[3..]);
    });
}

#[test]
fn periods_before_the_first_paid_plan_are_counted_from_the_creation() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Free);
        // Unused until the plan is paid for in the third period.
        let paid_at = T0 + 70 * DAY;
        store.set_tier(&account.id, Tier::Pro, &tester(), paid_at).unwrap();
        let history = store.usage_history(&account.id, 12, paid_at).unwrap();
        assert_eq!(history.len(), 3);
        assert_eq!(history[0].starts_at_ms, T0);
        assert_eq!(history[1].starts_at_ms, 1_803_772_800_000, "28 February");
        assert_eq!(history[2].starts_at_ms, paid_at);
    });
}

#[test]
fn nobody_has_no_history() {
    on_every_backend(|db| {
        let nobody = flx_store::AccountId::new(T0);
        assert!(db.store().usage_history(&nobody, 12, T0).unwrap().is_empty());
    });
}
