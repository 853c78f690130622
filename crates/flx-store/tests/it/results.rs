//! Results and their end.

use flx_plans::{Credits, Tier};
use flx_store::{NewResult, ResultId, Settlement, StoreError};

use crate::harness::{MINUTE, T0, account, asking, assert_sound, on_every_backend, tester, used};

fn result(name: &str, expires_at_ms: i64) -> NewResult {
    let id = ResultId::new(T0);
    NewResult {
        session_id: "s1".to_owned(),
        name: name.to_owned(),
        media_type: "image/webp".to_owned(),
        size_bytes: 4_096,
        object_key: id.to_string(),
        created_at_ms: T0,
        expires_at_ms,
        id,
    }
}

#[test]
fn results_are_stored_with_their_settle() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        let reservation = store.reserve(&asking(&account, 2), T0).unwrap();
        let results = [result("a.webp", T0 + MINUTE), result("b.webp", T0 + MINUTE)];
        let settled = store.settle_with_results(&reservation.id, Credits(2), &results, T0).unwrap();
        assert!(matches!(settled, Settlement::Done { .. }));
        let found = store.find_result(&results[1].id).unwrap().unwrap();
        assert_eq!((found.account, found.result), (account.id, results[1].clone()));
        assert!(store.find_result(&ResultId::new(T0)).unwrap().is_none());
    });
}

#[test]
fn what_is_not_charged_leaves_no_result() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        let results = [result("a.webp", T0 + MINUTE)];
        let reservation = store.reserve(&asking(&account, 1), T0).unwrap();
        let _ = store.release(&reservation.id, T0).unwrap();
        let settled = store.settle_with_results(&reservation.id, Credits(1), &results, T0).unwrap();
        assert!(matches!(settled, Settlement::Already { .. }));
        assert_eq!(db.count("results"), 0);
    });
}

#[test]
fn a_result_that_cannot_be_stored_undoes_the_charge() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        let reservation = store.reserve(&asking(&account, 2), T0).unwrap();
        let one = result("a.webp", T0 + MINUTE);
        let twice = [one.clone(), one];
        let refused = store.settle_with_results(&reservation.id, Credits(2), &twice, T0);
        assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
        assert_eq!(db.count("results") + db.count("ledger"), 0);
        let _ = store.release(&reservation.id, T0).unwrap();
        assert_eq!(used(&store, &account, T0), 0);
        assert_sound(&store);
    });
}

#[test]
fn expired_results_come_oldest_first_and_go_by_id() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        let reservation = store.reserve(&asking(&account, 3), T0).unwrap();
        let results = [30, 10, 20].map(|at| result(&at.to_string(), T0 + at));
        let _ = store.settle_with_results(&reservation.id, Credits(3), &results, T0).unwrap();
        assert_eq!(store.expired_results(T0 + 9, None, 10).unwrap(), []);
        let expired = store.expired_results(T0 + 20, None, 10).unwrap();
        let names: Vec<_> = expired.iter().map(|r| r.result.name.as_str()).collect();
        assert_eq!(names, ["10", "20"]);
        let first = store.expired_results(T0 + 99, None, 1).unwrap();
        assert_eq!(first.len(), 1);
        let behind = store.expired_results(T0 + 99, first.first(), 10).unwrap();
        assert!(!behind.contains(&first[0]), "one that cannot be removed holds up nobody");
        let ids: Vec<_> = expired.into_iter().map(|r| r.result.id).collect();
        assert_eq!(store.delete_results(&ids).unwrap(), 2);
        assert_eq!(store.delete_results(&ids).unwrap(), 0);
        assert_eq!(store.delete_results(&[]).unwrap(), 0);
        assert_eq!(db.count("results"), 1);
    });
}

#[test]
fn a_deleted_accounts_results_expire_at_once_and_keep_their_file_names() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        let reservation = store.reserve(&asking(&account, 1), T0).unwrap();
        let kept = result("a.webp", T0 + MINUTE);
        let _ = store
            .settle_with_results(&reservation.id, Credits(1), std::slice::from_ref(&kept), T0)
            .unwrap();
        store.delete_account(&account.id, &tester(), T0 + 1).unwrap();
        let expired = store.expired_results(T0 + 1, None, 10).unwrap();
        assert_eq!(expired.len(), 1);
        assert_eq!(expired[0].result.object_key, kept.object_key);
    });
}

#[test]
fn files_that_no_row_names_are_told() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Agency);
        let reservation = store.reserve(&asking(&account, 1), T0).unwrap();
        let kept = result("a.webp", T0 + MINUTE);
        let _ = store
            .settle_with_results(&reservation.id, Credits(1), std::slice::from_ref(&kept), T0)
            .unwrap();
        let mut keys: Vec<String> = (0..1_200).map(|n| format!("orphan-{n}")).collect();
        keys.insert(600, kept.object_key);
        let unknown = store.unknown_object_keys(&keys).unwrap();
        assert_eq!(unknown.len(), 1_200);
        assert!(unknown.iter().all(|key| key.starts_with("orphan-")));
    });
}
