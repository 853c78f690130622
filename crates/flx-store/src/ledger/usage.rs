//! What an account has used.

use diesel::prelude::*;
use flx_plans::Credits;

use crate::accounts::{ACCOUNT_COLUMNS, AccountRow};
use crate::period::{PeriodRow, credits};
use crate::schema::{accounts, usage_periods};
use crate::{AccountId, Result, Store};

/// An account's use of credits in the billing period it is in. Reserved credits count as used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Usage {
    /// Which period of the account it is, from 0 on.
    pub period_index: i64,
    /// When the period began, in Unix milliseconds.
    pub starts_at_ms: i64,
    /// When the period ends and the credits reset, in Unix milliseconds.
    pub resets_at_ms: i64,
    /// Compressions used.
    pub compressions_used: Credits,
    /// AI credits used of the month's own.
    pub ai_used: Credits,
    /// AI credits left of the top-ups.
    pub ai_topup: Credits,
}

/// The two rows that usage is read from.
pub(crate) type UsageRow = (AccountRow, PeriodRow);

impl Usage {
    pub(crate) fn of_rows(account: &AccountRow, period: PeriodRow, now_ms: i64) -> Result<Self> {
        let period = period.seen_at(account, now_ms)?;
        Ok(Self {
            period_index: period.period_index,
            starts_at_ms: period.starts_at_ms,
            resets_at_ms: period.ends_at_ms,
            compressions_used: credits(period.compressions, "usage_periods", "compressions")?,
            ai_used: credits(period.ai, "usage_periods", "ai")?,
            ai_topup: credits(account.ai_topup, "accounts", "ai_topup")?,
        })
    }
}

impl Store {
    /// What an account has used at this moment; `None` when there is no such account. A period
    /// that has not been charged yet shows as unused; nothing is written.
    ///
    /// # Errors
    /// Only outages.
    pub fn usage(&self, id: &AccountId, now_ms: i64) -> Result<Option<Usage>> {
        let rows: Option<UsageRow> = self.read(|connection| {
            Ok(accounts::table
                .inner_join(usage_periods::table)
                .filter(accounts::id.eq(id.as_str()))
                .filter(usage_periods::period_index.eq(accounts::period_index))
                .select((ACCOUNT_COLUMNS, usage_periods::all_columns))
                .get_result(connection)
                .optional()?)
        })?;
        rows.map(|(account, period)| Usage::of_rows(&account, period, now_ms)).transpose()
    }
}
