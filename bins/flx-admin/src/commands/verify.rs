//! `flx-admin verify`

use std::process::ExitCode;

use clap::Args;
use flx_store::{StoreError, VerifyReport, Violation};
use serde::Serialize;

use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct Verify {}

#[derive(Serialize)]
struct View {
    sound: bool,
    file_sound: bool,
    accounts: i64,
    periods: i64,
    violations: Vec<ViolationView>,
}

#[derive(Serialize)]
struct ViolationView {
    account: String,
    period: Option<i64>,
    invariant: &'static str,
    expected: i64,
    found: i64,
}

impl Verify {
    pub(crate) fn run(self, context: &Context) -> Result<ExitCode, Error> {
        let store = context.store()?;
        let file_sound = match store.check_integrity() {
            Ok(()) => true,
            Err(StoreError::Corrupt) => false,
            Err(error) => return Err(error.into()),
        };
        let report = store.verify()?;
        let view = view(&report, file_sound);
        let sound = view.sound;
        context.output().result(&view, &text(&report, file_sound))?;
        Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn view(report: &VerifyReport, file_sound: bool) -> View {
    View {
        sound: file_sound && report.is_sound(),
        file_sound,
        accounts: report.accounts,
        periods: report.periods,
        violations: report.violations.iter().map(violation).collect(),
    }
}

fn violation(violation: &Violation) -> ViolationView {
    ViolationView {
        account: violation.account.to_string(),
        period: violation.period_index,
        invariant: violation.invariant,
        expected: violation.expected,
        found: violation.found,
    }
}

fn text(report: &VerifyReport, file_sound: bool) -> String {
    let mut text = String::new();
    for violation in &report.violations {
        text.push_str(&format!("broken: {violation}\n"));
    }
    if !file_sound {
        text.push_str("broken: the database file fails its integrity check\n");
    }
    if text.is_empty() {
        text = format!("sound: {} accounts, {} periods\n", report.accounts, report.periods);
    }
    text
}
