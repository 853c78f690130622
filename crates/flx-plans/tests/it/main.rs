//! Plans, files and billing periods, as a service uses them.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper that cannot go on has failed its test"
)]

mod admission;
mod file;
mod periods;
