//! `flx-admin migrate`

use clap::Args;
use flx_store::Store;
use serde::Serialize;

use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct Migrate {}

#[derive(Serialize)]
struct View {
    database: String,
    applied: Vec<String>,
    version: String,
}

impl Migrate {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let url = context.database_url()?;
        let options = context.store_options().with_created_folder();
        let migrated = Store::migrate(&url, &options)
            .map_err(|source| Error::Open { url: url.clone(), source })?;
        let sentence = if migrated.applied.is_empty() {
            format!("{url} is up to date at {}", migrated.version)
        } else {
            format!("{url} migrated to {}", migrated.version)
        };
        let view = View {
            database: url.to_string(),
            applied: migrated.applied,
            version: migrated.version,
        };
        context.output().done(&view, &sentence)
    }
}
