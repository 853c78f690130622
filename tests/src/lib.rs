//! What the end-to-end tests stand on: the real programs in a folder of their own, a client that
//! reads their answers, pictures made in code, and a way to tell whether two pictures look alike.

mod admin;
mod answer;
pub mod books;
mod browser;
pub mod ciede2000;
mod client;
mod extent;
mod fault;
mod jumping_clock;
mod leaks;
pub mod look;
mod memory_group;
mod mount;
mod output;
pub mod person;
pub mod pictures;
mod plans;
mod programs;
mod random;
mod raw;
mod service;
mod setup;
mod spread;
pub mod tools;
pub mod wire;
mod worker_processes;

pub use admin::{Run, Running, admin};
pub use answer::Answer;
pub use browser::{Browser, Scheme, Screen};
pub use client::{Form, send};
pub use extent::{extent, is_long, long_unless};
pub use fault::{FailingCalls, WriteLock};
pub use jumping_clock::JumpingClock;
pub use leaks::{holds_a_key, holds_a_signature};
pub use memory_group::MemoryGroup;
pub use mount::Mount;
pub use person::{PASSWORD, Person};
pub use plans::{generous_plans, small_plan};
pub use programs::{flx_admin, flx_server};
pub use random::Random;
pub use raw::{Raw, RawConnection};
pub use service::Service;
pub use setup::{Ended, Setup};
pub use spread::Spread;
pub use worker_processes::WorkerProcess;
