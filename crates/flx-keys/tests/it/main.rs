//! Keys through their whole life, against a repository in memory.

#![allow(clippy::unwrap_used, reason = "a test that cannot set itself up has failed")]

mod authenticate;
mod life;
mod memory;
mod races;
mod secrecy;
