//! The schema's history, embedded, and whether a database and this program fit together.

use diesel::migration::{Migration, MigrationSource};
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::connection::{Connection, has_table, immediate, is_untouched};
use crate::{Result, StoreError};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// What [`Store::migrate`](crate::Store::migrate) did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migrated {
    /// The versions applied now, oldest first; empty when there was nothing to do.
    pub applied: Vec<String>,
    /// The database's schema version from now on.
    pub version: String,
}

/// Fails with its own error for a database that is empty, foreign, newer or older than this program.
pub(crate) fn check(connection: &mut Connection) -> Result<()> {
    fits(&known_versions()?, &applied_versions(connection)?)
}

fn fits(known: &[String], applied: &[String]) -> Result<()> {
    refuse_newer(known, applied)?;
    if known.iter().all(|version| applied.contains(version)) {
        return Ok(());
    }
    Err(match applied.last() {
        None => StoreError::SchemaMissing,
        Some(found) => StoreError::SchemaTooOld { found: found.clone(), needed: newest(known) },
    })
}

/// Applies what is missing, all or nothing, in one transaction that takes the write lock first: of
/// two processes the second waits and then finds nothing to do.
pub(crate) fn run(connection: &mut Connection) -> Result<Migrated> {
    let known = known_versions()?;
    let applied = immediate(connection, |connection| apply_missing(connection, &known))?;
    Ok(Migrated { applied, version: newest(&known) })
}

/// Whether every migration of this program is in the database; fails for a newer or foreign one.
pub(crate) fn is_current(connection: &mut Connection) -> Result<bool> {
    match check(connection) {
        Ok(()) => Ok(true),
        Err(StoreError::SchemaTooOld { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn apply_missing(connection: &mut Connection, known: &[String]) -> Result<Vec<String>> {
    refuse_newer(known, &applied_versions(connection)?)?;
    let applied =
        connection.run_pending_migrations(MIGRATIONS).map_err(|error| match error
            .downcast::<diesel::result::Error>(
        ) {
            Ok(error) => StoreError::from(*error),
            Err(error) => StoreError::Migration { reason: error.to_string() },
        })?;
    Ok(applied.iter().map(ToString::to_string).collect())
}

/// Oldest first. A database with tables but without a migration history is not ours.
fn applied_versions(connection: &mut Connection) -> Result<Vec<String>> {
    if is_untouched(connection)? {
        return Ok(Vec::new());
    }
    if !has_table(connection, "__diesel_schema_migrations")? {
        return Err(StoreError::NotOurs);
    }
    let mut versions: Vec<String> = connection
        .applied_migrations()
        .map_err(|error| StoreError::Migration { reason: error.to_string() })?
        .iter()
        .map(ToString::to_string)
        .collect();
    versions.sort_unstable();
    Ok(versions)
}

fn known_versions() -> Result<Vec<String>> {
    let migrations: Vec<Box<dyn Migration<Sqlite>>> = MIGRATIONS
        .migrations()
        .map_err(|error| StoreError::Migration { reason: error.to_string() })?;
    let mut versions: Vec<String> =
        migrations.iter().map(|migration| migration.name().version().to_string()).collect();
    versions.sort_unstable();
    Ok(versions)
}

fn refuse_newer(known: &[String], applied: &[String]) -> Result<()> {
    match applied.iter().rev().find(|version| !known.contains(version)) {
        None => Ok(()),
        Some(found) => Err(StoreError::SchemaTooNew { found: found.clone(), known: newest(known) }),
    }
}

fn newest(versions: &[String]) -> String {
    versions.last().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fit(known: &[&str], applied: &[&str]) -> Result<()> {
        let own = |versions: &[&str]| versions.iter().map(ToString::to_string).collect::<Vec<_>>();
        fits(&own(known), &own(applied))
    }

    #[test]
    fn an_older_and_a_newer_database_are_told_apart() {
        assert!(fit(&["1", "2"], &["1", "2"]).is_ok());
        let older = fit(&["1", "2", "3"], &["1", "2"]).unwrap_err();
        assert!(
            matches!(&older, StoreError::SchemaTooOld { found, needed } if found == "2" && needed == "3"),
            "{older:?}"
        );
        let newer = fit(&["1", "2"], &["1", "2", "3", "4"]).unwrap_err();
        assert!(
            matches!(&newer, StoreError::SchemaTooNew { found, known } if found == "4" && known == "2"),
            "{newer:?}"
        );
        assert!(matches!(fit(&["1"], &[]), Err(StoreError::SchemaMissing)));
    }

    #[test]
    fn a_database_that_lacks_one_migration_and_has_an_unknown_one_counts_as_newer() {
        let error = fit(&["1", "2"], &["1", "3"]).unwrap_err();
        assert!(matches!(error, StoreError::SchemaTooNew { .. }), "{error:?}");
    }
}
