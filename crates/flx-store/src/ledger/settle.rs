//! Settling and releasing reservations.

use std::fmt;

use diesel::prelude::*;
use flx_plans::Credits;

use super::close::{ClosedRow, Ending, OPEN, close};
use crate::connection::Connection;
use crate::idempotency::{self, Keeping};
use crate::period::credits;
use crate::requests::{self, NewRequest};
use crate::results::{self, NewResult};
use crate::schema::reservations;
use crate::{ReservationId, Result, Store, StoreError};

/// What became of a settle or release.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "a reservation that was closed before charges nothing now"]
pub enum Settlement {
    /// Closed by this call.
    Done {
        /// Credits charged for good.
        charged: Credits,
        /// Credits given back.
        returned: Credits,
        /// What is used of the reservation's period now (AI: of the month's own).
        used: Credits,
    },
    /// It was closed before; this call changed nothing and stored no results.
    Already {
        /// How it was closed.
        how: Closed,
        /// Credits charged then.
        charged: Credits,
    },
}

/// Work that is done and to be charged.
#[derive(Clone, Copy)]
pub struct Worked<'a> {
    /// Credits to charge: 0 to all that are reserved.
    pub charged: Credits,
    /// What it made.
    pub results: &'a [NewResult],
    /// What it brought, for its owner to see.
    pub request: Option<&'a NewRequest>,
    /// The answer to keep for a repeated request, from what is used of the period then.
    pub answer: Keeping<'a>,
}

impl fmt::Debug for Worked<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worked").field("charged", &self.charged).finish_non_exhaustive()
    }
}

/// How a reservation was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Closed {
    /// Settled: a repeated call, or one whose acknowledgement was lost.
    Settled,
    /// Released: everything was given back.
    Released,
    /// The sweep took it after its lease: everything was given back, the work is not paid.
    Expired,
}

impl Store {
    /// Charges `charged` of the reserved credits (0 to all of them) and gives the rest back.
    ///
    /// Works after the lease's end too, as long as the sweep has not been there.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown reservation (or a deleted account's),
    /// [`StoreError::OutOfRange`] when more is charged than was reserved.
    pub fn settle(&self, id: &ReservationId, charged: Credits, now_ms: i64) -> Result<Settlement> {
        self.settle_with_results(id, charged, &[], now_ms)
    }

    /// As [`Store::settle`], and stores the results in the same transaction: what is charged can be
    /// downloaded, what is not charged leaves no row. The files must be safe on disk before; on an
    /// error or [`Settlement::Already`] they are the caller's to remove.
    ///
    /// # Errors
    /// As [`Store::settle`].
    pub fn settle_with_results(
        &self,
        id: &ReservationId,
        charged: Credits,
        results: &[NewResult],
        now_ms: i64,
    ) -> Result<Settlement> {
        self.settle_worked(
            id,
            &Worked { charged, results, request: None, answer: &|_| None },
            now_ms,
        )
    }

    /// As [`Store::settle_with_results`], and keeps in the same transaction what the request
    /// brought, and the answer of one that was reserved for
    /// [`with_once`](crate::ReserveRequest::with_once): what is charged is answered the same from
    /// then on.
    ///
    /// # Errors
    /// As [`Store::settle`].
    pub fn settle_worked(
        &self,
        id: &ReservationId,
        worked: &Worked<'_>,
        now_ms: i64,
    ) -> Result<Settlement> {
        self.write(|connection| {
            let charged = worked.charged;
            let Some(closed) = close(connection, id, Ending::Settle, charged, now_ms)? else {
                return find_closed(connection, id, charged);
            };
            results::insert(connection, &closed.account, worked.results)?;
            if let Some(request) = worked.request {
                requests::insert(connection, &closed.account, request, now_ms)?;
            }
            if let Some(answer) = (worked.answer)(closed.used) {
                idempotency::keep(connection, id, &answer)?;
            }
            Ok(done(&closed))
        })
    }

    /// Gives all reserved credits back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for an unknown reservation (or a deleted account's).
    pub fn release(&self, id: &ReservationId, now_ms: i64) -> Result<Settlement> {
        self.write(|connection| {
            match close(connection, id, Ending::Release, Credits::ZERO, now_ms)? {
                Some(closed) => Ok(done(&closed)),
                None => find_closed(connection, id, Credits::ZERO),
            }
        })
    }

    /// Moves the end of an open reservation's lease; `false` when it is not open any more.
    ///
    /// # Errors
    /// Only outages.
    pub fn extend_lease(&self, id: &ReservationId, lease_ends_ms: i64) -> Result<bool> {
        self.write(|connection| {
            let changed = diesel::update(
                reservations::table.find(id.as_str()).filter(reservations::state.eq(OPEN)),
            )
            .set(reservations::lease_ends_ms.eq(lease_ends_ms))
            .execute(connection)?;
            Ok(changed == 1)
        })
    }
}

fn done(closed: &ClosedRow) -> Settlement {
    Settlement::Done { charged: closed.charged, returned: closed.returned, used: closed.used }
}

/// Why a reservation could not be closed.
fn find_closed(
    connection: &mut Connection,
    id: &ReservationId,
    asked: Credits,
) -> Result<Settlement> {
    let row: Option<(String, i64)> = reservations::table
        .find(id.as_str())
        .select((reservations::state, reservations::charged))
        .get_result(connection)
        .optional()?;
    let Some((state, charged)) = row else {
        return Err(StoreError::NotFound { what: "reservation" });
    };
    if state == OPEN {
        return Err(StoreError::OutOfRange {
            what: "the number of credits to charge",
            value: asked.get().into(),
            allowed: "at most what was reserved",
        });
    }
    let how = Ending::ALL
        .into_iter()
        .find(|ending| ending.state() == state)
        .ok_or(StoreError::BadRow { table: "reservations", column: "state" })?;
    Ok(Settlement::Already {
        how: match how {
            Ending::Settle => Closed::Settled,
            Ending::Release => Closed::Released,
            Ending::Expire => Closed::Expired,
        },
        charged: credits(charged, "reservations", "charged")?,
    })
}
