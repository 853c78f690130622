//! A key's whole life against a repository.

use crate::{
    Actor, ApiKey, Error, KeyRecord, KeyRepository, KeyState, KeyringOptions, NewKey, OwnerId,
    Verifier, Written,
};

/// How many fresh keys are tried when the lookup of one is taken.
const LOOKUP_ATTEMPTS: u32 = 20;

/// Generates, rolls, revokes and authenticates keys. One per process, shared by reference or in an `Arc`; it
/// remembers which keys it verified, and holds no other state: every answer rests on the row just read.
#[derive(Debug)]
pub struct Keyring {
    verifier: Verifier,
}

/// A new key: the only moment at which the raw key can be had.
#[derive(Debug)]
pub struct Issued {
    /// The raw key, to be shown once.
    pub key: ApiKey,
    /// What was stored of it.
    pub record: KeyRecord,
}

impl Keyring {
    /// A keyring with these settings.
    ///
    /// # Errors
    /// [`Error::Entropy`] when the operating system gives no random bytes.
    pub fn new(options: KeyringOptions) -> Result<Self, Error> {
        Ok(Self { verifier: Verifier::new(options)? })
    }

    /// Who a presented key belongs to. The repository is asked once, for the row of the key's lookup; argon2
    /// runs only for a key not yet verified in this process against that same row.
    ///
    /// # Errors
    /// [`Error::Malformed`] (without asking the repository), [`Error::Unknown`] and [`Error::Inactive`] (without
    /// argon2), [`Error::Wrong`]; [`Error::Busy`] when too many verifications wait; [`Error::Repository`].
    pub fn authenticate<R: KeyRepository>(
        &self,
        presented: &str,
        repository: &R,
    ) -> Result<KeyRecord, Error> {
        let key = ApiKey::parse(presented)?;
        let found = repository.find_by_lookup(&key.lookup());
        let record = found.map_err(Error::repository)?.ok_or(Error::Unknown)?;
        self.verify(&key, &record)?;
        Ok(record)
    }

    /// Whether `key` opens the service, given the row of its lookup, for a caller that reads the row together
    /// with other things. The row must have been read for this very request.
    ///
    /// # Errors
    /// [`Error::Inactive`] (without argon2), [`Error::Wrong`], [`Error::Busy`].
    pub fn verify(&self, key: &ApiKey, record: &KeyRecord) -> Result<(), Error> {
        if record.state != KeyState::Active {
            return Err(Error::Inactive(record.state));
        }
        self.verifier.verify(key, &record.hash)
    }

    /// Makes the owner's key. Whether the owner's plan includes one is for the caller to ask first.
    ///
    /// # Errors
    /// [`Error::AlreadyActive`] when the owner has one, [`Error::Conflict`] when another caller made one just
    /// now, [`Error::Busy`], [`Error::Repository`].
    pub fn generate<R: KeyRepository>(
        &self,
        repository: &R,
        owner: &OwnerId,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Issued, Error> {
        // Asked before hashing, so that a refusal costs no argon2 run; the insert asks again, under its guard.
        if let Some(active) = repository.active_of_owner(owner).map_err(Error::repository)? {
            return Err(Error::AlreadyActive(active.masked));
        }
        self.issue(owner, |key| repository.insert_first(key, by, now_ms))
    }

    /// Replaces the owner's active key, whichever it is: from the commit on, the old one is refused everywhere.
    ///
    /// # Errors
    /// [`Error::NoActiveKey`], [`Error::Conflict`] when another caller changed it meanwhile, [`Error::Busy`],
    /// [`Error::Repository`].
    pub fn roll<R: KeyRepository>(
        &self,
        repository: &R,
        owner: &OwnerId,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Issued, Error> {
        let old = Self::active(repository, owner)?;
        self.roll_from(repository, &old, by, now_ms)
    }

    /// Replaces exactly this key, as somebody saw it before deciding to roll it.
    ///
    /// # Errors
    /// [`Error::Conflict`] when `old` is no longer the active key, [`Error::Busy`], [`Error::Repository`].
    pub fn roll_from<R: KeyRepository>(
        &self,
        repository: &R,
        old: &KeyRecord,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Issued, Error> {
        self.issue(&old.owner, |key| repository.replace_active(old, key, by, now_ms))
    }

    /// Takes the owner's active key away without a replacement; returns it as revoked.
    ///
    /// # Errors
    /// [`Error::NoActiveKey`], [`Error::Conflict`] when another caller changed it meanwhile,
    /// [`Error::Repository`].
    pub fn revoke<R: KeyRepository>(
        &self,
        repository: &R,
        owner: &OwnerId,
        by: &Actor,
        now_ms: i64,
    ) -> Result<KeyRecord, Error> {
        let old = Self::active(repository, owner)?;
        self.revoke_from(repository, &old, by, now_ms)
    }

    /// Takes away exactly this key, as somebody saw it before deciding to revoke it.
    ///
    /// # Errors
    /// [`Error::Conflict`] when `old` is no longer the active key, [`Error::Repository`].
    pub fn revoke_from<R: KeyRepository>(
        &self,
        repository: &R,
        old: &KeyRecord,
        by: &Actor,
        now_ms: i64,
    ) -> Result<KeyRecord, Error> {
        match repository.revoke_active(old, by, now_ms).map_err(Error::repository)? {
            Written::Stored(record) => Ok(record),
            Written::Conflict | Written::LookupTaken => Err(Error::Conflict),
        }
    }

    /// How many times argon2 ran in this keyring.
    #[must_use]
    pub fn argon2_runs(&self) -> u64 {
        self.verifier.argon2_runs()
    }

    fn active<R: KeyRepository>(repository: &R, owner: &OwnerId) -> Result<KeyRecord, Error> {
        repository.active_of_owner(owner).map_err(Error::repository)?.ok_or(Error::NoActiveKey)
    }

    /// Makes keys until one has a free lookup. With a million keys the first one fits all but every 280
    /// millionth time.
    fn issue<E: std::error::Error + Send + Sync + 'static>(
        &self,
        owner: &OwnerId,
        write: impl Fn(&NewKey) -> Result<Written, E>,
    ) -> Result<Issued, Error> {
        for _ in 0..LOOKUP_ATTEMPTS {
            let key = ApiKey::generate()?;
            let new = NewKey {
                owner: owner.clone(),
                lookup: key.lookup(),
                masked: key.mask(),
                hash: self.verifier.hash(&key)?,
            };
            match write(&new).map_err(Error::repository)? {
                Written::Stored(record) => return Ok(Issued { key, record }),
                Written::Conflict => return Err(Error::Conflict),
                Written::LookupTaken => {}
            }
        }
        Err(Error::LookupsExhausted(LOOKUP_ATTEMPTS))
    }
}
