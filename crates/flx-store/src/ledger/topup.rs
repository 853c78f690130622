//! AI credits bought on top: they never expire.

use diesel::prelude::*;
use flx_keys::Actor;
use flx_plans::Credits;

use super::CreditKind;
use super::close::TOPUP_ENTRY;
use crate::accounts::take;
use crate::audit::{self, Deed};
use crate::ids::uuid_text;
use crate::period::credits;
use crate::schema::{accounts, ledger};
use crate::{AccountId, Result, Store, StoreError};

impl Store {
    /// Adds AI credits to an account's top-up balance; returns the new balance.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such account; [`StoreError::OutOfRange`] for 0, or
    /// when the balance would pass 4,294,967,295.
    pub fn add_ai_credits(
        &self,
        id: &AccountId,
        amount: Credits,
        by: &Actor,
        now_ms: i64,
    ) -> Result<Credits> {
        let added = i64::from(amount.get());
        let out_of_range = || StoreError::OutOfRange {
            what: "the number of AI credits to add",
            value: added,
            allowed: "at least 1, and at most 4294967295 together with the balance",
        };
        if added == 0 {
            return Err(out_of_range());
        }
        self.write(|connection| {
            let account = take(connection, id)?.ok_or(StoreError::NotFound { what: "account" })?;
            let balance = u32::try_from(account.ai_topup + added).map_err(|_| out_of_range())?;
            diesel::update(accounts::table.find(id.as_str()))
                .set(accounts::ai_topup.eq(i64::from(balance)))
                .execute(connection)?;
            diesel::insert_into(ledger::table)
                .values((
                    ledger::id.eq(uuid_text(now_ms)),
                    ledger::account_id.eq(id.as_str()),
                    ledger::period_index.eq(account.period_index),
                    ledger::kind.eq(CreditKind::Ai.as_str()),
                    ledger::entry.eq(TOPUP_ENTRY),
                    ledger::amount.eq(added),
                    ledger::from_topup.eq(0),
                    ledger::at_ms.eq(now_ms),
                ))
                .execute(connection)?;
            audit::note(
                connection,
                by,
                Deed::AddAiCredits,
                &account.email,
                &amount.to_string(),
                now_ms,
            )?;
            credits(balance.into(), "accounts", "ai_topup")
        })
    }
}
