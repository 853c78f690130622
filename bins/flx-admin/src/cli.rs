//! The command line as clap reads it.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser};
use flx_plans::Tier;
use flx_store::Durability;

use crate::commands::Command;

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed, or `verify` found something broken
  2  wrong usage: an unknown argument, a value out of range, a plan file that cannot be read
  3  refused: the plan does not allow it, or it was not confirmed
  4  not found: no such account, key or backup file
  5  conflict: it exists already, somebody else changed it, or the database is in use
  6  the database cannot serve: missing, of another version, busy, full, read-only or damaged

The raw key of `generate-key` and `roll-key`, and the link of `invite` and `reset-password`, go to
standard output, alone on their line; everything else they say goes to standard error. With --json every command prints one JSON value to standard
output.";

/// Operates a flx service: accounts, API keys, credits, plans, backups.
///
/// Works on the server's database, whether the server runs or not.
#[derive(Debug, Parser)]
#[command(name = "flx-admin", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) settings: Settings,

    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// Settings of every command.
#[derive(Debug, Clone, Args)]
pub(crate) struct Settings {
    // Read as a type later on: clap would repeat a wrong value, and with it a password.
    /// The database, as sqlite:///absolute/flx.db or sqlite://relative.db
    /// [default: flx.db in the data folder]
    #[arg(
        long,
        env = "FLX_DATABASE_URL",
        value_name = "URL",
        global = true,
        hide_env_values = true
    )]
    pub(crate) database_url: Option<String>,

    /// The data folder
    #[arg(
        long,
        env = "FLX_DATA_DIR",
        value_name = "FOLDER",
        global = true,
        default_value = "./flx-data"
    )]
    pub(crate) data_dir: PathBuf,

    /// What a commit survives: the end of the process (normal) or also a power cut (full)
    #[arg(
        long,
        env = "FLX_DURABILITY",
        value_name = "LEVEL",
        global = true,
        default_value = "normal",
        value_parser = durability_parser()
    )]
    pub(crate) durability: Durability,

    /// A TOML file that replaces the built-in plans; `flx-admin plans --toml` shows its form
    #[arg(long, env = "FLX_PLANS", value_name = "FILE", global = true)]
    pub(crate) plans: Option<PathBuf>,

    /// Where an account can be upgraded; named when a plan does not allow something
    #[arg(long, env = "FLX_UPGRADE_URL", value_name = "URL", global = true)]
    pub(crate) upgrade_url: Option<String>,

    /// Prints one JSON value instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

/// Agreement in advance, for destructive commands.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Agreement {
    /// Does it without asking; required where there is no terminal to ask on
    #[arg(long, short = 'y')]
    pub(crate) yes: bool,
}

/// Reads a plan's name, and lets completions and errors list them all.
pub(crate) fn tier_parser() -> impl TypedValueParser<Value = Tier> {
    PossibleValuesParser::new(Tier::ALL.map(Tier::as_str)).try_map(|name| name.parse::<Tier>())
}

fn durability_parser() -> impl TypedValueParser<Value = Durability> {
    PossibleValuesParser::new(["normal", "full"]).map(|level| match level.as_str() {
        "full" => Durability::Full,
        _ => Durability::Normal,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use clap::CommandFactory as _;
    use clap::error::ErrorKind;

    use super::*;

    fn parse(line: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(line.split_whitespace())
    }

    fn refused(line: &str) -> ErrorKind {
        parse(line).unwrap_err().kind()
    }

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_command_of_the_manual_parses() {
        for line in [
            "flx-admin",
            "flx-admin migrate",
            "flx-admin create-account --email a@b.c --plan agency",
            "flx-admin set-plan --email a@b.c --plan free",
            "flx-admin disable-account --email a@b.c --yes",
            "flx-admin enable-account --email a@b.c",
            "flx-admin delete-account --email a@b.c -y",
            "flx-admin invite --email a@b.c --plan free --operator",
            "flx-admin reset-password --email a@b.c --public-url https://img.example.org",
            "flx-admin set-operator --email a@b.c --off",
            "flx-admin sign-out --email a@b.c",
            "flx-admin list-accounts --json",
            "flx-admin audit --email a@b.c --limit 5",
            "flx-admin generate-key --email a@b.c",
            "flx-admin roll-key --email demo@localhost --yes",
            "flx-admin revoke-key --email a@b.c --yes",
            "flx-admin usage --email a@b.c",
            "flx-admin add-credits --email a@b.c --ai 200",
            "flx-admin plans --toml",
            "flx-admin rotate-link-secret --yes",
            "flx-admin verify",
            "flx-admin backup /tmp/flx.backup",
            "flx-admin restore /tmp/flx.backup --yes",
            "flx-admin completions bash",
            "flx-admin man",
        ] {
            assert!(parse(line).is_ok(), "{line}: {}", parse(line).unwrap_err());
        }
    }

    #[test]
    fn settings_may_stand_before_or_after_the_command() {
        for line in [
            "flx-admin --data-dir /srv/flx --json verify",
            "flx-admin verify --data-dir /srv/flx --json",
        ] {
            let settings = parse(line).unwrap().settings;
            assert_eq!(settings.data_dir, Path::new("/srv/flx"));
            assert!(settings.json);
        }
    }

    #[test]
    fn values_are_checked_while_they_are_parsed() {
        let create = "flx-admin create-account --email a@b.c";
        assert_eq!(refused(&format!("{create} --plan gold")), ErrorKind::InvalidValue);
        assert_eq!(refused(create), ErrorKind::MissingRequiredArgument);
        let email = "flx-admin usage --email nobody";
        assert_eq!(refused(email), ErrorKind::ValueValidation);
        for credits in ["0", "-1", "4294967296", "many"] {
            let line = format!("flx-admin add-credits --email a@b.c --ai={credits}");
            assert_eq!(refused(&line), ErrorKind::ValueValidation, "{credits}");
        }
        assert_eq!(refused("flx-admin frobnicate"), ErrorKind::InvalidSubcommand);
    }

    #[test]
    fn only_destructive_commands_take_yes() {
        for line in ["generate-key --email a@b.c", "usage --email a@b.c", "verify"] {
            let line = format!("flx-admin {line} --yes");
            assert_eq!(refused(&line), ErrorKind::UnknownArgument, "{line}");
        }
    }

    #[test]
    fn help_documents_every_variable_and_exit_code() {
        let help = Cli::command().render_long_help().to_string();
        for expected in [
            "FLX_DATABASE_URL",
            "FLX_DATA_DIR",
            "FLX_DURABILITY",
            "FLX_PLANS",
            "FLX_UPGRADE_URL",
            "./flx-data",
            "  6  the database cannot serve",
        ] {
            assert!(help.contains(expected), "{expected} is not in\n{help}");
        }
    }
}
