//! Plans, files and billing periods, as a service uses them.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot set itself up has failed"
)]

mod admission;
mod file;
mod periods;
