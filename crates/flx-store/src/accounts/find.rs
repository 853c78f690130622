//! Finding accounts.

use diesel::prelude::*;

use super::AccountRow;
use crate::schema::accounts;
use crate::{Account, AccountId, Email, Result, Store};

impl Store {
    /// The account with this id.
    ///
    /// # Errors
    /// Only outages.
    pub fn find_account(&self, id: &AccountId) -> Result<Option<Account>> {
        self.read(|connection| {
            let row: Option<AccountRow> =
                accounts::table.find(id.as_str()).get_result(connection).optional()?;
            row.map(AccountRow::into_account).transpose()
        })
    }

    /// The account with this address.
    ///
    /// # Errors
    /// Only outages.
    pub fn find_account_by_email(&self, email: &Email) -> Result<Option<Account>> {
        self.read(|connection| {
            let row: Option<AccountRow> = accounts::table
                .filter(accounts::email.eq(email.as_str()))
                .get_result(connection)
                .optional()?;
            row.map(AccountRow::into_account).transpose()
        })
    }

    /// At most `limit` accounts in the order of their addresses, beginning behind `after`.
    ///
    /// # Errors
    /// Only outages.
    pub fn list_accounts(&self, after: Option<&Email>, limit: u32) -> Result<Vec<Account>> {
        let after = after.map_or("", Email::as_str);
        self.read(|connection| {
            let rows: Vec<AccountRow> = accounts::table
                .filter(accounts::email.gt(after))
                .order(accounts::email)
                .limit(limit.into())
                .load(connection)?;
            rows.into_iter().map(AccountRow::into_account).collect()
        })
    }
}
