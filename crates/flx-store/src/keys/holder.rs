//! Everything a request's authentication needs, in one query.

use diesel::prelude::*;
use flx_keys::{KeyRecord, Lookup};

use super::{KEY_COLUMNS, KeyRow};
use crate::accounts::{ACCOUNT_COLUMNS, AccountRow};
use crate::ledger::UsageRow;
use crate::period::PeriodRow;
use crate::schema::{accounts, api_keys, usage_periods};
use crate::{Account, Result, Store, Usage};

/// A key, the account that holds it, and what the account has used, all of one moment.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct KeyHolder {
    /// The key, in whatever state.
    pub key: KeyRecord,
    /// Its account, disabled or not.
    pub account: Account,
    /// The account's use of credits in its current period.
    pub usage: Usage,
}

impl Store {
    /// The key with this lookup together with its account and usage: the read of every request. The
    /// key is *not* verified by this; its state and the account's are for the caller to check.
    ///
    /// # Errors
    /// Only outages.
    pub fn find_key_holder(&self, lookup: &Lookup, now_ms: i64) -> Result<Option<KeyHolder>> {
        let rows: Option<(KeyRow, UsageRow)> = self.read(|connection| {
            let rows: Option<(KeyRow, AccountRow, PeriodRow)> = api_keys::table
                .inner_join(accounts::table.inner_join(usage_periods::table))
                .filter(api_keys::lookup.eq(lookup.as_str()))
                .filter(usage_periods::period_index.eq(accounts::period_index))
                .select((KEY_COLUMNS, ACCOUNT_COLUMNS, usage_periods::all_columns))
                .get_result(connection)
                .optional()?;
            Ok(rows.map(|(key, account, period)| (key, (account, period))))
        })?;
        let Some((key, (account, period))) = rows else {
            return Ok(None);
        };
        let usage = Usage::of_rows(&account, period, now_ms)?;
        Ok(Some(KeyHolder { key: key.into_record()?, account: account.into_account()?, usage }))
    }
}
