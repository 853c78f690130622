//! From diesel's errors to ours. Diesel hands on SQLite's message but not its code, so the
//! messages, which SQLite keeps fixed per code, are what tells a full disk from a lock.

use diesel::result::{ConnectionError, DatabaseErrorKind, Error};

use crate::StoreError;

impl From<Error> for StoreError {
    fn from(error: Error) -> Self {
        match error {
            Error::NotFound => Self::NotFound { what: "row" },
            Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => {
                Self::Conflict { what: "a row with this value exists already" }
            }
            Error::DatabaseError(DatabaseErrorKind::ForeignKeyViolation, _) => {
                Self::NotFound { what: "account" }
            }
            Error::DatabaseError(kind, info) => match from_message(info.message()) {
                Some(known) => known,
                None => Self::Query(Error::DatabaseError(kind, info)),
            },
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::from(*commit_error),
            other => Self::Query(other),
        }
    }
}

impl From<ConnectionError> for StoreError {
    fn from(error: ConnectionError) -> Self {
        match error {
            ConnectionError::BadConnection(message) => {
                from_message(&message).unwrap_or(Self::Unavailable { reason: message })
            }
            ConnectionError::CouldntSetupConfiguration(error) => Self::from(error),
            other => Self::Unavailable { reason: other.to_string() },
        }
    }
}

/// The condition that a message of SQLite tells of, if it is one of the database and not of the query.
pub(super) fn from_message(message: &str) -> Option<StoreError> {
    let message = message.to_ascii_lowercase();
    let tells = |parts: &[&str]| parts.iter().any(|part| message.contains(part));
    if tells(&["is locked", "locking protocol", "schema has changed"]) {
        Some(StoreError::Busy)
    } else if tells(&["disk is full", "insertion failed because database is full"]) {
        Some(StoreError::DiskFull)
    } else if tells(&["readonly database", "read-only database", "read only"]) {
        Some(StoreError::ReadOnly)
    } else if tells(&["is not a database", "not a database file"]) {
        Some(StoreError::NotOurs)
    } else if tells(&["malformed"]) {
        Some(StoreError::Corrupt)
    } else if tells(&["i/o error", "unable to open", "out of memory", "access permission"]) {
        Some(StoreError::Unavailable { reason: message })
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Outage;

    #[test]
    fn the_words_of_sqlite_become_conditions() {
        for (message, outage) in [
            ("database is locked", Outage::Busy),
            ("database table is locked", Outage::Busy),
            ("The database file is locked", Outage::Busy),
            ("database or disk is full", Outage::DiskFull),
            ("attempt to write a readonly database", Outage::ReadOnly),
            ("database disk image is malformed", Outage::Corrupt),
            ("file is not a database", Outage::Corrupt),
            ("disk I/O error", Outage::Unavailable),
            ("unable to open database file", Outage::Unavailable),
            ("Unable to open the database file", Outage::Unavailable),
        ] {
            let error = from_message(message).unwrap();
            assert_eq!(error.outage(), Some(outage), "{message}");
        }
        assert!(from_message("near \"SELEC\": syntax error").is_none());
    }
}
