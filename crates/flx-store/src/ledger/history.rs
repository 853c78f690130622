//! What an account used in the periods before.

use std::collections::HashMap;

use diesel::prelude::*;
use flx_plans::{BillingAnchor, Credits};

use super::Usage;
use crate::accounts::{ACCOUNT_COLUMNS, AccountRow};
use crate::period::{PeriodRow, credits};
use crate::schema::{accounts, usage_periods};
use crate::{AccountId, Result, Store, StoreError};

/// One billing period of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PeriodUse {
    /// Which one it is, from 0 on.
    pub index: i64,
    /// When it began, in Unix milliseconds.
    pub starts_at_ms: i64,
    /// Compressions used, reserved ones included.
    pub compressions: Credits,
    /// AI credits used of the month's own.
    pub ai: Credits,
}

impl Store {
    /// The latest `count` billing periods of an account, oldest first, the one it is in last;
    /// periods in which nothing was used are among them. Fewer for an account that is younger,
    /// none for one that does not exist.
    ///
    /// # Errors
    /// Only outages.
    pub fn usage_history(&self, id: &AccountId, count: u32, now_ms: i64) -> Result<Vec<PeriodUse>> {
        let read = self.read_snapshot(|connection| {
            let account: Option<AccountRow> = accounts::table
                .find(id.as_str())
                .select(ACCOUNT_COLUMNS)
                .get_result(connection)
                .optional()?;
            let Some(account) = account else { return Ok(None) };
            let oldest = account.period_index.saturating_sub(i64::from(count));
            let rows: Vec<PeriodRow> = usage_periods::table
                .filter(usage_periods::account_id.eq(id.as_str()))
                .filter(usage_periods::period_index.ge(oldest))
                .load(connection)?;
            Ok(Some((account, rows)))
        })?;
        let Some((account, rows)) = read else { return Ok(Vec::new()) };
        let current = rows.iter().find(|row| row.period_index == account.period_index).cloned();
        let current = current.ok_or(StoreError::NotFound { what: "period" })?;
        let last = Usage::of_rows(&account, current, now_ms)?.period_index;
        let used: HashMap<i64, PeriodRow> =
            rows.into_iter().map(|row| (row.period_index, row)).collect();
        let first = last.saturating_sub(i64::from(count)).saturating_add(1).max(0);
        (first..=last).map(|index| period(&account, index, used.get(&index))).collect()
    }
}

/// A period by its row, or, when nothing was ever used in it, by the anchor that counted then: the
/// one of today, or the account's creation for what lies before it.
fn period(account: &AccountRow, index: i64, row: Option<&PeriodRow>) -> Result<PeriodUse> {
    if let Some(row) = row {
        return Ok(PeriodUse {
            index,
            starts_at_ms: row.starts_at_ms,
            compressions: credits(row.compressions, "usage_periods", "compressions")?,
            ai: credits(row.ai, "usage_periods", "ai")?,
        });
    }
    let narrow = |value: i64, column| {
        u32::try_from(value).map_err(|_| StoreError::BadRow { table: "accounts", column })
    };
    let anchor = if index < account.anchor_index {
        BillingAnchor::new(account.created_at_ms)?
    } else {
        let first_index = narrow(account.anchor_index, "anchor_index")?;
        BillingAnchor::with_first_index(account.anchor_ms, first_index)?
    };
    let starts_at_ms = anchor.period(narrow(index, "period_index")?)?.starts_at_ms();
    Ok(PeriodUse { index, starts_at_ms, compressions: Credits::ZERO, ai: Credits::ZERO })
}
