//! Giving back what nobody settled, and forgetting what is closed for long.

use diesel::prelude::*;
use flx_plans::Credits;

use super::close::{Ending, OPEN, close};
use crate::connection::Connection;
use crate::ids::ReservationId;
use crate::schema::reservations;
use crate::{Result, Store};

/// Reservations handled in one transaction, so that requests get their turn in between.
const BATCH: i64 = 100;

/// What a sweep gave back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Swept {
    /// Reservations closed.
    pub reservations: u64,
    /// Credits given back.
    pub returned: u64,
}

impl Store {
    /// Closes every open reservation whose lease has ended and gives its credits back. Any number
    /// of processes may do it at once: each reservation is closed by one of them.
    ///
    /// # Errors
    /// Only outages; what was swept before stays swept.
    pub fn sweep_expired_reservations(&self, now_ms: i64) -> Result<Swept> {
        let mut swept = Swept::default();
        loop {
            let expired: Vec<String> = self.read(|connection| {
                Ok(reservations::table
                    .filter(reservations::closed_at_ms.is_null())
                    .filter(reservations::state.eq(OPEN))
                    .filter(reservations::lease_ends_ms.le(now_ms))
                    .order(reservations::lease_ends_ms)
                    .limit(BATCH)
                    .select(reservations::id)
                    .load(connection)?)
            })?;
            if expired.is_empty() {
                return Ok(swept);
            }
            let batch = self.expire(expired, now_ms)?;
            swept.reservations += batch.reservations;
            swept.returned += batch.returned;
        }
    }

    /// Deletes reservations that were closed before this moment; returns how many there were. Their
    /// ledger entries stay; only a repeated settle no longer learns how they ended. A week is a good
    /// age.
    ///
    /// # Errors
    /// Only outages; what was deleted before stays deleted.
    pub fn forget_closed_reservations(&self, closed_before_ms: i64) -> Result<usize> {
        let mut forgotten = 0;
        loop {
            let ids: Vec<String> = self.read(|connection| {
                Ok(reservations::table
                    .filter(reservations::closed_at_ms.is_not_null())
                    .filter(reservations::closed_at_ms.lt(closed_before_ms))
                    .limit(BATCH)
                    .select(reservations::id)
                    .load(connection)?)
            })?;
            if ids.is_empty() {
                return Ok(forgotten);
            }
            forgotten += self.write(|connection| {
                Ok(diesel::delete(reservations::table.filter(reservations::id.eq_any(ids)))
                    .execute(connection)?)
            })?;
        }
    }

    fn expire(&self, ids: Vec<String>, now_ms: i64) -> Result<Swept> {
        self.write(|connection| {
            let mut swept = Swept::default();
            for id in ids {
                if let Some(returned) = expire(connection, &ReservationId::of_row(id), now_ms)? {
                    swept.reservations += 1;
                    swept.returned += u64::from(returned.get());
                }
            }
            Ok(swept)
        })
    }
}

/// Gives back what an open reservation holds; `None` when it was closed before.
pub(crate) fn expire(
    connection: &mut Connection,
    id: &ReservationId,
    now_ms: i64,
) -> Result<Option<Credits>> {
    let closed = close(connection, id, Ending::Expire, Credits::ZERO, now_ms)?;
    Ok(closed.map(|closed| closed.returned))
}
