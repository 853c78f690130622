//! What the installation keeps for itself.

use std::fmt;

use diesel::prelude::*;
use flx_keys::Actor;

use crate::audit::{self, Deed};
use crate::connection::Connection;
use crate::schema::settings;
use crate::{Result, Store, StoreError};

const SIGNING_SECRET: &str = "signing_secret";
const SECRET_BYTES: usize = 32;

/// The secret that download links are signed with. Its `Debug` hides it.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret([u8; SECRET_BYTES]);

impl SigningSecret {
    /// The 32 random bytes.
    #[must_use]
    pub fn expose(&self) -> &[u8; SECRET_BYTES] {
        &self.0
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(..)")
    }
}

impl Store {
    /// The installation's signing secret, made by the first call of all. Every process gets the
    /// same one, and it survives restarts.
    ///
    /// # Errors
    /// [`StoreError::Random`] when the operating system gives no random bytes.
    pub fn signing_secret(&self) -> Result<SigningSecret> {
        if let Some(secret) = self.read(find)? {
            return Ok(secret);
        }
        let bytes = random_bytes()?;
        let inserted = self.write(|connection| insert(connection, &bytes));
        match inserted {
            Ok(()) => Ok(SigningSecret(bytes)),
            // Somebody else was first; theirs counts.
            Err(StoreError::Conflict { .. }) => {
                self.read(find)?.ok_or(StoreError::NotFound { what: "signing secret" })
            }
            Err(error) => Err(error),
        }
    }

    /// Puts a new signing secret in the place of the old one, whose links nobody will honour once
    /// the processes on this database have read the new one.
    ///
    /// # Errors
    /// [`StoreError::Random`] when the operating system gives no random bytes.
    pub fn rotate_signing_secret(&self, by: &Actor, now_ms: i64) -> Result<SigningSecret> {
        let bytes = random_bytes()?;
        self.write(|connection| {
            diesel::delete(settings::table.find(SIGNING_SECRET)).execute(connection)?;
            insert(connection, &bytes)?;
            audit::note(connection, by, Deed::RotateLinkSecret, "", "", now_ms)
        })?;
        Ok(SigningSecret(bytes))
    }
}

fn insert(connection: &mut Connection, bytes: &[u8]) -> Result<()> {
    diesel::insert_into(settings::table)
        .values((settings::name.eq(SIGNING_SECRET), settings::value.eq(bytes)))
        .execute(connection)?;
    Ok(())
}

fn random_bytes() -> Result<[u8; SECRET_BYTES]> {
    let mut bytes = [0; SECRET_BYTES];
    getrandom::fill(&mut bytes).map_err(|_| StoreError::Random)?;
    Ok(bytes)
}

fn find(connection: &mut Connection) -> Result<Option<SigningSecret>> {
    let value: Option<Vec<u8>> = settings::table
        .find(SIGNING_SECRET)
        .select(settings::value)
        .get_result(connection)
        .optional()?;
    value
        .map(|bytes| {
            bytes
                .try_into()
                .map(SigningSecret)
                .map_err(|_| StoreError::BadRow { table: "settings", column: "value" })
        })
        .transpose()
}
