//! One-time links, by which a password is set: for somebody invited, for somebody who forgot
//! theirs, and for the first operator of an installation without accounts.

use diesel::prelude::*;
use flx_keys::{Actor, PasswordHash};
use flx_plans::Tier;

use crate::accounts::{ACCOUNT_COLUMNS, AccountRow, create, make_operator, take};
use crate::audit::{self, Deed};
use crate::connection::Connection;
use crate::passwords;
use crate::schema::{accounts, one_time_links};
use crate::{Account, AccountId, Email, Result, Store, StoreError};

const NO_LINK: StoreError = StoreError::NotFound { what: "link" };

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Its account's first password.
    Invite,
    /// Its account's next password.
    Reset,
    /// The first account, an operator's, whose address its bearer chooses.
    SetUp,
}

impl LinkPurpose {
    /// The stored name: `invite`, `reset` or `set-up`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Invite => "invite",
            Self::Reset => "reset",
            Self::SetUp => "set-up",
        }
    }

    fn of_row(text: &str) -> Result<Self> {
        [Self::Invite, Self::Reset, Self::SetUp]
            .into_iter()
            .find(|purpose| purpose.as_str() == text)
            .ok_or(StoreError::BadRow { table: "one_time_links", column: "purpose" })
    }
}

/// A link that works.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct OneTimeLink {
    /// What it is for.
    pub purpose: LinkPurpose,
    /// Whose password it sets; `None` for a set-up.
    pub account: Option<Account>,
    /// When it ends, in Unix milliseconds.
    pub expires_at_ms: i64,
}

impl Store {
    /// Issues a link that sets an account's password; one issued before ends. `digest` is of the
    /// link's token.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn issue_link(
        &self,
        account: &AccountId,
        digest: &[u8; 32],
        expires_at_ms: i64,
        by: &Actor,
        now_ms: i64,
    ) -> Result<LinkPurpose> {
        self.write(|connection| {
            let owner =
                take(connection, account)?.ok_or(StoreError::NotFound { what: "account" })?;
            let purpose = match has_password(connection, &owner.id)? {
                true => LinkPurpose::Reset,
                false => LinkPurpose::Invite,
            };
            diesel::delete(one_time_links::table.filter(one_time_links::account_id.eq(&owner.id)))
                .execute(connection)?;
            insert(connection, digest, purpose, Some(&owner.id), now_ms, expires_at_ms)?;
            audit::note(connection, by, Deed::IssueLink, &owner.email, purpose.as_str(), now_ms)?;
            Ok(purpose)
        })
    }

    /// Issues the link to set up an installation, in place of one issued before; `false` when there
    /// are accounts already, and nothing to set up.
    ///
    /// # Errors
    /// Only outages.
    pub fn issue_set_up_link(
        &self,
        digest: &[u8; 32],
        expires_at_ms: i64,
        now_ms: i64,
    ) -> Result<bool> {
        self.write(|connection| {
            diesel::delete(one_time_links::table.filter(one_time_links::account_id.is_null()))
                .execute(connection)?;
            if has_accounts(connection)? {
                return Ok(false);
            }
            insert(connection, digest, LinkPurpose::SetUp, None, now_ms, expires_at_ms)?;
            Ok(true)
        })
    }

    /// The link whose token has this digest, as long as it works.
    ///
    /// # Errors
    /// Only outages.
    pub fn find_link(&self, digest: &[u8; 32], now_ms: i64) -> Result<Option<OneTimeLink>> {
        let row: Option<(String, i64, Option<AccountRow>)> = self.read(|connection| {
            Ok(one_time_links::table
                .left_join(accounts::table)
                .filter(one_time_links::digest.eq(digest.as_slice()))
                .filter(one_time_links::expires_at_ms.gt(now_ms))
                .select((
                    one_time_links::purpose,
                    one_time_links::expires_at_ms,
                    ACCOUNT_COLUMNS.nullable(),
                ))
                .get_result(connection)
                .optional()?)
        })?;
        let Some((purpose, expires_at_ms, account)) = row else { return Ok(None) };
        Ok(Some(OneTimeLink {
            purpose: LinkPurpose::of_row(&purpose)?,
            account: account.map(AccountRow::into_account).transpose()?,
            expires_at_ms,
        }))
    }

    /// Uses a link up: sets the password of its account, whose browsers are signed out.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it does not work (any more).
    pub fn redeem_link(
        &self,
        digest: &[u8; 32],
        hash: &PasswordHash,
        now_ms: i64,
    ) -> Result<Account> {
        self.write(|connection| {
            let (purpose, account) = use_up(connection, digest, now_ms)?.ok_or(NO_LINK)?;
            let account = account.map(AccountId::of_row).ok_or(NO_LINK)?;
            let account = take(connection, &account)?.ok_or(NO_LINK)?;
            let by = Actor::new(format!("{} link", purpose.as_str()));
            passwords::set(connection, &account, hash, None, &by, now_ms)?;
            account.into_account()
        })
    }

    /// Uses the link to set up an installation up: makes its first account, an operator's.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the link does not work (any more), or there are accounts.
    pub fn redeem_set_up_link(
        &self,
        digest: &[u8; 32],
        email: &Email,
        tier: Tier,
        hash: &PasswordHash,
        now_ms: i64,
    ) -> Result<Account> {
        self.write(|connection| {
            let (purpose, _) = use_up(connection, digest, now_ms)?.ok_or(NO_LINK)?;
            if purpose != LinkPurpose::SetUp || has_accounts(connection)? {
                return Err(NO_LINK);
            }
            let by = Actor::new("set-up link");
            let mut account = create(connection, email, tier, &by, now_ms)?;
            make_operator(connection, &mut account, Some(now_ms), &by, now_ms)?;
            passwords::set(connection, &account, hash, None, &by, now_ms)?;
            account.into_account()
        })
    }
}

