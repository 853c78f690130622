//! Many at once: threads of one handle, and several handles on one file as several processes.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

use flx_keys::Error;
use flx_plans::{Credits, Tier};
use flx_store::{Settlement, Store, StoreError};

use crate::harness::{
    T0, TestDb, account, asking, assert_sound, key, keyring, on_every_backend, tester, used,
};

/// Runs `task` on `count` threads at once; odd and even ones use different handles.
fn at_once<T: Send>(db: &TestDb, count: usize, task: impl Fn(&Store, usize) -> T + Sync) -> Vec<T> {
    let stores = [db.store(), db.store()];
    let barrier = Barrier::new(count);
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..count)
            .map(|index| {
                let (barrier, task, store) = (&barrier, &task, &stores[index % 2]);
                scope.spawn(move || {
                    barrier.wait();
                    task(store, index)
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn no_credit_is_granted_twice_under_contention() {
    on_every_backend(|db| {
        let account = account(&db.store(), Tier::Starter);
        let granted = AtomicU32::new(0);
        at_once(db, 8, |store, _| {
            loop {
                match store.reserve(&asking(&account, 3), T0) {
                    Ok(reservation) => {
                        granted.fetch_add(3, Ordering::Relaxed);
                        let _ = store.settle(&reservation.id, Credits(3), T0).unwrap();
                    }
                    Err(StoreError::QuotaExceeded { .. }) => return,
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
        assert_eq!(granted.into_inner(), 198);
        let store = db.store();
        assert_eq!(used(&store, &account, T0), 198);
        assert_sound(&store);
    });
}

#[test]
fn a_month_that_begins_under_contention_is_entered_once() {
    on_every_backend(|db| {
        let account = account(&db.store(), Tier::Starter);
        let later = T0 + 40 * crate::harness::DAY;
        at_once(db, 8, |store, _| {
            let reservation = store.reserve(&asking(&account, 5), later).unwrap();
            let _ = store.settle(&reservation.id, Credits(4), later).unwrap();
        });
        let store = db.store();
        assert_eq!(used(&store, &account, later), 32);
        assert_eq!(db.count("usage_periods"), 2);
        assert_sound(&store);
    });
}

#[test]
fn a_sweep_and_a_late_settle_have_one_winner() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        for _ in 0..60 {
            let before = used(&store, &account, T0);
            let reservation = store.reserve(&asking(&account, 3).with_lease_ms(1), T0).unwrap();
            let outcomes = at_once(db, 2, |store, index| {
                if index == 0 {
                    let settled = store.settle(&reservation.id, Credits(3), T0 + 1).unwrap();
                    matches!(settled, Settlement::Done { .. })
                } else {
                    store.sweep_expired_reservations(T0 + 1).unwrap().reservations == 1
                }
            });
            assert_eq!(outcomes.iter().filter(|won| **won).count(), 1);
            let charged = if outcomes[0] { 3 } else { 0 };
            assert_eq!(used(&store, &account, T0), before + charged);
        }
        assert_sound(&store);
    });
}

#[test]
fn settles_and_releases_of_one_reservation_have_one_winner() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        for _ in 0..20 {
            let reservation = store.reserve(&asking(&account, 5), T0).unwrap();
            let won = at_once(db, 4, |store, index| {
                let settlement = if index < 2 {
                    store.settle(&reservation.id, Credits(2), T0)
                } else {
                    store.release(&reservation.id, T0)
                };
                matches!(settlement.unwrap(), Settlement::Done { .. })
            });
            assert_eq!(won.iter().filter(|won| **won).count(), 1);
        }
        assert_eq!(db.count("ledger"), 20);
        assert_sound(&store);
    });
}

#[test]
fn of_rolls_at_once_exactly_one_wins() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let ring = keyring();
        let mut active = key(&store, &account).record;
        for round in 0..30 {
            let outcomes =
                at_once(db, 3, |store, _| ring.roll_from(store, &active, &tester(), T0 + round));
            let mut won: Vec<_> = Vec::new();
            for outcome in outcomes {
                match outcome {
                    Ok(issued) => won.push(issued.record),
                    Err(Error::Conflict) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
            assert_eq!(won.len(), 1, "round {round}");
            active = won.remove(0);
        }
        assert_eq!(store.key_history(&account.id).unwrap().len(), 31);
        assert_sound(&store);
    });
}

#[test]
fn of_first_keys_at_once_exactly_one_is_made() {
    on_every_backend(|db| {
        let account = account(&db.store(), Tier::Pro);
        let ring = keyring();
        let made = at_once(db, 4, |store, _| {
            ring.generate(store, &account.id.owner(), &tester(), T0).is_ok()
        });
        assert_eq!(made.iter().filter(|made| **made).count(), 1);
        assert_eq!(db.count("api_keys"), 1);
    });
}

#[test]
fn no_reservation_is_granted_to_a_key_after_its_roll() {
    on_every_backend(|db| {
        let account = account(&db.store(), Tier::Pro);
        let old = key(&db.store(), &account).record;
        let ring = keyring();
        let rolled = AtomicU32::new(0);
        let late = at_once(db, 4, |store, index| {
            if index == 0 {
                std::thread::sleep(std::time::Duration::from_millis(20));
                ring.roll(store, &account.id.owner(), &tester(), T0).unwrap();
                rolled.store(1, Ordering::SeqCst);
                return 0;
            }
            let request = asking(&account, 1).with_key(old.id.clone());
            let start = std::time::Instant::now();
            while start.elapsed().as_secs() < 60 {
                // Whoever never pauses may keep the roll from its turn.
                std::thread::sleep(std::time::Duration::from_millis(1));
                let after_roll = rolled.load(Ordering::SeqCst);
                match store.reserve(&request, T0) {
                    Ok(_) => assert_eq!(after_roll, 0, "granted after the commit of the roll"),
                    Err(StoreError::KeyNotLive) => return 1,
                    Err(error) => panic!("{error:?}"),
                }
            }
            panic!("the roll was never seen");
        });
        assert_eq!(late.iter().sum::<i32>(), 3);
    });
}

#[test]
fn a_rotated_signing_secret_is_another_one_and_in_the_audit_log() {
    on_every_backend(|db| {
        let store = db.store();
        let first = store.signing_secret().unwrap();
        let second = store.rotate_signing_secret(&tester(), T0).unwrap();
        assert_ne!(second, first);
        assert_eq!(db.store().signing_secret().unwrap(), second);
        assert_eq!(store.audit_entries(None, 1).unwrap()[0].action, "link-secret.rotate");
    });
}

#[test]
fn the_first_signing_secret_is_everybodys() {
    on_every_backend(|db| {
        let secrets = at_once(db, 6, |store, _| store.signing_secret().unwrap());
        assert!(secrets.iter().all(|secret| secret == &secrets[0]));
        assert_eq!(db.store().signing_secret().unwrap(), secrets[0], "and stays so");
        assert_ne!(secrets[0].expose(), &[0; 32]);
        assert_eq!(format!("{:?}", secrets[0]), "SigningSecret(..)");
    });
}

#[test]
fn one_address_makes_one_account() {
    on_every_backend(|db| {
        let email = "ada@example.org".parse().unwrap();
        let made = at_once(db, 4, |store, _| {
            store.create_account(&email, Tier::Pro, &tester(), T0).is_ok()
        });
        assert_eq!(made.iter().filter(|made| **made).count(), 1);
        assert_sound(&db.store());
    });
}

#[test]
fn plan_changes_and_charges_at_once_keep_the_books() {
    on_every_backend(|db| {
        let free = account(&db.store(), Tier::Free);
        at_once(db, 4, |store, index| {
            for round in 0..20 {
                let now = T0 + round * crate::harness::DAY;
                if index == 0 {
                    let tier = Tier::ALL[usize::try_from(round).unwrap() % 4];
                    store.set_tier(&free.id, tier, &tester(), now).unwrap();
                    continue;
                }
                let seen = store.find_account(&free.id).unwrap().unwrap();
                match store.reserve(&asking(&seen, 2), now) {
                    Ok(reservation) => {
                        let _ = store.settle(&reservation.id, Credits(1), now).unwrap();
                    }
                    Err(StoreError::PlanChanged { .. } | StoreError::QuotaExceeded { .. }) => {}
                    Err(error) => panic!("{error:?}"),
                }
            }
        });
        assert_sound(&db.store());
    });
}
