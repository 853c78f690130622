//! Hashing and comparing passwords, a few at a time.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use flx_keys::{HashCost, Password, PasswordHash};
use flx_store::{Account, Email};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use crate::problem::{Kind, Problem};
use crate::refuse;
use crate::state::State;

/// argon2 runs at once; each takes 19 MiB.
const AT_ONCE: usize = 2;
/// Longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where passwords wait for argon2.
#[derive(Debug)]
pub(crate) struct Hashing {
    turns: Arc<Semaphore>,
    /// Compared with where there is no account or no password, so that it takes as long.
    nobodys: OnceLock<Option<PasswordHash>>,
}

impl Default for Hashing {
    fn default() -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), nobodys: OnceLock::new() }
    }
}

/// The hash of a password to be set.
///
/// # Errors
/// 422 when it is too short or too weak, 503 when too many wait.
pub(super) async fn hash(
    state: &Arc<State>,
    typed: String,
    about: &str,
) -> Result<PasswordHash, Problem> {
    let turn = turn(state).await?;
    let about = about.to_owned();
    let hashed = state.blocking(move || {
        let _turn = turn;
        let password = Password::new(typed, &about)?;
        PasswordHash::of(&password, HashCost::default())
    });
    hashed.await?.map_err(|error| refused(&error))
}

/// The account that an address and a password open; none for all other reasons, in the same time.
///
/// # Errors
/// 503 when too many wait or the database is away.
pub(super) async fn open(
    state: &Arc<State>,
    email: &str,
    typed: String,
) -> Result<Option<Account>, Problem> {
    let turn = turn(state).await?;
    let (shared, email) = (Arc::clone(state), email.parse::<Email>().ok());
    let compared = state.blocking(move || {
        let _turn = turn;
        compare(&shared, email.as_ref(), typed)
    });
    compared.await?
}

/// Blocks, for as long as argon2 takes.
fn compare(
    state: &State,
    email: Option<&Email>,
    typed: String,
) -> Result<Option<Account>, Problem> {
    let found = match email {
        Some(email) => state.store().find_sign_in(email).map_err(|error| refuse::store(&error))?,
        None => None,
    };
    let (account, hash) = match found {
        Some(found) => (Some(found.account), found.password),
        None => (None, None),
    };
    // Without a hash to compare with, another one is compared with all the same.
    let (hash, opens) = match hash {
        Some(hash) => (Some(hash), account),
        None => (nobodys(state), None),
    };
    let Ok(password) = Password::presented(typed) else { return Ok(None) };
    let Some(hash) = hash else { return Ok(None) };
    match hash.matches(&password) {
        Ok(true) => Ok(opens),
        Ok(false) => Ok(None),
        Err(error) => Err(broken(&error)),
    }
}

fn nobodys(state: &State) -> Option<PasswordHash> {
    let make = || {
        let token = flx_keys::Token::generate().ok()?;
        let password = Password::presented((*token.expose()).clone()).ok()?;
        PasswordHash::of(&password, HashCost::default()).ok()
    };
    state.hashing().nobodys.get_or_init(make).clone()
}

/// A turn at argon2, to be kept by what runs it: that goes on when nobody waits for it any more.
pub(super) async fn turn(state: &State) -> Result<OwnedSemaphorePermit, Problem> {
    let turn = timeout(PATIENCE, Arc::clone(&state.hashing().turns).acquire_owned()).await;
    turn.ok().and_then(Result::ok).ok_or_else(|| {
        Problem::new(Kind::Overloaded, "too many passwords are being compared").with_retry_after(1)
    })
}

/// What is wrong with a new password, in a sentence.
fn refused(error: &flx_keys::Error) -> Problem {
    match error {
        flx_keys::Error::PasswordTooShort { .. }
        | flx_keys::Error::PasswordTooLong { .. }
        | flx_keys::Error::PasswordTooWeak => {
            let mut text = error.to_string();
            if let Some(first) = text.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            text.push('.');
            Problem::field("password", text)
        }
        error => broken(error),
    }
}

fn broken(error: &flx_keys::Error) -> Problem {
    tracing::error!(error = %error, "a password could not be hashed or compared");
    Problem::new(Kind::Internal, Kind::Internal.generic_detail())
}
