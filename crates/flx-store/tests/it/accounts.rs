//! Accounts.

use flx_plans::{Credits, Tier};
use flx_store::{AccountId, Email, StoreError};

use crate::harness::{
    DAY, T0, account, asking, assert_sound, key, on_every_backend, spend, tester, usage, used,
};

#[test]
fn an_account_is_found_however_its_address_is_written() {
    on_every_backend(|db| {
        let store = db.store();
        let email: Email = "Ada@Example.org".parse().unwrap();
        let made = store.create_account(&email, Tier::Pro, &tester(), T0).unwrap();
        let other: Email = " ADA@example.ORG".parse().unwrap();
        assert_eq!(store.find_account_by_email(&other).unwrap(), Some(made.clone()));
        assert_eq!(store.find_account(&made.id).unwrap(), Some(made.clone()));
        let again = store.create_account(&other, Tier::Free, &tester(), T0);
        assert!(matches!(again, Err(StoreError::Conflict { .. })), "{again:?}");
        assert_eq!(store.find_account(&AccountId::new(T0)).unwrap(), None);
    });
}

#[test]
fn accounts_are_listed_by_address_in_pages() {
    on_every_backend(|db| {
        let store = db.store();
        for name in ["c", "a", "e", "b", "d"] {
            let email = format!("{name}@example.org").parse().unwrap();
            store.create_account(&email, Tier::Free, &tester(), T0).unwrap();
        }
        let mut seen = Vec::new();
        let mut after: Option<Email> = None;
        loop {
            let page = store.list_accounts(after.as_ref(), 2).unwrap();
            let Some(last) = page.last() else { break };
            after = Some(last.email.clone());
            seen.extend(page.iter().map(|account| account.email.as_str()[..1].to_owned()));
        }
        assert_eq!(seen, ["a", "b", "c", "d", "e"]);
    });
}

#[test]
fn a_change_of_plan_holds_at_once_and_keeps_what_is_used() {
    on_every_backend(|db| {
        let store = db.store();
        let starter = account(&store, Tier::Starter);
        spend(&store, &starter, 190, T0);
        assert!(store.reserve(&asking(&starter, 11), T0).is_err());
        let pro = store.set_tier(&starter.id, Tier::Pro, &tester(), T0 + DAY).unwrap();
        assert_eq!(pro.anchor_ms, T0, "a second paid plan moves nothing");
        spend(&store, &pro, 11, T0 + DAY);
        let starter = store.set_tier(&pro.id, Tier::Starter, &tester(), T0 + 2 * DAY).unwrap();
        assert_eq!(used(&store, &starter, T0 + 2 * DAY), 201);
        let refused = store.reserve(&asking(&starter, 1), T0 + 2 * DAY);
        assert!(matches!(
            refused,
            Err(StoreError::QuotaExceeded { used: Credits(201), limit: Credits(200), .. })
        ));
        assert_sound(&store);
    });
}

#[test]
fn a_reservation_under_a_plan_that_has_changed_is_refused() {
    on_every_backend(|db| {
        let store = db.store();
        let agency = account(&store, Tier::Agency);
        store.set_tier(&agency.id, Tier::Free, &tester(), T0).unwrap();
        let refused = store.reserve(&asking(&agency, 1), T0);
        assert!(matches!(refused, Err(StoreError::PlanChanged { now: Tier::Free })));
        assert_eq!(used(&store, &agency, T0), 0);
    });
}

#[test]
fn the_first_paid_plan_sets_the_day_of_renewal_and_no_later_one_does() {
    on_every_backend(|db| {
        let store = db.store();
        let free = account(&store, Tier::Free);
        spend(&store, &free, 7, T0);
        let paid_at = T0 + 10 * DAY; // 10 February
        let paid = store.set_tier(&free.id, Tier::Starter, &tester(), paid_at).unwrap();
        assert_eq!((paid.anchor_ms, paid.first_paid_at_ms), (paid_at, Some(paid_at)));
        let now = usage(&store, &paid, paid_at);
        assert_eq!(now.compressions_used, Credits(7), "what is used stays used");
        assert_eq!(now.resets_at_ms, paid_at + 28 * DAY, "10 March");

        store.set_tier(&free.id, Tier::Free, &tester(), paid_at + DAY).unwrap();
        let back = store.set_tier(&free.id, Tier::Pro, &tester(), paid_at + 2 * DAY).unwrap();
        assert_eq!(back.anchor_ms, paid_at);
        let march = usage(&store, &back, paid_at + 28 * DAY);
        assert_eq!(march.compressions_used, Credits(0));
        assert_eq!(march.period_index, now.period_index + 1);
        spend(&store, &back, 1, paid_at + 28 * DAY);
        assert_sound(&store);
    });
}

