//! Passwords: set with an audit entry, read by whoever signs in.

use diesel::prelude::*;
use flx_keys::{Actor, PasswordHash};
use flx_plans::Tier;

use crate::accounts::{ACCOUNT_COLUMNS, AccountRow, create, take};
use crate::audit::{self, Deed};
use crate::connection::Connection;
use crate::schema::{accounts, one_time_links, passwords};
use crate::web_sessions::end_others;
use crate::{Account, AccountId, Email, Result, Store, StoreError, WebSessionId};

/// What signing in needs.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct SignIn {
    /// The account, disabled or not.
    pub account: Account,
    /// The hash of its password; `None` until one is set.
    pub password: Option<PasswordHash>,
}

impl Store {
    /// The account with this address and its password's hash.
    ///
    /// # Errors
    /// [`StoreError::Keys`] when the stored hash is broken, outages.
    pub fn find_sign_in(&self, email: &Email) -> Result<Option<SignIn>> {
        let row: Option<(AccountRow, Option<String>)> = self.read(|connection| {
            Ok(accounts::table
                .left_join(passwords::table)
                .filter(accounts::email.eq(email.as_str()))
                .select((ACCOUNT_COLUMNS, passwords::hash.nullable()))
                .get_result(connection)
                .optional()?)
        })?;
        let Some((account, hash)) = row else { return Ok(None) };
        let password = hash.map(|hash| PasswordHash::parse(&hash)).transpose()?;
        Ok(Some(SignIn { account: account.into_account()?, password }))
    }

    /// Creates an account with a password, or neither.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address is taken.
    pub fn sign_up(
        &self,
        email: &Email,
        tier: Tier,
        hash: &PasswordHash,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Account> {
        self.write(|connection| {
            let account = create(connection, email, tier, by, now_ms)?;
            set(connection, &account, hash, None, by, now_ms)?;
            account.into_account()
        })
    }

    /// Sets the password of an account and ends its browser sessions but the one given; a one-time
    /// link that waits for its owner does not work any more.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn set_password(
        &self,
        id: &AccountId,
        hash: &PasswordHash,
        stays: Option<&WebSessionId>,
        by: &Actor,
        now_ms: i64,
    ) -> Result<()> {
        self.write(|connection| {
            let account = take(connection, id)?.ok_or(StoreError::NotFound { what: "account" })?;
            set(connection, &account, hash, stays, by, now_ms)
        })
    }
}

/// Sets a password in a transaction.
pub(crate) fn set(
    connection: &mut Connection,
    account: &AccountRow,
    hash: &PasswordHash,
    stays: Option<&WebSessionId>,
    by: &Actor,
    now_ms: i64,
) -> Result<()> {
    let new = (passwords::hash.eq(hash.as_phc()), passwords::changed_at_ms.eq(now_ms));
    let changed =
        diesel::update(passwords::table.find(&account.id)).set(new).execute(connection)?;
    if changed == 0 {
        diesel::insert_into(passwords::table)
            .values((passwords::account_id.eq(&account.id), new.0, new.1))
            .execute(connection)?;
    }
    diesel::delete(one_time_links::table.filter(one_time_links::account_id.eq(&account.id)))
        .execute(connection)?;
    end_others(connection, &account.id, stays)?;
    audit::note(connection, by, Deed::SetPassword, &account.email, "", now_ms)
}
