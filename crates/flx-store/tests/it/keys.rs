//! Keys: flx-keys on this store.

use flx_keys::{Error, KeyRepository, KeyState, NewKey, Written};
use flx_plans::Tier;
use flx_store::{AccountId, StoreError};

use crate::harness::{MINUTE, T0, account, asking, key, keyring, on_every_backend, spend, tester};

#[test]
fn an_account_has_one_active_key_and_a_history() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let (ring, owner) = (keyring(), account.id.owner());
        let first = ring.generate(&store, &owner, &tester(), T0).unwrap();
        let second = ring.generate(&store, &owner, &tester(), T0);
        assert!(matches!(second, Err(Error::AlreadyActive(_))), "{second:?}");
        let rolled = ring.roll(&store, &owner, &tester(), T0 + 10).unwrap();
        ring.revoke(&store, &owner, &tester(), T0 + 20).unwrap();
        let third = ring.generate(&store, &owner, &tester(), T0 + 30).unwrap();

        let history = store.key_history(&account.id).unwrap();
        let told: Vec<_> = history
            .iter()
            .map(|key| (key.generation, key.state, key.created_at_ms, key.ended_at_ms))
            .collect();
        assert_eq!(
            told,
            [
                (3, KeyState::Active, T0 + 30, None),
                (2, KeyState::Revoked, T0 + 10, Some(T0 + 20)),
                (1, KeyState::Rolled, T0, Some(T0 + 10)),
            ]
        );
        assert_eq!(history[2].ended_by, Some(tester()));
        assert_eq!(history[1].id, rolled.record.id);
        assert_eq!(store.active_of_owner(&owner).unwrap(), Some(third.record));
        let found = store.find_by_lookup(&first.record.lookup).unwrap().unwrap();
        assert_eq!(found.state, KeyState::Rolled);
    });
}

#[test]
fn a_rolled_key_is_refused_at_once_by_another_handle() {
    on_every_backend(|db| {
        let (server, admin) = (db.store(), db.store());
        let account = account(&server, Tier::Pro);
        let old = key(&server, &account);
        let request = asking(&account, 1).with_key(old.record.id.clone());
        let running = server.reserve(&request, T0).unwrap();
        let new = keyring().roll(&admin, &account.id.owner(), &tester(), T0 + 1).unwrap();

        let seen = server.find_key_holder(&old.record.lookup, T0 + 2).unwrap().unwrap();
        assert_eq!(seen.key.state, KeyState::Rolled);
        let refused = server.reserve(&request, T0 + 2);
        assert!(matches!(refused, Err(StoreError::KeyNotLive)), "{refused:?}");
        let _ = server.settle(&running.id, flx_plans::Credits(1), T0 + 3).unwrap();
        let request = asking(&account, 1).with_key(new.record.id);
        let _ = server.reserve(&request, T0 + 4).unwrap();
    });
}

#[test]
fn a_key_of_another_account_reserves_nothing() {
    on_every_backend(|db| {
        let store = db.store();
        let (ada, eve) = (account(&store, Tier::Pro), account(&store, Tier::Pro));
        let key = key(&store, &ada);
        let refused = store.reserve(&asking(&eve, 1).with_key(key.record.id), T0);
        assert!(matches!(refused, Err(StoreError::KeyNotLive)));
    });
}

#[test]
fn one_read_gives_key_account_and_usage() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let key = key(&store, &account);
        spend(&store, &account, 5, T0);
        let holder = store.find_key_holder(&key.record.lookup, T0 + 1).unwrap().unwrap();
        assert_eq!(holder.key, key.record);
        assert_eq!(holder.account, account);
        assert_eq!(holder.usage, store.usage(&account.id, T0 + 1).unwrap().unwrap());
        assert_eq!(holder.usage.compressions_used.get(), 5);
        keyring().verify(&key.key, &holder.key).unwrap();
        let unknown = flx_keys::Lookup::parse("000000000000").unwrap();
        assert!(store.find_key_holder(&unknown, T0).unwrap().is_none());
    });
}

#[test]
fn the_last_use_is_written_at_most_once_a_minute() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let key = key(&store, &account).record;
        let seen = || store.find_by_lookup(&key.lookup).unwrap().unwrap();
        assert_eq!(seen().last_used_at_ms, None);
        assert!(store.note_key_use(&key, T0).unwrap());
        assert!(!store.note_key_use(&key, T0 + 1).unwrap(), "read before the first use");
        assert!(!store.note_key_use(&seen(), T0 + MINUTE - 1).unwrap());
        assert_eq!(seen().last_used_at_ms, Some(T0));
        assert!(store.note_key_use(&seen(), T0 + MINUTE).unwrap());
        assert!(!store.note_key_use(&seen(), T0 - MINUTE).unwrap(), "a clock set back");
        assert_eq!(seen().last_used_at_ms, Some(T0 + MINUTE));
    });
}

#[test]
fn a_taken_lookup_is_told_and_ends_nothing() {
    on_every_backend(|db| {
        let store = db.store();
        let (ada, eve) = (account(&store, Tier::Pro), account(&store, Tier::Pro));
        let (of_ada, of_eve) = (key(&store, &ada).record, key(&store, &eve).record);
        let new = NewKey {
            owner: ada.id.owner(),
            lookup: of_eve.lookup.clone(),
            masked: of_eve.masked.clone(),
            hash: of_eve.hash.clone(),
        };
        let written = store.replace_active(&of_ada, &new, &tester(), T0).unwrap();
        assert_eq!(written, Written::LookupTaken);
        assert_eq!(store.active_of_owner(&ada.id.owner()).unwrap(), Some(of_ada));
    });
}

#[test]
fn a_key_needs_an_account() {
    on_every_backend(|db| {
        let store = db.store();
        let nobody = AccountId::new(T0).owner();
        let refused = keyring().generate(&store, &nobody, &tester(), T0);
        assert!(matches!(refused, Err(Error::Repository(_))), "{refused:?}");
        assert_eq!(db.count("api_keys"), 0);
    });
}

#[test]
fn neither_the_raw_key_nor_more_than_its_hash_reaches_the_disk() {
    on_every_backend(|db| {
        let store = db.store();
        let account = account(&store, Tier::Pro);
        let issued = key(&store, &account);
        let rolled = keyring().roll(&store, &account.id.owner(), &tester(), T0).unwrap();
        store.backup(&db.path("copy.db")).unwrap();
        for raw in [issued.key.expose(), rolled.key.expose()] {
            let secret_part = &raw.as_bytes()[raw.len() - 28..];
            for file in ["flx.db", "flx.db-wal", "copy.db"] {
                let bytes = std::fs::read(db.path(file)).unwrap();
                assert!(!bytes.windows(28).any(|part| part == secret_part), "{file}");
            }
        }
    });
}