#[test]
fn a_first_paid_plan_after_months_of_free_use_begins_with_the_month_it_is_in() {
    on_every_backend(|db| {
        let store = db.store();
        let free = account(&store, Tier::Free);
        spend(&store, &free, 20, T0);
        let later = T0 + 100 * DAY;
        let paid = store.set_tier(&free.id, Tier::Starter, &tester(), later).unwrap();
        assert_eq!(used(&store, &paid, later), 0, "the free month's use is months ago");
        spend(&store, &paid, 200, later);
        assert!(store.reserve(&asking(&paid, 1), later + DAY).is_err());
        assert_sound(&store);
    });
}

#[test]
fn a_disabled_account_reserves_nothing_until_it_is_enabled() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let running = store.reserve(&asking(&account, 2), T0).unwrap();
        let disabled = store.disable_account(&account.id, &tester(), T0 + 5).unwrap();
        assert_eq!(disabled.disabled_at_ms, Some(T0 + 5));
        let again = store.disable_account(&account.id, &tester(), T0 + 9).unwrap();
        assert_eq!(again.disabled_at_ms, Some(T0 + 5), "the first moment counts");
        let refused = store.reserve(&asking(&account, 1), T0 + 10);
        assert!(matches!(refused, Err(StoreError::KeyNotLive)), "{refused:?}");
        let _ = store.settle(&running.id, Credits(2), T0 + 11).unwrap();
        assert!(!store.enable_account(&account.id, &tester(), T0 + 12).unwrap().is_disabled());
        spend(&store, &account, 1, T0 + 13);
        assert_eq!(used(&store, &account, T0 + 14), 3);
    });
}

#[test]
fn deleting_an_account_takes_everything_but_the_log() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        key(&store, &account);
        spend(&store, &account, 3, T0);
        let running = store.reserve(&asking(&account, 1), T0).unwrap();
        store.add_ai_credits(&account.id, Credits(50), &tester(), T0).unwrap();
        store.delete_account(&account.id, &tester(), T0 + 1).unwrap();
        for table in ["accounts", "api_keys", "usage_periods", "reservations", "ledger"] {
            assert_eq!(db.count(table), 0, "{table}");
        }
        let log = store.audit_entries(Some(account.email.as_str()), 10).unwrap();
        assert_eq!(log.first().unwrap().action, "account.delete");
        assert_eq!(log.len(), 4);

        let late = store.settle(&running.id, Credits(1), T0 + 2);
        assert!(matches!(late, Err(StoreError::NotFound { what: "reservation" })));
        let refused = store.reserve(&asking(&account, 1), T0 + 2);
        assert!(matches!(refused, Err(StoreError::KeyNotLive)));
        let again = store.delete_account(&account.id, &tester(), T0 + 3);
        assert!(matches!(again, Err(StoreError::NotFound { .. })));
        store.create_account(&account.email, Tier::Free, &tester(), T0 + 4).unwrap();
        assert_sound(&store);
    });
}

#[test]
fn changes_of_an_unknown_account_are_refused() {
    on_every_backend(|db| {
        let store = db.store();
        let nobody = AccountId::new(T0);
        let not_found = |error: StoreError| {
            assert!(matches!(error, StoreError::NotFound { what: "account" }), "{error:?}");
        };
        not_found(store.set_tier(&nobody, Tier::Pro, &tester(), T0).unwrap_err());
        not_found(store.disable_account(&nobody, &tester(), T0).unwrap_err());
        not_found(store.enable_account(&nobody, &tester(), T0).unwrap_err());
        not_found(store.add_ai_credits(&nobody, Credits(1), &tester(), T0).unwrap_err());
        assert!(store.usage(&nobody, T0).unwrap().is_none());
        assert_eq!(store.audit_entries(None, 10).unwrap(), []);
    });
}

#[test]
fn accounts_are_searched_by_any_part_of_their_address() {
    on_every_backend(|db| {
        let store = db.store();
        for email in ["ada@example.org", "bob_b@example.org", "bob%b@example.net"] {
            store.create_account(&email.parse().unwrap(), Tier::Pro, &tester(), T0).unwrap();
        }
        let found = |part: &str, after: Option<&str>, limit| {
            let after = after.map(|after| after.parse().unwrap());
            let found = store.search_accounts(part, after.as_ref(), limit, T0).unwrap();
            found.into_iter().map(|(account, _)| account.email.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found("", None, 2), ["ada@example.org", "bob%b@example.net"]);
        assert_eq!(found("", Some("bob%b@example.net"), 2), ["bob_b@example.org"]);
        assert_eq!(found("example.org", None, 9), ["ada@example.org", "bob_b@example.org"]);
        assert_eq!(found("b_b", None, 9), ["bob_b@example.org"], "no wildcard");
        assert_eq!(found("%", None, 9), ["bob%b@example.net"]);
        assert!(found("nobody", None, 9).is_empty());
    });
}
