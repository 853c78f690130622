//! `flx-admin rotate-link-secret`

use clap::Args;
use serde::Serialize;

use crate::cli::Agreement;
use crate::confirm::confirm;
use crate::context::Context;
use crate::error::Error;

#[derive(Debug, Args)]
pub(crate) struct RotateLinkSecret {
    #[command(flatten)]
    agreement: Agreement,
}

#[derive(Serialize)]
struct Rotated {
    rotated: bool,
}

impl RotateLinkSecret {
    pub(crate) fn run(self, context: &Context) -> Result<(), Error> {
        let store = context.store()?;
        confirm(
            self.agreement,
            "Rotate the secret? Every download link given out until now is refused, for good.",
        )?;
        let _ = store.rotate_signing_secret(&context.actor(), context.now_ms())?;
        context.output().done(
            &Rotated { rotated: true },
            "links are signed with a new secret; running servers take it within two seconds",
        )
    }
}
