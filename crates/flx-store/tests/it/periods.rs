//! Billing periods in the books.

use flx_plans::{Credits, Tier};
use flx_store::Settlement;

use crate::harness::{
    DAY, T0, account, account_at, asking, assert_sound, on_every_backend, spend, usage, used,
};

#[test]
fn every_month_begins_unused_on_the_anchors_day() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Starter);
        // 31 January, then the last of February, 31 March, 30 April, 31 May of 2027.
        let starts = [0, 28, 59, 89, 120].map(|days| T0 + days * DAY);
        for (index, pair) in starts.windows(2).enumerate() {
            let (start, end) = (pair[0], pair[1]);
            let seen = usage(&store, &account, start);
            assert_eq!(seen.period_index, i64::try_from(index).unwrap());
            assert_eq!((seen.starts_at_ms, seen.resets_at_ms), (start, end));
            assert_eq!(seen.compressions_used, Credits(0));
            spend(&store, &account, 200, start);
            assert!(store.reserve(&asking(&account, 1), end - 1).is_err());
        }
        assert_sound(&store);
    });
}

#[test]
fn a_settle_after_the_months_end_counts_in_the_month_of_its_reservation() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Starter);
        let end = T0 + 28 * DAY;
        let reservation = store.reserve(&asking(&account, 10), end - 1).unwrap();
        spend(&store, &account, 5, end);
        let settled = store.settle(&reservation.id, Credits(7), end + 1).unwrap();
        assert!(matches!(settled, Settlement::Done { used: Credits(7), .. }), "{settled:?}");
        assert_eq!(used(&store, &account, end + 1), 5);
        assert_sound(&store);
    });
}

#[test]
fn a_clock_set_back_grants_nothing() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Starter);
        let later = T0 + 35 * DAY;
        spend(&store, &account, 150, T0);
        spend(&store, &account, 190, later);
        for back in [T0, T0 - 31 * DAY, T0 - 400 * DAY, 0] {
            assert_eq!(used(&store, &account, back), 190);
            assert!(store.reserve(&asking(&account, 11), back).is_err());
        }
        spend(&store, &account, 10, T0);
        assert!(store.reserve(&asking(&account, 1), T0).is_err());
        assert_eq!(used(&store, &account, later), 200);
        assert_eq!(usage(&store, &account, T0 + 60 * DAY).compressions_used, Credits(0));
        assert_sound(&store);
    });
}

#[test]
fn a_clock_that_jumps_ahead_and_back_grants_one_month_at_most_once() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Starter);
        spend(&store, &account, 200, T0);
        let mut granted = 0;
        for now in [31, 0, 31, 0, 31, 1, 30].map(|days| T0 + days * DAY) {
            while store.reserve(&asking(&account, 100), now).is_ok() {
                granted += 100;
            }
        }
        assert_eq!(granted, 200, "the second month's credits, once");
        assert_sound(&store);
    });
}

#[test]
fn months_without_use_leave_no_rows() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Starter);
        spend(&store, &account, 1, T0 + 3_650 * DAY);
        assert_eq!(db.count("usage_periods"), 2);
        assert_eq!(usage(&store, &account, T0 + 3_650 * DAY).period_index, 119);
        assert_sound(&store);
    });
}

#[test]
fn an_anchor_of_29_february_renews_on_the_28th_and_comes_back() {
    on_every_backend(|db| {
        let store = db.store();
        let leap_day = 1_835_395_200_000; // 29 February 2028
        let account = account_at(&store, Tier::Starter, leap_day);
        let next_year = usage(&store, &account, leap_day + 365 * DAY);
        assert_eq!(next_year.starts_at_ms, leap_day + 365 * DAY, "28 February 2029");
        assert_eq!(next_year.resets_at_ms, leap_day + (365 + 29) * DAY, "29 March 2029");
    });
}

#[test]
fn impossible_times_are_errors_not_panics() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Starter);
        for now in [i64::MIN, i64::MAX] {
            let _ = store.reserve(&asking(&account, 1), now);
            let _ = store.usage(&account.id, now);
            let _ = store.sweep_expired_reservations(now);
        }
        assert!(store.usage(&account.id, i64::MAX).is_err());
        assert_sound(&store);
    });
}
