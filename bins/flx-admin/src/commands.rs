//! The commands, one file each.

mod add_credits;
mod audit;
mod backup;
mod completions;
mod create_account;
mod delete_account;
mod disable_account;
mod enable_account;
mod generate_key;
mod invite;
mod list_accounts;
mod man;
mod migrate;
mod plans;
mod reset_password;
mod restore;
mod revoke_key;
mod roll_key;
mod rotate_link_secret;
mod set_operator;
mod set_plan;
mod sign_out;
mod usage;
mod verify;

use std::process::ExitCode;

use clap::{CommandFactory as _, Subcommand};

use crate::cli::Cli;
use crate::context::Context;
use crate::error::Error;

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Creates the database when it is missing and brings its schema up to date; safe to repeat
    Migrate(migrate::Migrate),
    /// Creates an account
    CreateAccount(create_account::CreateAccount),
    /// Puts an account on a plan: limits hold at once, what is used stays used
    SetPlan(set_plan::SetPlan),
    /// Refuses an account's key and requests until it is enabled again
    DisableAccount(disable_account::DisableAccount),
    /// Lets a disabled account work again
    EnableAccount(enable_account::EnableAccount),
    /// Deletes an account with its key, credits and history
    DeleteAccount(delete_account::DeleteAccount),
    /// Creates an account and prints the one-time link by which its owner sets a password
    Invite(invite::Invite),
    /// Prints a one-time link by which an account's owner sets a new password
    ResetPassword(reset_password::ResetPassword),
    /// Makes an account an operator's, who sees the dashboard's pages about all accounts
    SetOperator(set_operator::SetOperator),
    /// Signs an account out of the dashboard in every browser
    SignOut(sign_out::SignOut),
    /// Lists all accounts
    ListAccounts(list_accounts::ListAccounts),
    /// Shows who changed what, newest first
    Audit(audit::Audit),
    /// Makes an account's API key and prints it, once
    GenerateKey(generate_key::GenerateKey),
    /// Replaces an account's API key and prints the new one, once; the old one stops at once
    RollKey(roll_key::RollKey),
    /// Takes an account's API key away
    RevokeKey(revoke_key::RevokeKey),
    /// Shows what an account has used in its billing period, and its keys
    Usage(usage::Usage),
    /// Adds AI credits that never expire
    AddCredits(add_credits::AddCredits),
    /// Shows the plans in force
    Plans(plans::PlansCommand),
    /// Signs download links with a new secret: all those given out before are refused
    RotateLinkSecret(rotate_link_secret::RotateLinkSecret),
    /// Checks the credit ledger and the database file; exit code 1 when something is broken
    Verify(verify::Verify),
    /// Writes a consistent copy of the database, while the server runs
    Backup(backup::Backup),
    /// Replaces the database by a backup; refused while a server runs on it
    Restore(restore::Restore),
    /// Prints a shell's completion script
    Completions(completions::Completions),
    /// Prints the manual page
    Man(man::Man),
}

impl Command {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode, Error> {
        match self {
            Self::Migrate(command) => command.run(context),
            Self::CreateAccount(command) => command.run(context),
            Self::SetPlan(command) => command.run(context),
            Self::DisableAccount(command) => command.run(context),
            Self::EnableAccount(command) => command.run(context),
            Self::DeleteAccount(command) => command.run(context),
            Self::Invite(command) => command.run(context),
            Self::ResetPassword(command) => command.run(context),
            Self::SetOperator(command) => command.run(context),
            Self::SignOut(command) => command.run(context),
            Self::ListAccounts(command) => command.run(context),
            Self::Audit(command) => command.run(context),
            Self::GenerateKey(command) => command.run(context),
            Self::RollKey(command) => command.run(context),
            Self::RevokeKey(command) => command.run(context),
            Self::Usage(command) => command.run(context),
            Self::AddCredits(command) => command.run(context),
            Self::Plans(command) => command.run(context),
            Self::RotateLinkSecret(command) => command.run(context),
            Self::Verify(command) => return command.run(context),
            Self::Backup(command) => command.run(context),
            Self::Restore(command) => command.run(context),
            Self::Completions(command) => command.run(context),
            Self::Man(command) => command.run(context),
        }
        .map(|()| ExitCode::SUCCESS)
    }
}

/// Without a command: what the commands are.
pub(crate) fn help(context: &Context) -> Result<ExitCode, Error> {
    context.output().text(&Cli::command().render_help().to_string())?;
    Ok(ExitCode::SUCCESS)
}
