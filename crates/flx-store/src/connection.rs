//! The only module that speaks SQLite's dialect: opening, PRAGMAs, and what its errors mean.

mod classify;
mod files;
mod open;
mod pools;
mod pragmas;
mod transaction;

pub(crate) use files::{create_database_file, create_private_file, sync_folder_of};
pub(crate) use open::{OpenMode, open};
pub(crate) use pools::Pools;
pub(crate) use pragmas::{
    check_integrity, copy_into, fold_wal_into_database, has_table, is_untouched, query_is_alive,
};
pub(crate) use transaction::{immediate, snapshot};

/// The connection behind everything in this crate.
pub(crate) type Connection = diesel::sqlite::SqliteConnection;
