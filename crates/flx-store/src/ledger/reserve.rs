//! Reserving credits.

use diesel::dsl::exists;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use flx_plans::Credits;

use super::{CreditKind, Reservation, ReserveRequest};
use crate::accounts::{AccountRow, take};
use crate::connection::Connection;
use crate::idempotency;
use crate::ledger::close::OPEN;
use crate::period::{self, PeriodRow, credits};
use crate::prepared::Prepared;
use crate::schema::{accounts, api_keys, reservations, usage_periods};
use crate::{ReservationId, Result, Store, StoreError};

/// What the conditional UPDATE took from where.
struct Taken {
    period_index: i64,
    used: i64,
    from_topup: i64,
    ends_at_ms: i64,
}

impl Store {
    /// Holds credits for a request, or refuses it whole.
    ///
    /// # Errors
    /// [`StoreError::QuotaExceeded`]; [`StoreError::KeyNotLive`] when the key is no longer active or
    /// its account is disabled or gone; [`StoreError::PlanChanged`]; [`StoreError::RequestSeen`];
    /// [`StoreError::OutOfRange`] for an amount of 0.
    pub fn reserve(&self, request: &ReserveRequest, now_ms: i64) -> Result<Reservation> {
        if request.amount == Credits::ZERO {
            return Err(StoreError::OutOfRange {
                what: "the number of credits to reserve",
                value: 0,
                allowed: "at least 1",
            });
        }
        self.write(|connection| {
            let taken = match request.kind {
                CreditKind::Compression => take_compressions(connection, request, now_ms)?,
                CreditKind::Ai => take_ai(connection, request, now_ms)?,
            };
            let reservation = insert(connection, request, &taken, now_ms)?;
            if let Some(once) = &request.once {
                idempotency::begin(connection, &request.account, once, &reservation.id, now_ms)?;
            }
            Ok(reservation)
        })
    }
}

/// The usual case is one UPDATE; a new period, or finding out why it took nothing, costs more.
fn take_compressions(
    connection: &mut Connection,
    request: &ReserveRequest,
    now_ms: i64,
) -> Result<Taken> {
    if let Some(taken) = try_compressions(connection, request, now_ms)? {
        return Ok(taken);
    }
    let (_, period) = find_hindrance(connection, request, now_ms)?;
    // Nothing stood in the way but the end of the last period, or the limit does.
    if let Some(taken) = try_compressions(connection, request, now_ms)? {
        return Ok(taken);
    }
    Err(StoreError::QuotaExceeded {
        kind: CreditKind::Compression,
        used: credits(period.compressions, "usage_periods", "compressions")?,
        limit: request.limit,
        asked: request.amount,
        resets_at_ms: period.ends_at_ms,
    })
}

fn try_compressions(
    connection: &mut Connection,
    request: &ReserveRequest,
    now_ms: i64,
) -> Result<Option<Taken>> {
    let account = request.account.as_str();
    let amount = i64::from(request.amount.get());
    let entered = accounts::table
        .filter(accounts::id.eq(account))
        .filter(accounts::tier.eq(request.tier.as_str()))
        .filter(accounts::disabled_at_ms.is_null())
        .select(accounts::period_index);
    let key = request.key.as_ref().map_or("", |key| key.as_str());
    let live_key = api_keys::table
        .filter(api_keys::id.eq(key))
        .filter(api_keys::account_id.eq(account))
        .filter(api_keys::ended_at_ms.is_null());
    let statement = diesel::update(
        usage_periods::table
            .filter(usage_periods::account_id.eq(account))
            .filter(usage_periods::period_index.eq_any(entered))
            .filter(usage_periods::ends_at_ms.gt(now_ms))
            .filter((usage_periods::compressions + amount).le(i64::from(request.limit.get())))
            .filter(request.key.is_none().into_sql::<Bool>().or(exists(live_key))),
    )
    .set(usage_periods::compressions.eq(usage_periods::compressions + amount))
    .returning((
        usage_periods::period_index,
        usage_periods::compressions,
        usage_periods::ends_at_ms,
    ));
    let row: Option<(i64, i64, i64)> = Prepared(statement).get_result(connection).optional()?;
    Ok(row.map(|(period_index, used, ends_at_ms)| Taken {
        period_index,
        used,
        from_topup: 0,
        ends_at_ms,
    }))
}

