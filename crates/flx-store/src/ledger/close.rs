//! Closing a reservation, whichever way it ends.

use diesel::prelude::*;
use flx_plans::Credits;

use super::CreditKind;
use crate::connection::Connection;
use crate::ids::uuid_text;
use crate::period::credits;
use crate::prepared::Prepared;
use crate::schema::{accounts, ledger, reservations, usage_periods};
use crate::{AccountId, ReservationId, Result, StoreError};

/// The state of a reservation whose credits are held.
pub(super) const OPEN: &str = "reserved";
/// The ledger's entry for AI credits granted.
pub(super) const TOPUP_ENTRY: &str = "topup";

/// How a reservation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Settle,
    Release,
    Expire,
}

impl Ending {
    /// The reservation's state from then on.
    pub(super) fn state(self) -> &'static str {
        match self {
            Self::Settle => "settled",
            Self::Release => "released",
            Self::Expire => "expired",
        }
    }

    /// The ledger's entry.
    pub(super) fn entry(self) -> &'static str {
        match self {
            Self::Settle => "settle",
            Self::Release => "release",
            Self::Expire => "expire",
        }
    }

    /// Every ending, for reading states.
    pub(super) const ALL: [Self; 3] = [Self::Settle, Self::Release, Self::Expire];
}

/// What was closed.
pub(super) struct ClosedRow {
    pub(super) account: AccountId,
    pub(super) charged: Credits,
    pub(super) returned: Credits,
    pub(super) used: Credits,
}

#[derive(Queryable)]
struct Held {
    account_id: String,
    kind: String,
    period_index: i64,
    amount: i64,
    from_topup: i64,
}

/// Closes an open reservation: state, ledger entry and counter, all in the caller's transaction.
/// `None` when it is not open any more (or never was): nothing was changed then.
pub(super) fn close(
    connection: &mut Connection,
    id: &ReservationId,
    ending: Ending,
    charged: Credits,
    now_ms: i64,
) -> Result<Option<ClosedRow>> {
    let charge = i64::from(charged.get());
    let statement = diesel::update(
        reservations::table
            .find(id.as_str())
            .filter(reservations::state.eq(OPEN))
            .filter(reservations::amount.ge(charge)),
    )
    .set((
        reservations::state.eq(ending.state()),
        reservations::charged.eq(charge),
        reservations::closed_at_ms.eq(now_ms),
    ))
    .returning((
        reservations::account_id,
        reservations::kind,
        reservations::period_index,
        reservations::amount,
        reservations::from_topup,
    ));
    let held: Option<Held> = Prepared(statement).get_result(connection).optional()?;
    let Some(held) = held else { return Ok(None) };
    let kind = CreditKind::of_row(&held.kind, "reservations")?;

    // The month's own credits are spent first, so what comes back comes back to the top-ups first.
    let back = held.amount - charge;
    let back_to_topup = back.min(held.from_topup);
    enter_in_ledger(
        connection,
        id,
        ending,
        &held,
        charge,
        held.from_topup - back_to_topup,
        now_ms,
    )?;
    if back_to_topup > 0 {
        diesel::update(accounts::table.find(&held.account_id))
            .set(accounts::ai_topup.eq(accounts::ai_topup + back_to_topup))
            .execute(connection)?;
    }
    let used = give_back(connection, &held, kind, back - back_to_topup)?;
    Ok(Some(ClosedRow {
        account: AccountId::of_row(held.account_id),
        charged,
        returned: credits(back, "reservations", "amount")?,
        used: credits(used, "usage_periods", "compressions")?,
    }))
}

fn enter_in_ledger(
    connection: &mut Connection,
    id: &ReservationId,
    ending: Ending,
    held: &Held,
    charge: i64,
    from_topup: i64,
    now_ms: i64,
) -> Result<()> {
    diesel::insert_into(ledger::table)
        .values((
            ledger::id.eq(uuid_text(now_ms)),
            ledger::account_id.eq(&held.account_id),
            ledger::period_index.eq(held.period_index),
            ledger::kind.eq(&held.kind),
            ledger::entry.eq(ending.entry()),
            ledger::amount.eq(charge),
            ledger::from_topup.eq(from_topup),
            ledger::reservation_id.eq(id.as_str()),
            ledger::at_ms.eq(now_ms),
        ))
        .execute(connection)?;
    Ok(())
}

/// Takes `back` off the counter of the reservation's own period, whichever period it is by now, and
/// tells what is used of it.
fn give_back(connection: &mut Connection, held: &Held, kind: CreditKind, back: i64) -> Result<i64> {
    let period = usage_periods::table.find((&held.account_id, held.period_index));
    let used: Option<i64> = match (kind, back) {
        (CreditKind::Compression, 0) => {
            period.select(usage_periods::compressions).get_result(connection).optional()?
        }
        (CreditKind::Ai, 0) => {
            period.select(usage_periods::ai).get_result(connection).optional()?
        }
        (CreditKind::Compression, back) => Prepared(
            diesel::update(period)
                .set(usage_periods::compressions.eq(usage_periods::compressions - back))
                .returning(usage_periods::compressions),
        )
        .get_result(connection)
        .optional()?,
        (CreditKind::Ai, back) => diesel::update(period)
            .set(usage_periods::ai.eq(usage_periods::ai - back))
            .returning(usage_periods::ai)
            .get_result(connection)
            .optional()?,
    };
    used.ok_or(StoreError::NotFound { what: "period" })
}
