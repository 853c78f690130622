//! Creating, changing and deleting accounts. Each change writes its audit entry in its own
//! transaction: what is not in the log did not happen.

use diesel::prelude::*;
use flx_keys::Actor;
use flx_plans::Tier;

use super::{ACCOUNT_COLUMNS, AccountRow};
use crate::audit::{self, Deed};
use crate::connection::Connection;
use crate::period;
use crate::schema::{accounts, results};
use crate::{Account, AccountId, Email, Result, Store, StoreError};

const NO_ACCOUNT: StoreError = StoreError::NotFound { what: "account" };

impl Store {
    /// Creates an account whose first billing period begins now.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address is taken.
    pub fn create_account(
        &self,
        email: &Email,
        tier: Tier,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Account> {
        self.write(|connection| create(connection, email, tier, by, now_ms)?.into_account())
    }

    /// Makes an account an operator's, or takes that away. Its dashboard sessions go on.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn set_operator(
        &self,
        id: &AccountId,
        operator: bool,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Account> {
        self.write(|connection| {
            let mut account = take(connection, id)?.ok_or(NO_ACCOUNT)?;
            if account.operator_since_ms.is_some() != operator {
                make_operator(connection, &mut account, operator.then_some(now_ms), by, now_ms)?;
            }
            account.into_account()
        })
    }

    /// Puts an account on a plan: its limits hold from now on, what it used stays used. The first
    /// paid plan makes this moment the anchor of its billing periods.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn set_tier(&self, id: &AccountId, tier: Tier, by: &Actor, now_ms: i64) -> Result<Account> {
        self.write(|connection| {
            let mut account = take(connection, id)?.ok_or(NO_ACCOUNT)?;
            let old = std::mem::replace(&mut account.tier, tier.as_str().to_owned());
            diesel::update(accounts::table.find(id.as_str()))
                .set(accounts::tier.eq(&account.tier))
                .execute(connection)?;
            if tier.is_paid() && account.first_paid_at_ms.is_none() {
                period::move_anchor(connection, &mut account, now_ms)?;
            }
            let detail = format!("{old} to {}", account.tier);
            audit::note(connection, by, Deed::SetPlan, &account.email, &detail, now_ms)?;
            account.into_account()
        })
    }

    /// Disables an account: its key is refused from the next request on; nothing is deleted.
    /// Disabling a disabled account keeps the first moment.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn disable_account(&self, id: &AccountId, by: &Actor, now_ms: i64) -> Result<Account> {
        self.set_disabled(id, Some(now_ms), by, now_ms)
    }

    /// Enables a disabled account: its key works again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn enable_account(&self, id: &AccountId, by: &Actor, now_ms: i64) -> Result<Account> {
        self.set_disabled(id, None, by, now_ms)
    }

    /// Deletes an account with its keys, periods, reservations and ledger. Its results expire now
    /// and go with the next sweep, files included. The audit log stays.
    ///
    /// A request that is still running finds its reservation gone when it settles.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account.
    pub fn delete_account(&self, id: &AccountId, by: &Actor, now_ms: i64) -> Result<()> {
        self.write(|connection| {
            let email: String = diesel::delete(accounts::table.find(id.as_str()))
                .returning(accounts::email)
                .get_result(connection)
                .optional()?
                .ok_or(NO_ACCOUNT)?;
            diesel::update(results::table.filter(results::account_id.eq(id.as_str())))
                .filter(results::expires_at_ms.gt(now_ms))
                .set(results::expires_at_ms.eq(now_ms))
                .execute(connection)?;
            audit::note(connection, by, Deed::DeleteAccount, &email, id.as_str(), now_ms)
        })
    }

    fn set_disabled(
        &self,
        id: &AccountId,
        disabled_at_ms: Option<i64>,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Account> {
        self.write(|connection| {
            let mut account = take(connection, id)?.ok_or(NO_ACCOUNT)?;
            if account.disabled_at_ms.is_some() == disabled_at_ms.is_some() {
                return account.into_account();
            }
            account.disabled_at_ms = disabled_at_ms;
            diesel::update(accounts::table.find(id.as_str()))
                .set(accounts::disabled_at_ms.eq(disabled_at_ms))
                .execute(connection)?;
            let deed =
                if disabled_at_ms.is_some() { Deed::DisableAccount } else { Deed::EnableAccount };
            audit::note(connection, by, deed, &account.email, "", now_ms)?;
            account.into_account()
        })
    }
}

/// Creates an account in a transaction.
pub(crate) fn create(
    connection: &mut Connection,
    email: &Email,
    tier: Tier,
    by: &Actor,
    now_ms: i64,
) -> Result<AccountRow> {
    let row = AccountRow {
        id: AccountId::new(now_ms).to_string(),
        email: email.to_string(),
        tier: tier.as_str().to_owned(),
        created_at_ms: now_ms,
        disabled_at_ms: None,
        anchor_ms: now_ms,
        first_paid_at_ms: tier.is_paid().then_some(now_ms),
        anchor_index: 0,
        period_index: 0,
        ai_topup: 0,
        operator_since_ms: None,
    };
    let inserted = diesel::insert_into(accounts::table).values(row.clone()).execute(connection);
    inserted.map_err(|error| match StoreError::from(error) {
        StoreError::Conflict { .. } => {
            StoreError::Conflict { what: "an account with this e-mail address exists already" }
        }
        other => other,
    })?;
    period::open_first(connection, &row)?;
    audit::note(connection, by, Deed::CreateAccount, email.as_str(), tier.as_str(), now_ms)?;
    Ok(row)
}

/// Changes since when an account is an operator's, in a transaction.
pub(crate) fn make_operator(
    connection: &mut Connection,
    account: &mut AccountRow,
    since_ms: Option<i64>,
    by: &Actor,
    now_ms: i64,
) -> Result<()> {
    account.operator_since_ms = since_ms;
    diesel::update(accounts::table.find(&account.id))
        .set(accounts::operator_since_ms.eq(since_ms))
        .execute(connection)?;
    let deed = if since_ms.is_some() { Deed::MakeOperator } else { Deed::EndOperator };
    audit::note(connection, by, deed, &account.email, "", now_ms)
}

/// Reads an account by a write that changes nothing: on every database its row is then this
/// transaction's until the end.
pub(crate) fn take(connection: &mut Connection, id: &AccountId) -> Result<Option<AccountRow>> {
    Ok(diesel::update(accounts::table.find(id.as_str()))
        .set(accounts::period_index.eq(accounts::period_index))
        .returning(ACCOUNT_COLUMNS)
        .get_result(connection)
        .optional()?)
}
