//! The signer of download links, kept up with the secret in the database.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use flx_store::{SigningSecret, Store};

use crate::error::Error;
use crate::signed_url::Signer;
use crate::state::State;

/// Between looks at the database: `flx-admin rotate-link-secret` is heeded within this time and
/// what a look takes.
const INTERVAL: Duration = Duration::from_secs(1);

/// The signer of now.
#[derive(Debug)]
pub(crate) struct LinkSecret {
    current: RwLock<(SigningSecret, Signer)>,
}

impl LinkSecret {
    pub(crate) fn of(store: &Store) -> Result<Self, Error> {
        let secret = store.signing_secret()?;
        let signer = signer(&secret)?;
        Ok(Self { current: RwLock::new((secret, signer)) })
    }

    pub(crate) fn signer(&self) -> Signer {
        self.current.read().unwrap_or_else(PoisonError::into_inner).1.clone()
    }

    /// Takes the database's secret, when it has another one by now. Blocks.
    fn renew(&self, store: &Store) -> Result<(), Error> {
        let secret = store.signing_secret()?;
        if self.current.read().unwrap_or_else(PoisonError::into_inner).0 == secret {
            return Ok(());
        }
        let signer = signer(&secret)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = (secret, signer);
        tracing::info!("links are signed with a new secret; those signed before are refused");
        Ok(())
    }
}

fn signer(secret: &SigningSecret) -> Result<Signer, Error> {
    Signer::new(secret.expose()).ok_or(Error::Setting {
        name: "the signing secret",
        value: String::from("unusable"),
        allowed: "32 bytes".into(),
    })
}

/// Looks again and again, for as long as it is polled. While the database cannot be read, the
/// secret that was known goes on: a rotation cannot be committed then either.
pub(crate) async fn renew_forever(state: Arc<State>) {
    loop {
        tokio::time::sleep(INTERVAL).await;
        let renewed = Arc::clone(&state);
        let looked = state.blocking(move || renewed.link_secret().renew(renewed.store())).await;
        if let Ok(Err(error)) = looked {
            tracing::debug!(error = %error, "the secret of links was not looked at");
        }
    }
}
