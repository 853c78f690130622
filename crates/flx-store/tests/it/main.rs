//! The store on real database files.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that cannot go on has failed its test"
)]

mod accounts;
mod audit;
mod backup;
mod harness;
mod history;
mod idempotency;
mod keys;
mod ledger;
mod model;
mod opening;
mod periods;
mod processes;
mod races;
mod results;
mod schema;
mod sign_in;
mod sweep;
mod topups;
mod verify;
