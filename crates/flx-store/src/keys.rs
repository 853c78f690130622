//! API keys: the rows behind flx-keys, and the one read that every request makes.

mod holder;
mod last_used;
mod repository;
mod row;

pub use holder::KeyHolder;

pub(crate) use row::{KEY_COLUMNS, KeyRow};
