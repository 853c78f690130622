//! Results to standard output, remarks to standard error.

use std::io::{self, Write};

use serde::Serialize;

use crate::error::Error;

/// Where and in which form a command answers.
pub(crate) struct Output {
    json: bool,
}

impl Output {
    pub(crate) fn new(json: bool) -> Self {
        Self { json }
    }

    pub(crate) fn is_json(&self) -> bool {
        self.json
    }

    /// A result: one JSON value or the text, on standard output.
    pub(crate) fn result(&self, value: &impl Serialize, text: &str) -> Result<(), Error> {
        if self.json { self.json(value) } else { self.text(text) }
    }

    /// The result of a change: one JSON value on standard output, or a sentence on standard error.
    pub(crate) fn done(&self, value: &impl Serialize, sentence: &str) -> Result<(), Error> {
        if self.json { self.json(value) } else { self.remark(sentence) }
    }

    /// Text on standard output, as it is.
    pub(crate) fn text(&self, text: &str) -> Result<(), Error> {
        let mut stdout = io::stdout().lock();
        stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush()).map_err(Error::Output)
    }

    /// A sentence on standard error.
    pub(crate) fn remark(&self, sentence: &str) -> Result<(), Error> {
        writeln!(io::stderr(), "{sentence}").map_err(Error::Output)
    }

    fn json(&self, value: &impl Serialize) -> Result<(), Error> {
        let mut text = serde_json::to_string_pretty(value).map_err(|e| Error::Output(e.into()))?;
        text.push('\n');
        self.text(&text)
    }
}
