//! The statements that only SQLite understands.

use std::path::Path;

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::{Connection, OpenMode};
use crate::{Durability, Result, StoreError, StoreOptions};

/// Before this version two processes that write or checkpoint at once can lose commits in WAL mode.
const OLDEST_SQLITE: [u32; 3] = [3, 51, 3];
const OLDEST_SQLITE_TEXT: &str = "3.51.3";

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

#[derive(QueryableByName)]
struct IntegrityRow {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// Sets a fresh connection up. One PRAGMA a statement, the timeout first, so that the others wait
/// for a lock instead of failing.
pub(super) fn apply(
    connection: &mut Connection,
    options: &StoreOptions,
    mode: OpenMode,
) -> Result<()> {
    let timeout_ms = i32::try_from(options.busy_timeout().as_millis()).unwrap_or(i32::MAX);
    connection.batch_execute(&format!("PRAGMA busy_timeout = {timeout_ms}"))?;
    check_version(connection)?;
    use_wal(connection)?;
    connection.batch_execute(match options.durability() {
        Durability::Normal => "PRAGMA synchronous = NORMAL",
        Durability::Full => "PRAGMA synchronous = FULL",
    })?;
    connection.batch_execute("PRAGMA foreign_keys = ON")?;
    // A checkpoint is what costs fsyncs under NORMAL: every 16 MiB of log instead of every 4.
    connection.batch_execute("PRAGMA wal_autocheckpoint = 4000")?;
    // A checkpoint that met a long reader leaves a long log behind: cut it back when it is reset.
    connection.batch_execute("PRAGMA journal_size_limit = 67108864")?;
    if mode == OpenMode::Read {
        connection.batch_execute("PRAGMA query_only = ON")?;
    }
    Ok(())
}

fn check_version(connection: &mut Connection) -> Result<()> {
    let found =
        sql_query("SELECT sqlite_version() AS value").get_result::<TextRow>(connection)?.value;
    let parsed: Vec<u32> = found.split('.').filter_map(|part| part.parse().ok()).collect();
    if parsed.as_slice() < OLDEST_SQLITE.as_slice() {
        return Err(StoreError::SqliteTooOld { found, needed: OLDEST_SQLITE_TEXT });
    }
    Ok(())
}

/// Switching a new database to WAL takes an exclusive lock, for which SQLite does not always wait:
/// a second process that does the same must be allowed some tries.
fn use_wal(connection: &mut Connection) -> Result<()> {
    let mut tries = 0;
    loop {
        let answer = sql_query("PRAGMA journal_mode = WAL")
            .load::<JournalMode>(connection)
            .map_err(StoreError::from);
        match answer {
            Ok(rows) => {
                let mode = rows.into_iter().next().map_or_else(String::new, |row| row.journal_mode);
                return if mode == "wal" {
                    Ok(())
                } else {
                    Err(StoreError::WalUnavailable { mode })
                };
            }
            Err(StoreError::Busy) if tries < 50 => {
                tries += 1;
                std::thread::sleep(std::time::Duration::from_millis(20));
            }
            Err(error) => return Err(error),
        }
    }
}

#[derive(QueryableByName)]
struct JournalMode {
    #[diesel(sql_type = Text)]
    journal_mode: String,
}

/// Whether the database has no tables at all.
pub(crate) fn is_untouched(connection: &mut Connection) -> Result<bool> {
    let row = sql_query("SELECT count(*) AS value FROM sqlite_master")
        .get_result::<CountRow>(connection)?;
    Ok(row.value == 0)
}

/// Whether a table of this name exists.
pub(crate) fn has_table(connection: &mut Connection, name: &str) -> Result<bool> {
    let row =
        sql_query("SELECT count(*) AS value FROM sqlite_master WHERE type = 'table' AND name = ?")
            .bind::<Text, _>(name)
            .get_result::<CountRow>(connection)?;
    Ok(row.value > 0)
}

/// Fails unless the whole file is sound and every reference in it resolves.
pub(crate) fn check_integrity(connection: &mut Connection) -> Result<()> {
    let rows = sql_query("PRAGMA integrity_check(1)").load::<IntegrityRow>(connection)?;
    if !matches!(rows.as_slice(), [row] if row.integrity_check == "ok") {
        return Err(StoreError::Corrupt);
    }
    let broken = sql_query("SELECT count(*) AS value FROM pragma_foreign_key_check")
        .get_result::<CountRow>(connection)?;
    if broken.value > 0 {
        return Err(StoreError::Corrupt);
    }
    Ok(())
}

/// Writes a consistent copy of the database into an empty file, while others read and write.
pub(crate) fn copy_into(connection: &mut Connection, target: &Path) -> Result<()> {
    let Some(target) = target.to_str() else {
        return Err(StoreError::BackupInvalid { reason: "its path is not UTF-8".to_owned() });
    };
    sql_query("VACUUM INTO ?").bind::<Text, _>(target).execute(connection)?;
    Ok(())
}

/// Moves the write-ahead log into the database and leaves WAL mode, so that one file holds all.
pub(crate) fn fold_wal_into_database(connection: &mut Connection) -> Result<()> {
    connection.batch_execute("PRAGMA wal_checkpoint(TRUNCATE)")?;
    Ok(())
}

/// A query that has to read a page of the file.
pub(crate) fn query_is_alive(connection: &mut Connection) -> Result<()> {
    is_untouched(connection).map(drop)
}
