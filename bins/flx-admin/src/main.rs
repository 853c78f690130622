//! The flx command line for operators: accounts, keys, credits, plans, backups, on the server's own
//! database, whether the server runs or not.

mod cli;
mod commands;
mod confirm;
mod context;
mod error;
mod links;
mod output;
mod table;
mod views;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

use crate::cli::Cli;
use crate::context::Context;
use crate::error::Error;

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(code) => code,
        // Whoever reads us has read enough: `flx-admin list-accounts | head`.
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            // When even standard error is gone, the exit code alone has to tell.
            let _ = writeln!(std::io::stderr(), "flx-admin: {}", error.with_sources());
            error.exit_code()
        }
    }
}

fn run(cli: Cli) -> Result<ExitCode, Error> {
    let context = Context::new(cli.settings, jiff::Timestamp::now());
    match cli.command {
        Some(command) => command.run(&context),
        None => commands::help(&context),
    }
}
