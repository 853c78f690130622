//! Generate, roll, revoke.

use std::sync::atomic::Ordering;

use flx_keys::{Actor, Error, KeyState, OwnerId};

use crate::memory::{Memory, ada, admin, keyring};

#[test]
fn a_generated_key_opens_the_service() {
    let (rows, keys) = (Memory::default(), keyring());
    let issued = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    let record = keys.authenticate(issued.key.expose(), &rows).unwrap();
    assert_eq!(record, issued.record);
    assert_eq!((record.owner, record.generation, record.state), (ada(), 1, KeyState::Active));
    assert_eq!(record.masked, issued.key.mask());
}

#[test]
fn a_second_key_is_refused_while_one_is_active_and_costs_no_argon2() {
    let (rows, keys) = (Memory::default(), keyring());
    let first = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    let runs = keys.argon2_runs();
    let error = keys.generate(&rows, &ada(), &admin(), 2_000).unwrap_err();
    assert!(matches!(&error, Error::AlreadyActive(masked) if *masked == first.record.masked));
    assert!(error.to_string().contains(first.record.masked.as_str()));
    assert_eq!(keys.argon2_runs(), runs);
}

#[test]
fn two_owners_have_a_key_each() {
    let (rows, keys) = (Memory::default(), keyring());
    let grace = OwnerId::new("grace");
    let of_ada = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    let of_grace = keys.generate(&rows, &grace, &admin(), 1_000).unwrap();
    assert_eq!(keys.authenticate(of_ada.key.expose(), &rows).unwrap().owner, ada());
    assert_eq!(keys.authenticate(of_grace.key.expose(), &rows).unwrap().owner, grace);
}

#[test]
fn rolled_key_is_refused_at_once() {
    let (rows, keys) = (Memory::default(), keyring());
    let old = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    keys.authenticate(old.key.expose(), &rows).unwrap();
    let new = keys.roll(&rows, &ada(), &admin(), 2_000).unwrap();
    let error = keys.authenticate(old.key.expose(), &rows).unwrap_err();
    assert!(matches!(error, Error::Inactive(KeyState::Rolled)));
    assert!(error.is_unauthorized());
    assert_eq!(keys.authenticate(new.key.expose(), &rows).unwrap().generation, 2);
}

#[test]
fn a_roll_in_one_process_is_seen_by_another() {
    let (rows, here, there) = (Memory::default(), keyring(), keyring());
    let old = here.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    there.authenticate(old.key.expose(), &rows).unwrap();
    here.roll(&rows, &ada(), &admin(), 2_000).unwrap();
    assert!(there.authenticate(old.key.expose(), &rows).is_err());
}

#[test]
fn a_roll_records_who_and_when() {
    let (rows, keys) = (Memory::default(), keyring());
    keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    keys.roll(&rows, &ada(), &Actor::new("dashboard"), 2_000).unwrap();
    let history = rows.rows();
    assert_eq!(history[0].ended_at_ms, Some(2_000));
    assert_eq!(history[0].ended_by, Some(Actor::new("dashboard")));
    assert_eq!(history[1].created_by, Actor::new("dashboard"));
}

#[test]
fn a_roll_from_what_is_no_longer_active_is_a_conflict() {
    let (rows, keys) = (Memory::default(), keyring());
    let seen = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap().record;
    keys.roll(&rows, &ada(), &admin(), 2_000).unwrap();
    let error = keys.roll_from(&rows, &seen, &admin(), 3_000).unwrap_err();
    assert!(matches!(error, Error::Conflict));
    assert_eq!(rows.rows().len(), 2);
}

#[test]
fn a_revoke_of_what_is_no_longer_active_is_a_conflict() {
    let (rows, keys) = (Memory::default(), keyring());
    let seen = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap().record;
    let new = keys.roll(&rows, &ada(), &admin(), 2_000).unwrap();
    let error = keys.revoke_from(&rows, &seen, &admin(), 3_000).unwrap_err();
    assert!(matches!(error, Error::Conflict));
    assert!(keys.authenticate(new.key.expose(), &rows).is_ok());
}

#[test]
fn nothing_to_roll_or_revoke_is_said() {
    let (rows, keys) = (Memory::default(), keyring());
    assert!(matches!(keys.roll(&rows, &ada(), &admin(), 1), Err(Error::NoActiveKey)));
    assert!(matches!(keys.revoke(&rows, &ada(), &admin(), 1), Err(Error::NoActiveKey)));
}

#[test]
fn revoked_key_is_refused_and_a_new_one_can_be_generated() {
    let (rows, keys) = (Memory::default(), keyring());
    let old = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    let revoked = keys.revoke(&rows, &ada(), &admin(), 2_000).unwrap();
    assert_eq!((revoked.state, revoked.ended_at_ms), (KeyState::Revoked, Some(2_000)));
    let error = keys.authenticate(old.key.expose(), &rows).unwrap_err();
    assert!(matches!(error, Error::Inactive(KeyState::Revoked)));
    let new = keys.generate(&rows, &ada(), &admin(), 3_000).unwrap();
    assert_eq!(new.record.generation, 2);
    assert!(keys.authenticate(new.key.expose(), &rows).is_ok());
}

#[test]
fn a_taken_lookup_leads_to_another_key() {
    let (rows, keys) = (Memory::default(), keyring());
    rows.collisions.store(3, Ordering::SeqCst);
    let issued = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    assert!(keys.authenticate(issued.key.expose(), &rows).is_ok());
    assert_eq!(rows.rows().len(), 1);
}

#[test]
fn lookups_that_are_always_taken_end_in_an_error() {
    let (rows, keys) = (Memory::default(), keyring());
    rows.collisions.store(1_000, Ordering::SeqCst);
    let error = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap_err();
    assert!(matches!(error, Error::LookupsExhausted(20)));
}
