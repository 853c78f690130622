//! Accounts with what they use, for whoever operates the service.

use diesel::prelude::*;

use super::{ACCOUNT_COLUMNS, AccountRow};
use crate::period::PeriodRow;
use crate::schema::{accounts, usage_periods};
use crate::{Account, Email, Result, Store, Usage};

impl Store {
    /// At most `limit` accounts whose address contains `part`, with what they use, in the order of
    /// their addresses, beginning behind `after`.
    ///
    /// # Errors
    /// Only outages.
    pub fn search_accounts(
        &self,
        part: &str,
        after: Option<&Email>,
        limit: u32,
        now_ms: i64,
    ) -> Result<Vec<(Account, Usage)>> {
        let after = after.map_or("", Email::as_str);
        let rows: Vec<(AccountRow, PeriodRow)> = self.read(|connection| {
            Ok(accounts::table
                .inner_join(usage_periods::table)
                .filter(usage_periods::period_index.eq(accounts::period_index))
                .filter(accounts::email.gt(after))
                .filter(accounts::email.like(pattern(part)).escape('\\'))
                .order(accounts::email)
                .limit(limit.into())
                .select((ACCOUNT_COLUMNS, usage_periods::all_columns))
                .load(connection)?)
        })?;
        rows.into_iter()
            .map(|(account, period)| {
                let usage = Usage::of_rows(&account, period, now_ms)?;
                Ok((account.into_account()?, usage))
            })
            .collect()
    }
}

/// What LIKE finds a part by, whatever characters it has.
fn pattern(part: &str) -> String {
    let mut pattern = String::from("%");
    for c in part.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}
