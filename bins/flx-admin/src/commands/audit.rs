//! `flx-admin audit`

use clap::Args;
use flx_store::Email;

use crate::context::Context;
use crate::error::Error;
use crate::table::Table;
use crate::views::AuditView;

#[derive(Debug, Args)]
pub(crate) struct Audit {
    /// Only what was done to this account; works for deleted ones too
    #[arg(long)]
    email: Option<Email>,
    /// How many entries at most
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

impl Audit {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        let subject = self.email.as_ref().map(Email::as_str);
        let entries = store.audit_entries(subject, self.limit)?;
        let entries: Vec<_> = entries.into_iter().map(AuditView::from).collect();
        let mut table = Table::with_header(&["TIME", "WHO", "WHAT", "TO", "DETAIL"]);
        for entry in &entries {
            table.row(&[&entry.at, &entry.actor, &entry.action, &entry.subject, &entry.detail]);
        }
        context.output().result(&entries, &table.render())
    }
}
