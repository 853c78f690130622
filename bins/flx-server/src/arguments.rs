//! Flags and environment: the only place that reads them.

mod network;
mod work;

use std::io;
use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use flx_api::{LogFormat, Settings, SyncResults};
use flx_store::{DatabaseUrl, Durability, StoreError, StoreOptions};

use self::network::Network;
use self::work::Work;

/// Serves the flx API: pictures in, smaller pictures out.
///
/// Every flag has an environment variable of the same name; a flag wins. Without any, it listens
/// on 127.0.0.1:8080 and keeps everything in ./flx-data.
#[derive(Debug, Parser)]
#[command(name = "flx-server", version, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    network: Network,

    #[command(flatten)]
    work: Work,

    /// Folder of the database (unless --database-url says otherwise), results and uploads
    #[arg(long, env = "FLX_DATA_DIR", value_name = "FOLDER", default_value = "./flx-data")]
    data_dir: PathBuf,

    /// Database: sqlite:///absolute/flx.db or sqlite://relative.db [default: flx.db in the data
    /// folder]
    #[arg(long, env = "FLX_DATABASE_URL", value_name = "URL", hide_env_values = true)]
    database_url: Option<String>,

    /// What a commit survives: normal, the end of the process; full, a power cut too
    #[arg(long, env = "FLX_DURABILITY", value_name = "LEVEL", default_value = "normal")]
    durability: DurabilityLevel,

    /// Plan file (TOML) that replaces the built-in plans [default: none]
    #[arg(long, env = "FLX_PLANS", value_name = "FILE")]
    plans: Option<PathBuf>,

    /// Form of log lines, which go to standard error: text or json
    #[arg(long, env = "FLX_LOG_FORMAT", value_name = "FORMAT", default_value_t)]
    pub(crate) log_format: LogFormat,

    /// Least serious lines to log: error, warn, info, debug, trace, or a filter
    #[arg(
        long,
        env = "FLX_LOG_LEVEL",
        value_name = "LEVEL",
        default_value = "info,actix_server=warn"
    )]
    pub(crate) log_level: String,

    /// Create demo@localhost on the Agency plan, print its key once and a line to try it with
    #[arg(long, env = "FLX_DEMO")]
    pub(crate) demo: bool,

    /// Print the OpenAPI document and exit
    #[arg(long)]
    pub(crate) print_openapi: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DurabilityLevel {
    Normal,
    Full,
}

impl Arguments {
    /// Where the database is. Parsed here and not by clap, which would repeat the text in its
    /// error: there may be a password in it.
    pub(crate) fn database(&self) -> Result<DatabaseUrl, StoreError> {
        match self.database_url.as_deref().filter(|url| !url.is_empty()) {
            Some(url) => url.parse(),
            None => Ok(DatabaseUrl::in_data_dir(&self.data_dir)),
        }
    }

    /// How the database is opened.
    pub(crate) fn store_options(&self) -> StoreOptions {
        let durability = match self.durability {
            DurabilityLevel::Normal => Durability::Normal,
            DurabilityLevel::Full => Durability::Full,
        };
        StoreOptions::default().with_created_folder().with_durability(durability)
    }

    /// How the service runs.
    pub(crate) fn settings(&self) -> io::Result<Settings> {
        let sync = match self.durability {
            DurabilityLevel::Normal => SyncResults::Content,
            DurabilityLevel::Full => SyncResults::ContentAndFolder,
        };
        let settings = Settings::default()
            .with_data_dir(&self.data_dir)
            .with_plans_file(self.plans.clone().filter(|file| !file.as_os_str().is_empty()))
            .with_sync_results(sync);
        self.work.apply(self.network.apply(settings))
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_flags_fit_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn every_flag_has_its_variable_and_stands_in_config_md() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/CONFIG.md");
        let documented = std::fs::read_to_string(file).unwrap();
        for argument in Arguments::command().get_arguments() {
            let flag = argument.get_long().unwrap();
            assert!(documented.contains(&format!("`--{flag}`")), "--{flag} is not in CONFIG.md");
            if flag == "print-openapi" {
                continue;
            }
            let variable = argument.get_env().unwrap().to_str().unwrap();
            assert_eq!(variable, format!("FLX_{}", flag.to_uppercase().replace('-', "_")));
            assert!(documented.contains(&format!("`{variable}`")), "{variable}");
            if !argument.get_action().takes_values() {
                continue;
            }
            let start = format!("| `--{flag}` |");
            let row = documented.lines().find(|line| line.starts_with(&start)).unwrap();
            for default in argument.get_default_values() {
                let default = format!("| `{}` |", default.to_str().unwrap());
                assert!(row.contains(&default), "{row} does not say {default}");
            }
        }
    }

    #[test]
    fn it_runs_without_any_argument() {
        let arguments = Arguments::parse_from(["flx-server"]);
        assert_eq!(arguments.database().unwrap().to_string(), "sqlite://./flx-data/flx.db");
        assert!(!arguments.demo);
    }

    #[test]
    fn a_database_of_another_kind_is_refused_by_name_without_its_password() {
        let arguments = Arguments::parse_from(["x", "--database-url", "postgres://u:secret@h/d"]);
        let error = arguments.database().unwrap_err().to_string();
        assert!(error.contains("postgres databases are not supported"), "{error}");
        assert!(!error.contains("secret"), "{error}");
    }
}
