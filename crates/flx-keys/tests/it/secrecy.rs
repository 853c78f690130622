//! Nothing but `expose` shows a key.

use flx_keys::{ApiKey, Error, KeyState};

use crate::memory::{Memory, ada, admin, keyring};

#[test]
fn no_debug_output_holds_the_key_or_its_hash() {
    let (rows, keys) = (Memory::default(), keyring());
    let issued = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    let shown = format!("{issued:?} {keys:?} {:?}", rows.rows());
    assert!(!shown.contains(issued.key.expose()));
    // Beyond the lookup, which is public, no run of the digits may appear.
    assert!(!shown.contains(&issued.key.expose()[25..45]));
    assert!(!shown.contains(issued.record.hash.as_phc()));
}

#[test]
fn no_error_holds_what_was_presented() {
    let (rows, keys) = (Memory::default(), keyring());
    let issued = keys.generate(&rows, &ada(), &admin(), 1_000).unwrap();
    let unknown = ApiKey::generate().unwrap();
    let broken = "flx_live_NOTAKEY_but_secret";
    let forged = issued.key.expose().replace(&issued.key.expose()[30..], "0000000000000000000");
    for presented in [unknown.expose(), broken, &forged] {
        let error = keys.authenticate(presented, &rows).unwrap_err();
        let shown = format!("{error} {error:?}");
        assert!(!shown.contains(presented), "{shown}");
        assert!(!shown.contains(&presented[9..20]), "{shown}");
    }
}

#[test]
fn every_message_is_a_sentence_without_secrets() {
    let inactive = Error::Inactive(KeyState::Rolled).to_string();
    assert_eq!(inactive, "the API key is rolled, no longer active");
    let busy = Error::Busy { waiting: 256, limit: 256 }.to_string();
    assert_eq!(busy, "256 key verifications are already waiting, the limit is 256");
}
