//! Opening one connection with its settings.

use std::path::Path;

use diesel::Connection as _;

use super::{Connection, pragmas};
use crate::{DatabaseUrl, Result, StoreError, StoreOptions};

/// What a connection is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OpenMode {
    /// Reads and writes.
    Write,
    /// Reads only; SQLite refuses writes on it.
    Read,
}

/// Opens a connection to a database file that must exist.
pub(crate) fn open(
    url: &DatabaseUrl,
    options: &StoreOptions,
    mode: OpenMode,
) -> Result<Connection> {
    if !url.path().exists() {
        return Err(StoreError::DatabaseMissing);
    }
    let mut connection = Connection::establish(&address(url.path())?)?;
    pragmas::apply(&mut connection, options, mode)?;
    Ok(connection)
}

/// The path as SQLite's URI. `mode=rw` keeps SQLite from creating a database in place of one that
/// has gone.
pub(super) fn address(path: &Path) -> Result<String> {
    let Some(text) = path.to_str() else {
        return Err(StoreError::InvalidUrl { reason: "the path is not UTF-8" });
    };
    let mut escaped = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '%' => escaped.push_str("%25"),
            '?' => escaped.push_str("%3f"),
            '#' => escaped.push_str("%23"),
            other => escaped.push(other),
        }
    }
    // A path that begins with two slashes would read as an authority.
    let escaped = match escaped.strip_prefix("//") {
        Some(rest) => format!("/{}", rest.trim_start_matches('/')),
        None => escaped,
    };
    Ok(format!("file:{escaped}?mode=rw"))
}
