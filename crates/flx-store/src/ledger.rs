//! Credits: reserve before the work, settle or release after it.
//!
//! The counter of a period (`usage_periods.compressions`, `.ai`) holds what is charged *and* what
//! is reserved. A reservation adds to it only while the sum stays within the limit and the key is
//! live, in one conditional UPDATE. Closing a reservation is a compare-and-swap on its state
//! `reserved`; in the same transaction one ledger entry is written and what was not charged is
//! taken off the counter. Nobody else ever changes it, so that always and for every account and
//! period: used = committed (the ledger's sum) + open (the sum of reservations still `reserved`).
//! [`Store::verify`](crate::Store::verify) checks it.
//!
//! A process that dies between the two leaves its reservation open; its lease ends, and the sweep
//! gives the credits back. Whoever comes second, a late settle or the sweep, finds the state changed
//! and does nothing.

mod close;
mod history;
mod invariants;
mod kind;
mod request;
mod reserve;
mod settle;
mod sweep;
mod topup;
mod usage;
mod verify;

pub use history::PeriodUse;
pub use kind::CreditKind;
pub use request::{Reservation, ReserveRequest};
pub use settle::{Closed, Settlement, Worked};
pub use sweep::Swept;
pub use usage::Usage;
pub use verify::{VerifyReport, Violation};

pub(crate) use sweep::expire;
pub(crate) use usage::UsageRow;
