//! What the end-to-end tests stand on: the real programs in a folder of their own, a client that
//! reads their answers, pictures made in code, and a way to tell whether two pictures look alike.

mod admin;
mod answer;
pub mod ciede2000;
mod client;
mod leaks;
pub mod look;
mod output;
pub mod pictures;
mod programs;
mod service;
mod setup;
pub mod tools;
mod wire;

pub use admin::{Run, admin};
pub use answer::Answer;
pub use client::{Form, send};
pub use leaks::{holds_a_key, holds_a_signature};
pub use programs::{flx_admin, flx_server};
pub use service::Service;
pub use setup::{Ended, Setup};
pub use wire::{Raw, Wire};
