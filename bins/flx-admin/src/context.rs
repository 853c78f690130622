//! What every command works with: the settings, the moment, and who is asking.

use std::fs;
use std::path::Path;

use flx_keys::Actor;
use flx_plans::{Denied, Plans};
use flx_store::{Account, DatabaseUrl, Email, Store, StoreOptions};
use jiff::Timestamp;

use crate::cli::Settings;
use crate::error::Error;
use crate::output::Output;

/// One run of the program.
pub(crate) struct Context {
    settings: Settings,
    now: Timestamp,
    output: Output,
}

impl Context {
    pub(crate) fn new(settings: Settings, now: Timestamp) -> Self {
        let output = Output::new(settings.json);
        Self { settings, now, output }
    }

    pub(crate) fn output(&self) -> &Output {
        &self.output
    }

    /// The moment of this run, in Unix milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        self.now.as_millisecond()
    }

    /// Who is asking, for the audit log: this program and the person at its controls.
    pub(crate) fn actor(&self) -> Actor {
        // sudo keeps the name of the person who called it, which tells more than "root".
        let person = ["SUDO_USER", "USER", "LOGNAME"]
            .into_iter()
            .filter_map(|name| std::env::var(name).ok())
            .find(|person| !person.is_empty());
        match person {
            Some(person) => Actor::new(format!("flx-admin:{person}")),
            None => Actor::new("flx-admin"),
        }
    }

    /// Where the database is: as set, or in the data folder.
    pub(crate) fn database_url(&self) -> Result<DatabaseUrl, Error> {
        // An empty variable is how a unit file or a Compose file says "not set".
        match self.settings.database_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => url.parse().map_err(Error::DatabaseUrl),
            None => Ok(DatabaseUrl::in_data_dir(&self.settings.data_dir)),
        }
    }

    /// Settings of the store for one command: it reads little, so one reader is enough.
    pub(crate) fn store_options(&self) -> StoreOptions {
        StoreOptions::default().with_readers(1).with_durability(self.settings.durability)
    }

    /// Opens the database, which must exist.
    pub(crate) fn store(&self) -> Result<Store, Error> {
        let url = self.database_url()?;
        Store::open(&url, &self.store_options()).map_err(|source| Error::Open { url, source })
    }

    /// The account with this address.
    pub(crate) fn account(&self, store: &Store, email: &Email) -> Result<Account, Error> {
        let account = store.find_account_by_email(email)?;
        account.ok_or_else(|| Error::NoAccount(email.clone()))
    }

    /// The plans in force.
    pub(crate) fn plans(&self) -> Result<Plans, Error> {
        self.settings.plans.as_deref().map_or_else(|| Ok(Plans::default()), read_plans)
    }

    /// What a plan denies, with the place to upgrade.
    pub(crate) fn denied(&self, denied: Denied) -> Error {
        let upgrade_url = self.settings.upgrade_url.clone().filter(|url| !url.is_empty());
        Error::Denied { denied, upgrade_url }
    }
}

fn read_plans(path: &Path) -> Result<Plans, Error> {
    let file = path.display().to_string();
    let text = fs::read_to_string(path)
        .map_err(|source| Error::ReadPlans { file: file.clone(), source })?;
    Ok(Plans::from_toml(&text, &file)?)
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::Cli;

    fn context(line: &str) -> Context {
        let cli = Cli::try_parse_from(line.split_whitespace()).unwrap();
        Context::new(cli.settings, Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn the_database_is_in_the_data_folder_unless_named() {
        let url = |line: &str| context(line).database_url().unwrap().to_string();
        assert_eq!(url("flx-admin --data-dir /srv/flx"), "sqlite:///srv/flx/flx.db");
        assert_eq!(url("flx-admin --database-url sqlite://a.db"), "sqlite://a.db");
        assert_eq!(url("flx-admin --data-dir /srv --database-url="), "sqlite:///srv/flx.db");
    }

    #[test]
    fn a_wrong_database_url_is_not_repeated() {
        let wrong = context("flx-admin --database-url postgres://flx:hunter2@db/flx");
        let text = wrong.database_url().unwrap_err().with_sources();
        assert!(text.contains("postgres") && !text.contains("hunter2"), "{text}");
    }

    #[test]
    fn a_plan_file_that_is_missing_is_named() {
        let text = context("flx-admin --plans /nowhere/p.toml").plans().unwrap_err();
        assert!(text.with_sources().starts_with("the plan file /nowhere/p.toml cannot be read: "));
    }
}
