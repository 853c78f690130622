//! What each presented text costs and answers.

use std::sync::Barrier;
use std::sync::atomic::Ordering;
use std::thread;

use flx_keys::{ApiKey, Error, HashCost, Keyring, KeyringOptions};

use crate::memory::{Memory, ada, admin, keyring};

#[test]
fn malformed_keys_do_not_touch_the_repository() {
    let (rows, keys) = (Memory::default(), keyring());
    for presented in ["", "flx_live_", "flx_live_your_key_here", "Bearer", "\u{0}"] {
        let error = keys.authenticate(presented, &rows).unwrap_err();
        assert!(matches!(error, Error::Malformed) && error.is_unauthorized());
    }
    assert_eq!((rows.reads(), keys.argon2_runs()), (0, 0));
}

#[test]
fn unknown_keys_cost_one_read_and_no_argon2() {
    let (rows, keys) = (Memory::default(), keyring());
    let unknown = ApiKey::generate().unwrap();
    let error = keys.authenticate(unknown.expose(), &rows).unwrap_err();
    assert!(matches!(error, Error::Unknown) && error.is_unauthorized());
    assert_eq!((rows.reads(), keys.argon2_runs()), (1, 0));
}

#[test]
fn argon2_runs_once_per_key_and_process() {
    let (rows, here, there) = (Memory::default(), keyring(), keyring());
    let issued = here.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    for _ in 0..10_000 {
        here.authenticate(issued.key.expose(), &rows).unwrap();
        there.authenticate(issued.key.expose(), &rows).unwrap();
    }
    // The process that made the key ran it for the hash and needs no other run to believe it.
    assert_eq!((here.argon2_runs(), there.argon2_runs()), (1, 1));
}

#[test]
fn argon2_runs_once_for_many_first_requests_at_once() {
    let rows = Memory::default();
    let issued = keyring().generate(&rows, &ada(), &admin(), 1_000).unwrap();
    let (fresh, start) = (keyring(), Barrier::new(32));
    thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                start.wait();
                fresh.authenticate(issued.key.expose(), &rows).unwrap();
            });
        }
    });
    assert_eq!(fresh.argon2_runs(), 1);
}

#[test]
fn a_known_lookup_with_a_wrong_secret_is_wrong_every_time() {
    let (rows, keys) = (Memory::default(), keyring());
    let issued = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    let digit = if issued.key.expose().ends_with('0') { '1' } else { '0' };
    let forged = format!("{}{digit}", &issued.key.expose()[..48]);
    for _ in 0..3 {
        let error = keys.authenticate(&forged, &rows).unwrap_err();
        assert!(matches!(error, Error::Wrong) && error.is_unauthorized());
    }
    assert_eq!(keys.argon2_runs(), 4);
    assert!(keys.authenticate(issued.key.expose(), &rows).is_ok());
}

#[test]
fn an_inactive_key_costs_no_argon2() {
    let (rows, keys, fresh) = (Memory::default(), keyring(), keyring());
    let old = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    keys.revoke(&rows, &ada(), &admin(), 2_000).unwrap();
    assert!(fresh.authenticate(old.key.expose(), &rows).is_err());
    assert_eq!(fresh.argon2_runs(), 0);
}

#[test]
fn a_repository_that_is_away_is_not_an_unknown_key() {
    let (rows, keys) = (Memory::default(), keyring());
    let issued = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    rows.away.store(1, Ordering::SeqCst);
    let error = keys.authenticate(issued.key.expose(), &rows).unwrap_err();
    assert!(matches!(error, Error::Repository(_)) && !error.is_unauthorized());
    let source = std::error::Error::source(&error).unwrap();
    assert_eq!(source.to_string(), "the table is away");
}

#[test]
fn a_small_memory_of_verified_keys_still_answers_right() {
    let options = KeyringOptions::default().with_hash_cost(HashCost::CHEAPEST);
    let keys = Keyring::new(options.with_verified_capacity(0)).unwrap();
    let rows = Memory::default();
    let issued = |name: &str| {
        let owner = flx_keys::OwnerId::new(name);
        keys.generate(&rows, &owner, &admin(), 1_000).unwrap()
    };
    let all: Vec<_> = ["a", "b", "c", "d"].into_iter().map(issued).collect();
    for _ in 0..3 {
        for one in &all {
            let owner = keys.authenticate(one.key.expose(), &rows).unwrap().owner;
            assert_eq!(owner, one.record.owner);
        }
    }
}

#[test]
fn too_many_cold_verifications_are_refused_as_busy() {
    let rows = Memory::default();
    let made = keyring();
    let owners = (0..64).map(|number| flx_keys::OwnerId::new(number.to_string()));
    let issued: Vec<_> =
        owners.map(|owner| made.generate(&rows, &owner, &admin(), 1).unwrap()).collect();
    let options = KeyringOptions::default().with_max_argon2_waiting(0);
    let cold = Keyring::new(options.with_max_argon2_running(1).unwrap()).unwrap();
    let start = Barrier::new(issued.len());
    thread::scope(|scope| {
        for one in &issued {
            let (cold, rows, start) = (&cold, &rows, &start);
            scope.spawn(move || {
                start.wait();
                match cold.authenticate(one.key.expose(), rows) {
                    Ok(record) => assert_eq!(record.owner, one.record.owner),
                    Err(Error::Busy { waiting: 0, limit: 0 }) => {}
                    Err(other) => panic!("{other}"),
                }
            });
        }
    });
}