/// AI credits come from two rows, so both are taken for this transaction before either is changed.
fn take_ai(connection: &mut Connection, request: &ReserveRequest, now_ms: i64) -> Result<Taken> {
    let (account, period) = find_hindrance(connection, request, now_ms)?;
    let credits_now = flx_plans::AiCredits::new(
        request.limit,
        credits(period.ai, "usage_periods", "ai")?,
        credits(account.ai_topup, "accounts", "ai_topup")?,
    );
    let Some(spend) = credits_now.spend(request.amount) else {
        let used = credits(period.ai, "usage_periods", "ai")?;
        return Err(StoreError::QuotaExceeded {
            kind: CreditKind::Ai,
            used,
            limit: used.plus(credits_now.remaining()),
            asked: request.amount,
            resets_at_ms: period.ends_at_ms,
        });
    };
    let from_topup = i64::from(spend.from_topups().get());
    let used = period.ai + i64::from(spend.from_monthly().get());
    diesel::update(usage_periods::table.find((&account.id, period.period_index)))
        .set(usage_periods::ai.eq(used))
        .execute(connection)?;
    if from_topup > 0 {
        diesel::update(accounts::table.find(&account.id))
            .set(accounts::ai_topup.eq(accounts::ai_topup - from_topup))
            .execute(connection)?;
    }
    Ok(Taken { period_index: period.period_index, used, from_topup, ends_at_ms: period.ends_at_ms })
}

/// Takes the account's row, refuses what must not reserve at all, and enters the current period.
fn find_hindrance(
    connection: &mut Connection,
    request: &ReserveRequest,
    now_ms: i64,
) -> Result<(AccountRow, PeriodRow)> {
    let Some(mut account) = take(connection, &request.account)? else {
        return Err(StoreError::KeyNotLive);
    };
    if account.disabled_at_ms.is_some() {
        return Err(StoreError::KeyNotLive);
    }
    if let Some(key) = &request.key {
        let live: i64 = api_keys::table
            .filter(api_keys::id.eq(key.as_str()))
            .filter(api_keys::account_id.eq(&account.id))
            .filter(api_keys::ended_at_ms.is_null())
            .count()
            .get_result(connection)?;
        if live == 0 {
            return Err(StoreError::KeyNotLive);
        }
    }
    let tier = account.tier()?;
    if tier != request.tier {
        return Err(StoreError::PlanChanged { now: tier });
    }
    let period = period::enter(connection, &mut account, now_ms)?;
    Ok((account, period))
}

fn insert(
    connection: &mut Connection,
    request: &ReserveRequest,
    taken: &Taken,
    now_ms: i64,
) -> Result<Reservation> {
    let id = ReservationId::new(now_ms);
    let lease_ends_ms = now_ms.saturating_add(request.lease_ms);
    diesel::insert_into(reservations::table)
        .values((
            reservations::id.eq(id.as_str()),
            reservations::account_id.eq(request.account.as_str()),
            reservations::key_id.eq(request.key.as_ref().map(|key| key.as_str())),
            reservations::kind.eq(request.kind.as_str()),
            reservations::period_index.eq(taken.period_index),
            reservations::amount.eq(i64::from(request.amount.get())),
            reservations::from_topup.eq(taken.from_topup),
            reservations::state.eq(OPEN),
            reservations::charged.eq(0),
            reservations::created_at_ms.eq(now_ms),
            reservations::lease_ends_ms.eq(lease_ends_ms),
        ))
        .execute(connection)?;
    Ok(Reservation {
        id,
        account: request.account.clone(),
        kind: request.kind,
        amount: request.amount,
        used: credits(taken.used, "usage_periods", "compressions")?,
        resets_at_ms: taken.ends_at_ms,
        lease_ends_ms,
    })
}
