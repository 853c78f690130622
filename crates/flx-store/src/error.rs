//! Everything that can go wrong with the store, in one enum.

use flx_plans::{Credits, Tier};

use crate::ledger::CreditKind;

/// The result of everything in this crate.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// Why the store did not do what it was asked. No message holds a key, a hash or a host path.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The reservation asked for more credits than the period has left; nothing was reserved.
    #[error("{asked} {kind} credits asked, but {used} of {limit} are used in this period")]
    QuotaExceeded {
        /// Which credits.
        kind: CreditKind,
        /// Credits used or reserved in the current period (AI: the month's own).
        used: Credits,
        /// The plan's credits a period (AI: the month's own plus the top-up balance's rest).
        limit: Credits,
        /// Credits asked for.
        asked: Credits,
        /// When the next period begins, Unix milliseconds.
        resets_at_ms: i64,
    },
    /// The key was rolled or revoked, or its account disabled or deleted, since it was read.
    #[error("the key is no longer live")]
    KeyNotLive,
    /// The account's plan was changed since it was read: read it again and decide anew.
    #[error("the account's plan is now {now}")]
    PlanChanged {
        /// The plan in force.
        now: Tier,
    },
    /// A request of this idempotency key was answered, runs, or was another one: see
    /// [`Store::seen_before`](crate::Store::seen_before).
    #[error("a request of this idempotency key was seen before")]
    RequestSeen,
    /// The named thing does not exist.
    #[error("{what} not found")]
    NotFound {
        /// What was looked for: `account`, `key`, `reservation`, …
        what: &'static str,
    },
    /// The change lost against another one, or contradicts what is there.
    #[error("{what}")]
    Conflict {
        /// What stands against it.
        what: &'static str,
    },
    /// An argument that no caller should pass: a negative amount, an empty name, …
    #[error("{what} is {value}, allowed is {allowed}")]
    OutOfRange {
        /// The argument's name.
        what: &'static str,
        /// The value given.
        value: i64,
        /// The allowed range in words.
        allowed: &'static str,
    },
    /// Not an e-mail address.
    #[error("the e-mail address {reason}")]
    InvalidEmail {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// Not a database URL.
    #[error(
        "the database URL is not valid: {reason}; use sqlite:///absolute/flx.db or sqlite://relative.db"
    )]
    InvalidUrl {
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A database this build has no driver for.
    #[error("{scheme} databases are not supported by this build; use sqlite://")]
    UnsupportedDatabase {
        /// The URL's scheme.
        scheme: String,
    },
    /// There is no database file (or its folder is missing).
    #[error("the database file does not exist; flx-admin migrate creates it")]
    DatabaseMissing,
    /// The file is empty: no migration ever ran.
    #[error("the database is empty; run flx-admin migrate")]
    SchemaMissing,
    /// The database was migrated by a newer version of the program.
    #[error(
        "the database has schema {found}, newer than {known}, the newest this program knows; use a newer program"
    )]
    SchemaTooNew {
        /// The newest migration in the database.
        found: String,
        /// The newest migration in this program.
        known: String,
    },
    /// The database lacks migrations that this program needs.
    #[error(
        "the database has schema {found}, older than {needed}, which this program needs; run flx-admin migrate"
    )]
    SchemaTooOld {
        /// The newest migration in the database.
        found: String,
        /// The newest migration in this program.
        needed: String,
    },
    /// A SQLite file with other tables, or not a SQLite file at all.
    #[error("the file is not a database of flx")]
    NotOurs,
    /// The SQLite that was linked has a bug that loses commits with two processes.
    #[error("SQLite {found} is linked, at least {needed} is needed")]
    SqliteTooOld {
        /// The linked version.
        found: String,
        /// The oldest safe version.
        needed: &'static str,
    },
    /// The file system cannot do what write-ahead logging needs (some network file systems).
    #[error("SQLite uses journal mode {mode} here, write-ahead logging is needed")]
    WalUnavailable {
        /// The mode in force.
        mode: String,
    },
    /// A restore found the database in use.
    #[error("the database is in use by a server or another command; stop it first")]
    InUse,
    /// A database is being restored at this moment.
    #[error("the database is being restored; try again when that is done")]
    BeingRestored,
    /// The target of a backup exists already; it is not overwritten.
    #[error("the backup file exists already and is not overwritten")]
    BackupExists,
    /// The file to restore is not a whole, sound backup.
    #[error("the backup cannot be restored: {reason}")]
    BackupInvalid {
        /// What is wrong with it.
        reason: String,
    },
    /// Locked by another writer, or no connection was free, for the whole timeout. Try again.
    #[error("the database is busy")]
    Busy,
    /// No space left on the device that holds the database.
    #[error("the database's disk is full")]
    DiskFull,
    /// The database cannot be written (permissions, a read-only mount).
    #[error("the database is read-only")]
    ReadOnly,
    /// The database cannot be reached or read: the file is gone, or input and output fail.
    #[error("the database is unavailable: {reason}")]
    Unavailable {
        /// SQLite's or the operating system's words.
        reason: String,
    },
    /// The file is damaged: restore a backup.
    #[error("the database file is damaged")]
    Corrupt,
    /// A row holds what the program never writes.
    #[error("{table}.{column} holds a value that this program does not know")]
    BadRow {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
    },
    /// A plan or period could not be computed.
    #[error(transparent)]
    Plans(#[from] flx_plans::Error),
    /// A key could not be handled.
    #[error(transparent)]
    Keys(#[from] flx_keys::Error),
    /// A file beside the database (backup, lock) failed.
    #[error("{doing} failed")]
    File {
        /// What was being done.
        doing: &'static str,
        /// The operating system's error.
        source: std::io::Error,
    },
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system")]
    Random,
    /// Everything else that diesel reports: a mistake of this program.
    #[error("the database refused a query")]
    Query(#[source] diesel::result::Error),
    /// The migrations that are built in could not be read or run.
    #[error("a migration failed: {reason}")]
    Migration {
        /// Diesel's words.
        reason: String,
    },
}

/// Why the database cannot serve at the moment, for an answer of 503 and a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outage {
    /// Locked or overloaded: worth a retry at once.
    Busy,
    /// Its disk is full.
    DiskFull,
    /// It cannot be written.
    ReadOnly,
    /// It cannot be reached.
    Unavailable,
    /// It is damaged.
    Corrupt,
}

impl Outage {
    /// The reason as one word for logs and metrics: `busy`, `disk_full`, `read_only`,
    /// `unavailable`, `corrupt`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::DiskFull => "disk_full",
            Self::ReadOnly => "read_only",
            Self::Unavailable => "unavailable",
            Self::Corrupt => "corrupt",
        }
    }
}

impl StoreError {
    /// Whether the fault lies with the database's condition, not with what was asked: `Some` is a
    /// 503 over HTTP, `None` an answer of its own or a mistake of this program.
    #[must_use]
    pub fn outage(&self) -> Option<Outage> {
        match self {
            Self::Busy => Some(Outage::Busy),
            Self::DiskFull => Some(Outage::DiskFull),
            Self::ReadOnly => Some(Outage::ReadOnly),
            Self::Unavailable { .. } | Self::DatabaseMissing | Self::BeingRestored => {
                Some(Outage::Unavailable)
            }
            Self::Corrupt | Self::NotOurs => Some(Outage::Corrupt),
            _ => None,
        }
    }

    pub(crate) fn file(doing: &'static str) -> impl FnOnce(std::io::Error) -> Self {
        move |source| match source.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::DiskFull,
            std::io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::File { doing, source },
        }
    }
}
