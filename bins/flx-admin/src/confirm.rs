//! Asking before something is destroyed.

use std::io::{BufRead, IsTerminal as _, Write as _};

use crate::cli::Agreement;
use crate::error::Error;

/// Returns when the operator agrees, in advance or on the terminal. The question goes to standard
/// error, so that standard output holds results only.
pub(crate) fn confirm(agreement: Agreement, question: &str) -> Result<(), Error> {
    if agreement.yes {
        return Ok(());
    }
    let stdin = std::io::stdin();
    if !stdin.is_terminal() || !std::io::stderr().is_terminal() {
        return Err(Error::NoTerminal);
    }
    let mut stderr = std::io::stderr();
    write!(stderr, "{question} [y/N] ").and_then(|()| stderr.flush()).map_err(Error::Output)?;
    read_yes(&mut stdin.lock())
}

/// Only a clear yes agrees: an empty line and the end of the input do not.
fn read_yes(input: &mut impl BufRead) -> Result<(), Error> {
    let mut answer = String::new();
    input.read_line(&mut answer).map_err(Error::Input)?;
    match answer.trim().to_lowercase().as_str() {
        "y" | "yes" => Ok(()),
        _ => Err(Error::NotConfirmed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_yes_agrees() {
        for answer in ["y\n", "Y\n", "yes\n", " Yes \r\n", "y"] {
            assert!(read_yes(&mut answer.as_bytes()).is_ok(), "{answer:?}");
        }
        for answer in ["", "\n", "n\n", "no\n", "yeah\n", "yy\n", "ja\n"] {
            let error = read_yes(&mut answer.as_bytes()).unwrap_err();
            assert!(matches!(error, Error::NotConfirmed), "{answer:?}");
        }
    }

    #[test]
    fn agreement_in_advance_is_not_asked_again() {
        assert!(confirm(Agreement { yes: true }, "Delete everything?").is_ok());
    }
}
