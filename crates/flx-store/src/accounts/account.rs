//! An account as callers see it, and as the table holds it.

use diesel::prelude::*;
use flx_plans::Tier;

use crate::schema::accounts;
use crate::{AccountId, Email, Result, StoreError};

/// An account. Times are Unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Its name, unique.
    pub email: Email,
    /// Its plan.
    pub tier: Tier,
    /// When it was created.
    pub created_at_ms: i64,
    /// Since when it is disabled; `None` while it may be used.
    pub disabled_at_ms: Option<i64>,
    /// From when its billing periods are counted: the first paid plan, before that the creation.
    pub anchor_ms: i64,
    /// When it got its first paid plan; `None` for an account that was always free.
    pub first_paid_at_ms: Option<i64>,
    /// Since when it is an operator's, who sees the dashboard's pages about all accounts.
    pub operator_since_ms: Option<i64>,
}

impl Account {
    /// Whether it may not be used.
    #[must_use]
    pub fn is_disabled(&self) -> bool {
        self.disabled_at_ms.is_some()
    }

    /// Whether it is an operator's.
    #[must_use]
    pub fn is_operator(&self) -> bool {
        self.operator_since_ms.is_some()
    }
}

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = accounts)]
pub(crate) struct AccountRow {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) tier: String,
    pub(crate) created_at_ms: i64,
    pub(crate) disabled_at_ms: Option<i64>,
    pub(crate) anchor_ms: i64,
    pub(crate) first_paid_at_ms: Option<i64>,
    pub(crate) anchor_index: i64,
    pub(crate) period_index: i64,
    pub(crate) ai_topup: i64,
    pub(crate) operator_since_ms: Option<i64>,
}

/// The columns in the order of [`AccountRow`].
#[allow(clippy::type_complexity, reason = "a tuple of columns is what diesel selects by")]
pub(crate) const ACCOUNT_COLUMNS: (
    accounts::id,
    accounts::email,
    accounts::tier,
    accounts::created_at_ms,
    accounts::disabled_at_ms,
    accounts::anchor_ms,
    accounts::first_paid_at_ms,
    accounts::anchor_index,
    accounts::period_index,
    accounts::ai_topup,
    accounts::operator_since_ms,
) = accounts::all_columns;

impl AccountRow {
    pub(crate) fn tier(&self) -> Result<Tier> {
        self.tier.parse().map_err(|_| StoreError::BadRow { table: "accounts", column: "tier" })
    }

    pub(crate) fn into_account(self) -> Result<Account> {
        Ok(Account {
            tier: self.tier()?,
            id: AccountId::of_row(self.id),
            email: Email::of_row(self.email),
            created_at_ms: self.created_at_ms,
            disabled_at_ms: self.disabled_at_ms,
            anchor_ms: self.anchor_ms,
            first_paid_at_ms: self.first_paid_at_ms,
            operator_since_ms: self.operator_since_ms,
        })
    }
}
