//! The demo account: something to try the service with at once.

use flx_keys::{Actor, ApiKey, Keyring, KeyringOptions};
use flx_plans::Tier;
use flx_store::{Email, Store};

use crate::Error;
use crate::clock::now_ms;

/// The demo account's name.
pub const DEMO_EMAIL: &str = "demo@localhost";

/// What came of asking for the demo account.
#[derive(Debug)]
pub enum Demo {
    /// It has a new key, which can be shown this once.
    Created(ApiKey),
    /// It has a key already, which nobody can show again: its masked form.
    Existing(String),
}

/// Makes sure that `demo@localhost` exists, is on the Agency plan and has a key. Blocks.
///
/// # Errors
/// [`Error::Store`] and [`Error::Keys`].
pub fn demo_account(store: &Store) -> Result<Demo, Error> {
    let (by, now) = (Actor::new("flx-server --demo"), now_ms());
    let email: Email = DEMO_EMAIL.parse()?;
    let account = match store.find_account_by_email(&email)? {
        Some(account) => account,
        None => store.create_account(&email, Tier::Agency, &by, now)?,
    };
    // Whoever tries the service shall see all of it.
    store.set_operator(&account.id, true, &by, now)?;
    let keyring = Keyring::new(KeyringOptions::default()).map_err(Error::Keys)?;
    match keyring.generate(store, &account.id.owner(), &by, now) {
        Ok(issued) => Ok(Demo::Created(issued.key)),
        Err(flx_keys::Error::AlreadyActive(masked)) => Ok(Demo::Existing(masked.to_string())),
        Err(error) => Err(Error::Keys(error)),
    }
}
