//! Accounts with keys in a real database, and what a request asks of it.

use std::error::Error;
use std::time::Duration;

use flx_keys::{Actor, ApiKey, HashCost, Keyring, KeyringOptions};
use flx_plans::{Credits, Plans, Tier};
use flx_store::{AccountId, KeyHolder, Reservation, ReserveRequest, Settlement, Store};

/// When the measurements take place: 31 January 2027.
pub const NOW_MS: i64 = 1_801_353_600_000;

/// Who sends requests: keys of Agency accounts, all verified once.
#[derive(Debug)]
pub struct Callers {
    store: Store,
    keyring: Keyring,
    keys: Vec<ApiKey>,
    limit: Credits,
}

impl Callers {
    /// Creates so many accounts, spread over this time before [`NOW_MS`] as the accounts of a
    /// service that grew are, so that their rows do not lie side by side.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn create(store: Store, count: u32, over: Duration) -> Result<Self, Box<dyn Error>> {
        // Only what a key cost to verify the first time depends on this, and all were verified.
        let options = KeyringOptions::default().with_hash_cost(HashCost::CHEAPEST);
        let keyring = Keyring::new(options)?;
        let by = Actor::new("benches");
        let step_ms = i64::try_from(over.as_millis())? / i64::from(count.max(1));
        let mut keys = Vec::new();
        for number in 1..=count {
            let created_ms = NOW_MS - i64::from(number) * step_ms;
            let email = format!("caller-{number}-of-{count}@example.org").parse()?;
            let account = store.create_account(&email, Tier::Agency, &by, created_ms)?;
            keys.push(keyring.generate(&store, &account.id.owner(), &by, created_ms)?.key);
        }
        let limit = Plans::default().plan(Tier::Agency).compressions_per_period().enforced();
        Ok(Self { store, keyring, keys, limit })
    }

    /// The key of the caller whose turn it is. Neighbours in time are far apart in the database.
    #[must_use]
    pub fn key(&self, turn: usize) -> Option<&str> {
        let spread = turn.wrapping_mul(617) % self.keys.len().max(1);
        self.keys.get(spread).map(ApiKey::expose)
    }

    /// What the server does before it reads a body: parse, read the row, verify.
    ///
    /// # Errors
    /// When the key does not open the service.
    pub fn authenticate(&self, presented: &str, now_ms: i64) -> Result<KeyHolder, Box<dyn Error>> {
        let key = ApiKey::parse(presented)?;
        let holder = self.store.find_key_holder(&key.lookup(), now_ms)?.ok_or("no such key")?;
        self.keyring.verify(&key, &holder.key)?;
        Ok(holder)
    }

    /// Holds one credit.
    ///
    /// # Errors
    /// When the store refuses.
    pub fn reserve(&self, holder: &KeyHolder, now_ms: i64) -> Result<Reservation, Box<dyn Error>> {
        let account: AccountId = holder.account.id.clone();
        let request = ReserveRequest::new(account, holder.account.tier, Credits(1), self.limit)
            .with_key(holder.key.id.clone());
        Ok(self.store.reserve(&request, now_ms)?)
    }

    /// Charges it.
    ///
    /// # Errors
    /// When the store refuses, or the reservation was closed before.
    pub fn settle(&self, reservation: &Reservation, now_ms: i64) -> Result<(), Box<dyn Error>> {
        match self.store.settle(&reservation.id, Credits(1), now_ms)? {
            Settlement::Done { .. } => Ok(()),
            Settlement::Already { .. } => Err("the reservation was closed before".into()),
        }
    }

    /// How many times argon2 ran, for making the keys and for verifying them.
    #[must_use]
    pub fn argon2_runs(&self) -> u64 {
        self.keyring.argon2_runs()
    }
}
