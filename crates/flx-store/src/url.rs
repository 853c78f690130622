//! The address of a database, parsed once and passed as a type.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use crate::StoreError;

/// The name of the database file that [`DatabaseUrl::in_data_dir`] chooses.
pub const DEFAULT_FILE_NAME: &str = "flx.db";

/// Where the database is: `sqlite:///absolute/flx.db` or `sqlite://relative.db` (relative to the
/// working directory). What follows the two slashes is the path as it is, without escapes.
///
/// ```
/// use flx_store::DatabaseUrl;
/// let url: DatabaseUrl = "sqlite:///var/lib/flx/flx.db".parse()?;
/// assert_eq!(url.path(), std::path::Path::new("/var/lib/flx/flx.db"));
/// assert!("postgres://localhost/flx".parse::<DatabaseUrl>().is_err());
/// # Ok::<(), flx_store::StoreError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatabaseUrl {
    path: PathBuf,
}

impl DatabaseUrl {
    /// The default: `flx.db` in the given data folder.
    #[must_use]
    pub fn in_data_dir(data_dir: &Path) -> Self {
        Self { path: data_dir.join(DEFAULT_FILE_NAME) }
    }

    /// The database file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A database at a path that was made from another one's.
    pub(crate) fn of_path(path: PathBuf) -> Self {
        Self { path }
    }

    /// The file beside the database with this ending added to the whole name (`flx.db` + `-wal`).
    pub(crate) fn beside(&self, ending: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(ending);
        name.into()
    }
}

impl FromStr for DatabaseUrl {
    type Err = StoreError;

    /// # Errors
    /// [`StoreError::UnsupportedDatabase`] for a scheme other than `sqlite`,
    /// [`StoreError::InvalidUrl`] for everything that names no file. Neither repeats the text:
    /// it may hold a password.
    fn from_str(text: &str) -> Result<Self, StoreError> {
        let Some((scheme, rest)) = text.split_once("://") else {
            return Err(StoreError::InvalidUrl { reason: "it has no scheme" });
        };
        match scheme {
            "sqlite" => parse_sqlite(rest),
            "postgres" | "postgresql" => {
                Err(StoreError::UnsupportedDatabase { scheme: "postgres".to_owned() })
            }
            other
                if other.len() <= 20
                    && other.starts_with(|c: char| c.is_ascii_alphabetic())
                    && other.chars().all(|c| c.is_ascii_alphanumeric()) =>
            {
                Err(StoreError::UnsupportedDatabase { scheme: other.to_owned() })
            }
            _ => Err(StoreError::InvalidUrl { reason: "its scheme is malformed" }),
        }
    }
}

fn parse_sqlite(path: &str) -> Result<DatabaseUrl, StoreError> {
    let reason = if path.is_empty() {
        "it names no file"
    } else if path.ends_with('/') {
        "it names a folder, not a file"
    } else if path.contains(":memory:") {
        "a database in memory would be a different one for every connection"
    } else if path.contains(['?', '#']) {
        "a query or fragment is not understood"
    } else if path.contains('\0') {
        "it contains a NUL character"
    } else {
        return Ok(DatabaseUrl { path: path.into() });
    };
    Err(StoreError::InvalidUrl { reason })
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sqlite://{}", self.path.display())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, path: Option<&str>) {
        let parsed = text.parse::<DatabaseUrl>();
        assert_eq!(
            parsed.as_ref().ok().map(DatabaseUrl::path),
            path.map(Path::new),
            "{text}: {parsed:?}"
        );
    }

    #[test]
    fn three_slashes_are_absolute_and_two_are_relative() {
        check("sqlite:///srv/flx.db", Some("/srv/flx.db"));
        check("sqlite://flx.db", Some("flx.db"));
        check("sqlite://./data/flx.db", Some("./data/flx.db"));
    }

    #[test]
    fn what_names_no_file_is_refused() {
        for text in [
            "",
            "flx.db",
            "sqlite://",
            "sqlite:///srv/",
            "sqlite://:memory:",
            "sqlite://a.db?mode=ro",
            "sqlite:flx.db",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn another_database_is_named_without_its_password() {
        let error = "postgres://flx:hunter2@db/flx".parse::<DatabaseUrl>().unwrap_err();
        assert!(error.to_string().contains("postgres"), "{error}");
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }

    #[test]
    fn the_url_prints_as_it_was_read() {
        let text = "sqlite:///srv/flx.db";
        assert_eq!(text.parse::<DatabaseUrl>().unwrap().to_string(), text);
    }
}
