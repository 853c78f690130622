//! Requests that are made once, however often they are sent.
//!
//! A request with an idempotency key leaves a row in the transaction of its reservation, and its
//! answer in the transaction of its settle: whoever was charged for is answered the same from then
//! on, and what was not charged for may be tried again.

use diesel::prelude::*;
use flx_plans::Credits;

use crate::connection::Connection;
use crate::ledger;
use crate::schema::{idempotent_requests, reservations};
use crate::{AccountId, ReservationId, Result, ResultId, Store, StoreError};

/// Rows deleted in one transaction, so that requests get their turn in between.
const BATCH: i64 = 500;

/// What tells a repeated request from another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once {
    /// A digest of the key that the client chose; an account's own.
    pub key_digest: [u8; 32],
    /// A digest of the request itself.
    pub fingerprint: [u8; 32],
    /// How long the answer is kept, in milliseconds.
    pub keep_ms: i64,
}

/// An answer, as it is given again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptAnswer {
    /// Its HTTP status.
    pub status: u16,
    /// What its caller wants kept besides the body.
    pub head: String,
    /// The body; empty when it is a picture.
    pub body: String,
    /// The result whose picture is the body.
    pub result: Option<ResultId>,
}

/// What is known of a request that was seen before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Seen {
    /// It was answered so.
    Answered(KeptAnswer),
    /// It is being worked on.
    Running,
    /// The key was used for another request.
    OtherRequest,
}

#[derive(Queryable)]
struct Row {
    fingerprint: Vec<u8>,
    reservation_id: String,
    status: Option<i64>,
    head: Option<String>,
    body: Option<String>,
    result_id: Option<String>,
    expires_at_ms: i64,
}

impl Store {
    /// What is known of a request; `None` when it may be made, for the first time or again because
    /// it was never answered nor charged.
    ///
    /// # Errors
    /// Only outages.
    pub fn seen_before(
        &self,
        account: &AccountId,
        once: &Once,
        now_ms: i64,
    ) -> Result<Option<Seen>> {
        self.read(|connection| {
            find(connection, account, once)?
                .map_or(Ok(None), |row| row.seen(connection, once, now_ms))
        })
    }

    /// Whether an account used a key for some request that is remembered still.
    ///
    /// # Errors
    /// Only outages.
    pub fn knows_idempotency_key(
        &self,
        account: &AccountId,
        key_digest: &[u8; 32],
        now_ms: i64,
    ) -> Result<bool> {
        let expires: Option<i64> = self.read(|connection| {
            Ok(idempotent_requests::table
                .find((account.as_str(), key_digest.as_slice()))
                .select(idempotent_requests::expires_at_ms)
                .get_result(connection)
                .optional()?)
        })?;
        Ok(expires.is_some_and(|moment| moment > now_ms))
    }

    /// Deletes what has been kept for long enough; returns how many there were.
    ///
    /// # Errors
    /// Only outages; what was deleted before stays deleted.
    pub fn forget_answers(&self, now_ms: i64) -> Result<usize> {
        let mut forgotten = 0;
        loop {
            let expired: Vec<String> = self.read(|connection| {
                Ok(idempotent_requests::table
                    .filter(idempotent_requests::expires_at_ms.le(now_ms))
                    .order(idempotent_requests::expires_at_ms)
                    .limit(BATCH)
                    .select(idempotent_requests::reservation_id)
                    .load(connection)?)
            })?;
            if expired.is_empty() {
                return Ok(forgotten);
            }
            forgotten += self.write(|connection| {
                let expired = idempotent_requests::table
                    .filter(idempotent_requests::reservation_id.eq_any(expired));
                Ok(diesel::delete(expired).execute(connection)?)
            })?;
        }
    }
}

/// Marks a request as begun, in the transaction of its reservation.
///
/// # Errors
/// [`StoreError::RequestSeen`] when it was answered, runs, or was another one.
pub(crate) fn begin(
    connection: &mut Connection,
    account: &AccountId,
    once: &Once,
    reservation: &ReservationId,
    now_ms: i64,
) -> Result<()> {
    if let Some(row) = find(connection, account, once)? {
        if row.seen(connection, once, now_ms)?.is_some() {
            return Err(StoreError::RequestSeen);
        }
        // Should its process live after all, it must find nothing left to settle.
        ledger::expire(connection, &ReservationId::of_row(row.reservation_id), now_ms)?;
        diesel::delete(
            idempotent_requests::table.find((account.as_str(), once.key_digest.as_slice())),
        )
        .execute(connection)?;
    }
    diesel::insert_into(idempotent_requests::table)
        .values((
            idempotent_requests::account_id.eq(account.as_str()),
            idempotent_requests::key_digest.eq(once.key_digest.as_slice()),
            idempotent_requests::fingerprint.eq(once.fingerprint.as_slice()),
            idempotent_requests::reservation_id.eq(reservation.as_str()),
            idempotent_requests::expires_at_ms.eq(now_ms.saturating_add(once.keep_ms)),
        ))
        .execute(connection)?;
    Ok(())
}

/// Keeps a request's answer, in the transaction of its settle.
pub(crate) fn keep(
    connection: &mut Connection,
    reservation: &ReservationId,
    answer: &KeptAnswer,
) -> Result<()> {
    let request = idempotent_requests::table
        .filter(idempotent_requests::reservation_id.eq(reservation.as_str()));
    diesel::update(request)
        .set((
            idempotent_requests::status.eq(i64::from(answer.status)),
            idempotent_requests::head.eq(&answer.head),
            idempotent_requests::body.eq(&answer.body),
            idempotent_requests::result_id.eq(answer.result.as_ref().map(ResultId::as_str)),
        ))
        .execute(connection)?;
    Ok(())
}

/// What a settle keeps, given what is used of the period with it; `None` keeps nothing.
pub type Keeping<'a> = &'a dyn Fn(Credits) -> Option<KeptAnswer>;

fn find(connection: &mut Connection, account: &AccountId, once: &Once) -> Result<Option<Row>> {
    Ok(idempotent_requests::table
        .find((account.as_str(), once.key_digest.as_slice()))
        .select((
            idempotent_requests::fingerprint,
            idempotent_requests::reservation_id,
            idempotent_requests::status,
            idempotent_requests::head,
            idempotent_requests::body,
            idempotent_requests::result_id,
            idempotent_requests::expires_at_ms,
        ))
        .get_result(connection)
        .optional()?)
}

impl Row {
    fn seen(&self, connection: &mut Connection, once: &Once, now_ms: i64) -> Result<Option<Seen>> {
        if self.expires_at_ms <= now_ms {
            return Ok(None);
        }
        if self.fingerprint != once.fingerprint {
            return Ok(Some(Seen::OtherRequest));
        }
        if let Some(status) = self.status {
            return Ok(Some(Seen::Answered(self.answer(status)?)));
        }
        let lease_ends_ms: Option<i64> = reservations::table
            .find(&self.reservation_id)
            .filter(reservations::closed_at_ms.is_null())
            .select(reservations::lease_ends_ms)
            .get_result(connection)
            .optional()?;
        Ok(lease_ends_ms.filter(|ends_ms| *ends_ms > now_ms).map(|_| Seen::Running))
    }

    fn answer(&self, status: i64) -> Result<KeptAnswer> {
        let status = u16::try_from(status)
            .map_err(|_| StoreError::BadRow { table: "idempotent_requests", column: "status" })?;
        Ok(KeptAnswer {
            status,
            head: self.head.clone().unwrap_or_default(),
            body: self.body.clone().unwrap_or_default(),
            result: self.result_id.clone().map(ResultId::of_row),
        })
    }
}
