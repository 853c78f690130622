//! `flx-admin backup`

use std::path::PathBuf;

use clap::Args;
use serde::Serialize;

use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct Backup {
    /// The file to write; it must not exist
    path: PathBuf,
}

#[derive(Serialize)]
struct View {
    path: String,
    bytes: Option<u64>,
}

impl Backup {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        store.backup(&self.path)?;
        let path = self.path.display().to_string();
        store.record_audit(&context.actor(), "database.backup", &path, "", context.now_ms())?;
        let bytes = self.path.metadata().ok().map(|file| file.len());
        let sentence = format!(
            "wrote {path}; it holds key hashes and secrets, keep it as safe as the database"
        );
        context.output().done(&View { path, bytes }, &sentence)
    }
}
