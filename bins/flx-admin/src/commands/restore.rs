//! `flx-admin restore`

use std::path::{Path, PathBuf};

use clap::Args;
use flx_store::Store;
use serde::Serialize;

use crate::cli::Agreement;
use crate::confirm::confirm;
use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct Restore {
    /// The backup to put in the database's place
    path: PathBuf,
    #[command(flatten)]
    agreement: Agreement,
}

#[derive(Serialize)]
struct View {
    database: String,
    restored_from: String,
    needs_migration: bool,
}

impl Restore {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let url = context.database_url()?;
        let path = self.path.display().to_string();
        let question = format!("Replace {url} by {path}? What happened since that backup is lost.");
        confirm(self.agreement, &question)?;
        // A new machine has the backup and nothing else.
        create_folder_of(url.path())?;
        let restored = Store::restore(&url, &self.path, &context.store_options())?;
        if restored.needs_migration {
            context.output().remark("the backup is of an older version: run flx-admin migrate")?;
        } else {
            let (by, now_ms) = (context.actor(), context.now_ms());
            context.store()?.record_audit(&by, "database.restore", &path, "", now_ms)?;
        }
        let sentence = format!("restored {url} from {path}");
        let view = View {
            database: url.to_string(),
            restored_from: path,
            needs_migration: restored.needs_migration,
        };
        context.output().done(&view, &sentence)
    }
}

/// Creates the database's folder, for its owner only, when it is missing.
fn create_folder_of(database: &Path) -> Result<(), Error> {
    let Some(folder) = database.parent().filter(|folder| !folder.as_os_str().is_empty()) else {
        return Ok(());
    };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|source| Error::CreateFolder { folder: folder.display().to_string(), source })
}