fn insert(
    connection: &mut Connection,
    digest: &[u8; 32],
    purpose: LinkPurpose,
    account: Option<&str>,
    now_ms: i64,
    expires_at_ms: i64,
) -> Result<()> {
    diesel::insert_into(one_time_links::table)
        .values((
            one_time_links::digest.eq(digest.as_slice()),
            one_time_links::purpose.eq(purpose.as_str()),
            one_time_links::account_id.eq(account),
            one_time_links::created_at_ms.eq(now_ms),
            one_time_links::expires_at_ms.eq(expires_at_ms),
        ))
        .execute(connection)?;
    Ok(())
}

/// Deletes a link that works; of two who use it at once the second finds none.
fn use_up(
    connection: &mut Connection,
    digest: &[u8; 32],
    now_ms: i64,
) -> Result<Option<(LinkPurpose, Option<String>)>> {
    let row: Option<(String, Option<String>)> = diesel::delete(
        one_time_links::table
            .filter(one_time_links::digest.eq(digest.as_slice()))
            .filter(one_time_links::expires_at_ms.gt(now_ms)),
    )
    .returning((one_time_links::purpose, one_time_links::account_id))
    .get_result(connection)
    .optional()?;
    row.map(|(purpose, account)| Ok((LinkPurpose::of_row(&purpose)?, account))).transpose()
}

fn has_accounts(connection: &mut Connection) -> Result<bool> {
    let any: Option<String> =
        accounts::table.select(accounts::id).limit(1).get_result(connection).optional()?;
    Ok(any.is_some())
}

fn has_password(connection: &mut Connection, account: &str) -> Result<bool> {
    use crate::schema::passwords::dsl;
    let hash: Option<i64> = dsl::passwords
        .find(account)
        .select(dsl::changed_at_ms)
        .get_result(connection)
        .optional()?;
    Ok(hash.is_some())
}
