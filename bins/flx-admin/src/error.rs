//! Why a command failed, and the exit code that says so.

use std::io::ErrorKind;
use std::process::ExitCode;

use flx_plans::Denied;
use flx_store::{DatabaseUrl, Email, StoreError};

const FAILED: u8 = 1;
const USAGE: u8 = 2;
const REFUSED: u8 = 3;
const NOT_FOUND: u8 = 4;
const CONFLICT: u8 = 5;
const UNAVAILABLE: u8 = 6;

/// Every failure of the program. Messages name files, because the operator is at the machine.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error(transparent)]
    DatabaseUrl(StoreError),
    #[error("{url}")]
    Open { url: DatabaseUrl, source: StoreError },
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Keys(#[from] flx_keys::Error),
    #[error(transparent)]
    Plans(#[from] flx_plans::Error),
    #[error("the plan file {file} cannot be read")]
    ReadPlans { file: String, source: std::io::Error },
    #[error("no account has the e-mail address {0}")]
    NoAccount(Email),
    #[error("{denied}{}", at(upgrade_url.as_deref()))]
    Denied { denied: Denied, upgrade_url: Option<String> },
    #[error("not confirmed, nothing was changed")]
    NotConfirmed,
    #[error("there is no terminal to confirm on: repeat with --yes; nothing was changed")]
    NoTerminal,
    #[error("the folder {folder} cannot be created")]
    CreateFolder { folder: String, source: std::io::Error },
    #[error("the answer cannot be read")]
    Input(#[source] std::io::Error),
    #[error("the output cannot be written")]
    Output(#[source] std::io::Error),
}

fn at(upgrade_url: Option<&str>) -> String {
    upgrade_url.map(|url| format!(" at {url}")).unwrap_or_default()
}

impl Error {
    /// The message with everything behind it, on one line.
    pub(crate) fn with_sources(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(error) = source {
            text.push_str(": ");
            text.push_str(&error.to_string());
            source = error.source();
        }
        text
    }

    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == ErrorKind::BrokenPipe)
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(self.code())
    }

    fn code(&self) -> u8 {
        match self {
            Self::Open { source, .. } => of_store(source),
            Self::Store(error) => of_store(error),
            Self::Keys(error) => of_keys(error),
            Self::DatabaseUrl(_) | Self::Plans(_) | Self::ReadPlans { .. } => USAGE,
            Self::NoAccount(_) => NOT_FOUND,
            Self::Denied { .. } | Self::NotConfirmed | Self::NoTerminal => REFUSED,
            Self::CreateFolder { .. } | Self::Input(_) | Self::Output(_) => FAILED,
        }
    }
}

fn of_store(error: &StoreError) -> u8 {
    match error {
        StoreError::NotFound { .. } => NOT_FOUND,
        StoreError::Conflict { .. }
        | StoreError::BackupExists
        | StoreError::InUse
        | StoreError::BeingRestored => CONFLICT,
        StoreError::OutOfRange { .. } => USAGE,
        StoreError::SchemaMissing
        | StoreError::SchemaTooOld { .. }
        | StoreError::SchemaTooNew { .. } => UNAVAILABLE,
        other if other.outage().is_some() => UNAVAILABLE,
        _ => FAILED,
    }
}

fn of_keys(error: &flx_keys::Error) -> u8 {
    match error {
        flx_keys::Error::NoActiveKey => NOT_FOUND,
        flx_keys::Error::AlreadyActive(_) | flx_keys::Error::Conflict => CONFLICT,
        flx_keys::Error::Repository(source) => source.downcast_ref().map_or(FAILED, of_store),
        _ => FAILED,
    }
}

#[cfg(test)]
mod tests {
    use flx_plans::Tier;

    use super::*;

    #[test]
    fn exit_codes_are_as_documented() {
        let away = || Box::new(StoreError::Busy);
        for (error, code) in [
            (Error::Store(StoreError::DatabaseMissing), 6),
            (Error::Store(StoreError::SchemaMissing), 6),
            (Error::Store(StoreError::Busy), 6),
            (Error::Store(StoreError::InUse), 5),
            (Error::Store(StoreError::NotFound { what: "backup file" }), 4),
            (Error::Keys(flx_keys::Error::NoActiveKey), 4),
            (Error::Keys(flx_keys::Error::Conflict), 5),
            (Error::Keys(flx_keys::Error::Repository(away())), 6),
            (Error::NotConfirmed, 3),
            (Error::NoTerminal, 3),
            (Error::Plans(flx_plans::Error::UnknownTier("gold".to_owned())), 2),
        ] {
            assert_eq!(error.code(), code, "{error}");
        }
    }

    #[test]
    fn a_refusal_names_the_place_to_upgrade() {
        let denied = Denied::ApiKey { plan: Tier::Free, allowed_from: Some(Tier::Starter) };
        let upgrade_url = Some("https://example.org/plans".to_owned());
        let text = Error::Denied { denied, upgrade_url }.to_string();
        let expected = "the free plan has no API access; upgrade to Starter or higher \
                        at https://example.org/plans";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_missing_database_names_the_file_and_the_command() {
        let url: DatabaseUrl = "sqlite:///srv/flx.db".parse().unwrap();
        let error = Error::Open { url, source: StoreError::DatabaseMissing };
        let text = error.with_sources();
        assert!(text.starts_with("sqlite:///srv/flx.db: "), "{text}");
        assert!(text.contains("flx-admin migrate"), "{text}");
    }
}
