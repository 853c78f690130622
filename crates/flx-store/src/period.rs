//! The billing period that counts now, and its row.
//!
//! `accounts.period_index` is the highest period an account ever entered; its row of
//! `usage_periods` always exists and is the one that is charged. It only grows, so a clock set back
//! goes on charging where it was and grants nothing.

use diesel::prelude::*;
use flx_plans::{BillingAnchor, Credits, Period};

use crate::accounts::AccountRow;
use crate::connection::Connection;
use crate::schema::{accounts, usage_periods};
use crate::{Result, StoreError};

#[derive(Clone, Debug, Queryable, Insertable)]
#[diesel(table_name = usage_periods)]
pub(crate) struct PeriodRow {
    pub(crate) account_id: String,
    pub(crate) period_index: i64,
    pub(crate) starts_at_ms: i64,
    pub(crate) ends_at_ms: i64,
    pub(crate) compressions: i64,
    pub(crate) ai: i64,
}

impl PeriodRow {
    fn unused(account_id: &str, period: Period) -> Self {
        Self {
            account_id: account_id.to_owned(),
            period_index: period.index().into(),
            starts_at_ms: period.starts_at_ms(),
            ends_at_ms: period.ends_at_ms(),
            compressions: 0,
            ai: 0,
        }
    }

    /// The row as it is to be read at this moment: itself, or, once its end has passed, the period
    /// that the next charge will open.
    pub(crate) fn seen_at(self, account: &AccountRow, now_ms: i64) -> Result<Self> {
        if now_ms < self.ends_at_ms {
            return Ok(self);
        }
        let period = account.period(now_ms)?;
        if i64::from(period.index()) == self.period_index {
            return Ok(self);
        }
        Ok(Self::unused(&account.id, period))
    }
}

impl AccountRow {
    fn period(&self, now_ms: i64) -> Result<Period> {
        let anchor_index = index(self.anchor_index, "anchor_index")?;
        let highest = index(self.period_index, "period_index")?;
        let anchor = BillingAnchor::with_first_index(self.anchor_ms, anchor_index)?;
        Ok(anchor.period_not_before(highest, now_ms)?)
    }
}

/// Opens the first period of an account just inserted.
pub(crate) fn open_first(connection: &mut Connection, account: &AccountRow) -> Result<()> {
    let period = account.period(account.created_at_ms)?;
    insert(connection, &PeriodRow::unused(&account.id, period))
}

/// The row that counts now; enters a new period when its time has come. The account's row must be
/// this transaction's already.
pub(crate) fn enter(
    connection: &mut Connection,
    account: &mut AccountRow,
    now_ms: i64,
) -> Result<PeriodRow> {
    let current: PeriodRow =
        usage_periods::table.find((&account.id, account.period_index)).get_result(connection)?;
    let current_index = current.period_index;
    let seen = current.seen_at(account, now_ms)?;
    if seen.period_index > current_index {
        insert(connection, &seen)?;
        account.period_index = seen.period_index;
        diesel::update(accounts::table.find(&account.id))
            .set(accounts::period_index.eq(seen.period_index))
            .execute(connection)?;
    }
    Ok(seen)
}

/// Makes `now` the anchor. The period the account is in goes on under its index, with what was used
/// in it, and ends a month from now.
pub(crate) fn move_anchor(
    connection: &mut Connection,
    account: &mut AccountRow,
    now_ms: i64,
) -> Result<()> {
    let current = enter(connection, account, now_ms)?;
    account.anchor_ms = now_ms;
    account.first_paid_at_ms = Some(now_ms);
    account.anchor_index = current.period_index;
    diesel::update(accounts::table.find(&account.id))
        .set((
            accounts::anchor_ms.eq(account.anchor_ms),
            accounts::first_paid_at_ms.eq(account.first_paid_at_ms),
            accounts::anchor_index.eq(account.anchor_index),
        ))
        .execute(connection)?;
    let period = account.period(now_ms)?;
    diesel::update(usage_periods::table.find((&account.id, current.period_index)))
        .set((
            usage_periods::starts_at_ms.eq(period.starts_at_ms()),
            usage_periods::ends_at_ms.eq(period.ends_at_ms()),
        ))
        .execute(connection)?;
    Ok(())
}

fn insert(connection: &mut Connection, row: &PeriodRow) -> Result<()> {
    diesel::insert_into(usage_periods::table).values(row.clone()).execute(connection)?;
    Ok(())
}

fn index(stored: i64, column: &'static str) -> Result<u32> {
    u32::try_from(stored).map_err(|_| StoreError::BadRow { table: "accounts", column })
}

/// A number of credits that comes from a row.
pub(crate) fn credits(stored: i64, table: &'static str, column: &'static str) -> Result<Credits> {
    u32::try_from(stored).map(Credits).map_err(|_| StoreError::BadRow { table, column })
}
