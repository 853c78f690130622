//! What is asked of the ledger, and what it grants.

use flx_keys::KeyId;
use flx_plans::{Credits, Tier};

use super::CreditKind;
use crate::{AccountId, Once, ReservationId};

/// How long a reservation lasts unless told otherwise.
const DEFAULT_LEASE_MS: i64 = 10 * 60 * 1000;

/// A wish to use credits. By default for compression, with a lease of ten minutes and no key.
#[derive(Clone, Debug)]
pub struct ReserveRequest {
    pub(super) account: AccountId,
    pub(super) tier: Tier,
    pub(super) key: Option<KeyId>,
    pub(super) kind: CreditKind,
    pub(super) amount: Credits,
    pub(super) limit: Credits,
    pub(super) lease_ms: i64,
    pub(super) once: Option<Once>,
}

impl ReserveRequest {
    /// `amount` credits (at least 1) of an account that was read as being on `tier`, whose plan
    /// allows `limit` a period (for AI: the month's own). When the account is on another plan by
    /// now, the reservation is refused with [`StoreError::PlanChanged`](crate::StoreError::PlanChanged),
    /// because the limit is then another one.
    #[must_use]
    pub fn new(account: AccountId, tier: Tier, amount: Credits, limit: Credits) -> Self {
        Self {
            account,
            tier,
            key: None,
            kind: CreditKind::Compression,
            amount,
            limit,
            lease_ms: DEFAULT_LEASE_MS,
            once: None,
        }
    }

    /// Only while this key is active. Without it (a dashboard's request) the account alone counts.
    #[must_use]
    pub fn with_key(mut self, key: KeyId) -> Self {
        self.key = Some(key);
        self
    }

    /// Which credits. Default compression.
    #[must_use]
    pub fn with_kind(mut self, kind: CreditKind) -> Self {
        self.kind = kind;
        self
    }

    /// Only when no request of this key was answered or runs: a request with an idempotency key.
    #[must_use]
    pub fn with_once(mut self, once: Once) -> Self {
        self.once = Some(once);
        self
    }

    /// After how many milliseconds the sweep may give the credits back, at least 1. Longer than the
    /// longest request. Default 600,000 (ten minutes).
    #[must_use]
    pub fn with_lease_ms(mut self, lease_ms: i64) -> Self {
        self.lease_ms = lease_ms.max(1);
        self
    }
}

/// Credits held for a request that is running.
///
/// Dropping it does nothing: settle it, release it, or let the sweep take it when its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[must_use = "credits stay held until they are settled, released or swept"]
pub struct Reservation {
    /// Its id, by which it is settled or released.
    pub id: ReservationId,
    /// Whose credits.
    pub account: AccountId,
    /// Which credits.
    pub kind: CreditKind,
    /// How many are held.
    pub amount: Credits,
    /// What is used of the period with these (AI: of the month's own).
    pub used: Credits,
    /// When the period ends, in Unix milliseconds.
    pub resets_at_ms: i64,
    /// When the sweep may give the credits back, in Unix milliseconds.
    pub lease_ends_ms: i64,
}
