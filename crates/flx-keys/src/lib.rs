//! API keys of the form `flx_live_` + 40 hexadecimal digits, through their whole life: generate, parse, mask,
//! hash, authenticate, roll, revoke. And what people have instead: [`Password`]s, and [`Token`]s of browser
//! sessions and one-time links.
//!
//! The crate knows neither a database nor HTTP nor the clock. A service implements [`KeyRepository`] on a store
//! of its own and asks a [`Keyring`]. argon2id guards what is stored, yet a request costs microseconds, because
//! a key verified once in a process is believed as long as its row still carries the same hash.
//!
//! ```
//! use std::cell::RefCell;
//! use std::convert::Infallible;
//!
//! use flx_keys::*;
//!
//! /// All keys in memory; a database would do each write in one transaction.
//! #[derive(Default)]
//! struct Memory(RefCell<Vec<KeyRecord>>);
//!
//! impl Memory {
//!     fn add(&self, key: &NewKey, by: &Actor, now_ms: i64) -> Written {
//!         let mut rows = self.0.borrow_mut();
//!         if rows.iter().any(|row| row.lookup == key.lookup) {
//!             return Written::LookupTaken;
//!         }
//!         let generation = rows.iter().filter(|row| row.owner == key.owner).count() as u32 + 1;
//!         let record = KeyRecord {
//!             id: KeyId::new(format!("key-{}", rows.len())),
//!             owner: key.owner.clone(),
//!             lookup: key.lookup.clone(),
//!             masked: key.masked.clone(),
//!             hash: key.hash.clone(),
//!             state: KeyState::Active,
//!             generation,
//!             created_at_ms: now_ms,
//!             created_by: by.clone(),
//!             last_used_at_ms: None,
//!             ended_at_ms: None,
//!             ended_by: None,
//!         };
//!         rows.push(record.clone());
//!         Written::Stored(record)
//!     }
//!
//!     fn end(&self, old: &KeyRecord, state: KeyState, by: &Actor, now_ms: i64) -> Written {
//!         let mut rows = self.0.borrow_mut();
//!         let guard = |row: &&mut KeyRecord| {
//!             row.id == old.id && row.generation == old.generation && row.state == KeyState::Active
//!         };
//!         let Some(row) = rows.iter_mut().find(guard) else {
//!             return Written::Conflict;
//!         };
//!         row.state = state;
//!         row.ended_at_ms = Some(now_ms);
//!         row.ended_by = Some(by.clone());
//!         Written::Stored(row.clone())
//!     }
//! }
//!
//! impl KeyRepository for Memory {
//!     type Error = Infallible;
//!
//!     fn find_by_lookup(&self, lookup: &Lookup) -> Result<Option<KeyRecord>, Infallible> {
//!         Ok(self.0.borrow().iter().find(|row| row.lookup == *lookup).cloned())
//!     }
//!
//!     fn active_of_owner(&self, owner: &OwnerId) -> Result<Option<KeyRecord>, Infallible> {
//!         let rows = self.0.borrow();
//!         Ok(rows.iter().find(|row| row.owner == *owner && row.state == KeyState::Active).cloned())
//!     }
//!
//!     fn insert_first(&self, key: &NewKey, by: &Actor, now_ms: i64) -> Result<Written, Infallible> {
//!         if self.active_of_owner(&key.owner)?.is_some() {
//!             return Ok(Written::Conflict);
//!         }
//!         Ok(self.add(key, by, now_ms))
//!     }
//!
//!     fn replace_active(&self, old: &KeyRecord, key: &NewKey, by: &Actor, now_ms: i64) -> Result<Written, Infallible> {
//!         if self.find_by_lookup(&key.lookup)?.is_some() {
//!             return Ok(Written::LookupTaken);
//!         }
//!         match self.end(old, KeyState::Rolled, by, now_ms) {
//!             Written::Stored(_) => Ok(self.add(key, by, now_ms)),
//!             refused => Ok(refused),
//!         }
//!     }
//!
//!     fn revoke_active(&self, old: &KeyRecord, by: &Actor, now_ms: i64) -> Result<Written, Infallible> {
//!         Ok(self.end(old, KeyState::Revoked, by, now_ms))
//!     }
//! }
//!
//! let rows = Memory::default();
//! let keyring = Keyring::new(KeyringOptions::default())?;
//! let (owner, admin) = (OwnerId::new("ada"), Actor::new("admin"));
//!
//! let first = keyring.generate(&rows, &owner, &admin, 1_000)?;
//! println!("shown once: {}", first.key.expose());
//! println!("ever after: {}", first.record.masked);
//! assert_eq!(keyring.authenticate(first.key.expose(), &rows)?.owner, owner);
//!
//! let second = keyring.roll(&rows, &owner, &admin, 2_000)?;
//! assert!(matches!(
//!     keyring.authenticate(first.key.expose(), &rows),
//!     Err(Error::Inactive(KeyState::Rolled))
//! ));
//! assert_eq!(keyring.authenticate(second.key.expose(), &rows)?.generation, 2);
//!
//! keyring.revoke(&rows, &owner, &admin, 3_000)?;
//! assert!(keyring.authenticate(second.key.expose(), &rows).is_err_and(|error| error.is_unauthorized()));
//! # Ok::<(), flx_keys::Error>(())
//! ```

mod error;
mod gate;
mod hash;
mod key;
mod keyring;
mod masked;
mod options;
mod password;
mod phc;
mod record;
mod repository;
mod token;
mod verified;
mod verifier;

pub use error::Error;
pub use hash::{HashCost, KeyHash};
pub use key::ApiKey;
pub use keyring::{Issued, Keyring};
pub use masked::{Lookup, MaskedKey};
pub use options::KeyringOptions;
pub use password::{Password, PasswordHash};
pub use record::{Actor, KeyId, KeyRecord, KeyState, NewKey, OwnerId};
pub use repository::{KeyRepository, Written};
pub use token::Token;
pub use verifier::Verifier;
