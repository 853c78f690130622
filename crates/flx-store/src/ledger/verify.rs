//! Whether the books are right: every invariant of the ledger and of keys, checked by query.

use std::fmt;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Nullable, Text};

use super::invariants::INVARIANTS;
use crate::connection::check_integrity;
use crate::schema::{accounts, usage_periods};
use crate::{AccountId, Result, Store};

/// The outcome of [`Store::verify`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct VerifyReport {
    /// Accounts looked at.
    pub accounts: i64,
    /// Billing periods looked at.
    pub periods: i64,
    /// What does not hold; empty when all is well.
    pub violations: Vec<Violation>,
}

impl VerifyReport {
    /// Whether every invariant holds.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.violations.is_empty()
    }
}

/// An invariant that does not hold for an account.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Violation {
    /// Whose books are wrong.
    pub account: AccountId,
    /// In which period; `None` for what is not of one period.
    pub period_index: Option<i64>,
    /// The invariant, in words.
    pub invariant: &'static str,
    /// What the other rows say it should be.
    pub expected: i64,
    /// What is there.
    pub found: i64,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "account {}", self.account)?;
        if let Some(index) = self.period_index {
            write!(f, ", period {index}")?;
        }
        let (invariant, expected, found) = (self.invariant, self.expected, self.found);
        write!(f, ": {invariant} (expected {expected}, found {found})")
    }
}

#[derive(QueryableByName)]
struct BrokenRow {
    #[diesel(sql_type = Text)]
    account_id: String,
    #[diesel(sql_type = Nullable<BigInt>)]
    period_index: Option<i64>,
    #[diesel(sql_type = BigInt)]
    expected: i64,
    #[diesel(sql_type = BigInt)]
    found: i64,
}

impl Store {
    /// Checks every invariant for every account, on one state of the database, while others go on.
    /// It reads the whole ledger.
    ///
    /// # Errors
    /// Only outages: broken books are in the report.
    pub fn verify(&self) -> Result<VerifyReport> {
        self.read_snapshot(|connection| {
            let mut report = VerifyReport {
                accounts: accounts::table.count().get_result(connection)?,
                periods: usage_periods::table.count().get_result(connection)?,
                violations: Vec::new(),
            };
            for invariant in INVARIANTS {
                let broken: Vec<BrokenRow> = sql_query(invariant.broken_rows).load(connection)?;
                report.violations.extend(broken.into_iter().map(|row| Violation {
                    account: AccountId::of_row(row.account_id),
                    period_index: row.period_index,
                    invariant: invariant.words,
                    expected: row.expected,
                    found: row.found,
                }));
            }
            Ok(report)
        })
    }

    /// Has the database check its own file and references; reads all of it.
    ///
    /// # Errors
    /// [`StoreError::Corrupt`](crate::StoreError::Corrupt) when something is broken.
    pub fn check_integrity(&self) -> Result<()> {
        self.read(check_integrity)
    }
}
