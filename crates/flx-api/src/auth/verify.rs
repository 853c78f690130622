//! Whether a presented key is the one whose hash is stored.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use flx_keys::{ApiKey, KeyState};
use flx_store::{KeyHolder, StoreError};
use tokio::sync::Semaphore;
use tokio::time::timeout;

use super::failures::Attempt;
use crate::clock::now_ms;
use crate::problem::{Kind, Problem};
use crate::refuse;
use crate::state::State;

/// Callers with new keys that may wait for argon2 at once.
const WAITING_ROOM: usize = 256;
/// Longest wait for argon2.
const PATIENCE: Duration = Duration::from_secs(10);
/// Pause before asking again whether argon2 is free.
const PAUSE: Duration = Duration::from_millis(5);

/// Where callers wait whose keys are new to this process. They wait here, without a thread, so that
/// keys verified before pass them by.
#[derive(Debug)]
pub(crate) struct WaitingRoom {
    chairs: Semaphore,
    /// Those at the head of the queue, who ask whether argon2 is free.
    turns: Semaphore,
}

impl Default for WaitingRoom {
    fn default() -> Self {
        Self { chairs: Semaphore::new(WAITING_ROOM), turns: Semaphore::new(2) }
    }
}

/// What an attempt came to.
enum Outcome {
    Verified(Box<KeyHolder>),
    /// Too many argon2 runs at once: the row was read, the key not compared yet.
    Busy(ApiKey, Box<KeyHolder>),
}

/// Reads the key's row and verifies the key against it.
pub(super) async fn verify(
    state: &Arc<State>,
    key: ApiKey,
    address: Option<IpAddr>,
) -> Result<KeyHolder, Problem> {
    let (shared, attempt) = (Arc::clone(state), Attempt::new(address, key.lookup()));
    let by = attempt.clone();
    let outcome = state.blocking(move || {
        let holder = find(&shared, &key, &by)?;
        compare(&shared, key, holder, &by)
    });
    match outcome.await?? {
        Outcome::Verified(holder) => Ok(used(state, holder)),
        Outcome::Busy(key, holder) => {
            wait(state, key, holder, attempt).await.map(|holder| used(state, holder))
        }
    }
}

/// The time of last use is for people to look at: no request waits for it or fails for it.
fn used(state: &Arc<State>, holder: Box<KeyHolder>) -> KeyHolder {
    if !state.store().is_key_use_due(&holder.key, now_ms()) {
        return *holder;
    }
    let (shared, key) = (Arc::clone(state), holder.key.clone());
    state.in_background(move || match shared.store().note_key_use(&key, now_ms()) {
        Ok(_) | Err(StoreError::Busy) => {}
        Err(error) => tracing::warn!(error = %error, "the key's last use was not noted"),
    });
    *holder
}

async fn wait(
    state: &Arc<State>,
    key: ApiKey,
    holder: Box<KeyHolder>,
    attempt: Attempt,
) -> Result<Box<KeyHolder>, Problem> {
    let room = state.waiting_room();
    let _chair = room.chairs.try_acquire().map_err(|_| too_many())?;
    let turn = timeout(PATIENCE, room.turns.acquire()).await;
    let _turn = turn.ok().and_then(Result::ok).ok_or_else(too_many)?;
    let asking = ask_until_free(state, key, holder, attempt);
    timeout(PATIENCE, asking).await.unwrap_or_else(|_| Err(too_many()))
}

async fn ask_until_free(
    state: &Arc<State>,
    mut key: ApiKey,
    mut holder: Box<KeyHolder>,
    attempt: Attempt,
) -> Result<Box<KeyHolder>, Problem> {
    loop {
        let (shared, by) = (Arc::clone(state), attempt.clone());
        match state.blocking(move || compare(&shared, key, holder, &by)).await?? {
            Outcome::Verified(holder) => return Ok(holder),
            Outcome::Busy(same_key, same_holder) => (key, holder) = (same_key, same_holder),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The only read of the database: key, account and usage of one moment.
fn find(state: &State, key: &ApiKey, attempt: &Attempt) -> Result<Box<KeyHolder>, Problem> {
    let found = state.store().find_key_holder(&key.lookup(), now_ms());
    let Some(holder) = found.map_err(|error| refuse::store(&error))? else {
        state.failures().may_try(attempt)?;
        state.failures().unknown(attempt);
        return Err(refused());
    };
    // A key that was somebody's is no guess.
    Some(holder)
        .filter(|holder| holder.key.state == KeyState::Active)
        .map(Box::new)
        .ok_or_else(refused)
}

/// argon2 runs only for a key that was not verified in this process against this very row.
fn compare(
    state: &State,
    key: ApiKey,
    holder: Box<KeyHolder>,
    attempt: &Attempt,
) -> Result<Outcome, Problem> {
    if !state.verifier().has_verified(&key, &holder.key.hash) {
        state.failures().may_try(attempt)?;
    }
    match state.verifier().verify(&key, &holder.key.hash) {
        Ok(()) => Ok(Outcome::Verified(holder)),
        Err(error) if error.is_unauthorized() => {
            state.failures().wrong(attempt);
            Err(refused())
        }
        Err(flx_keys::Error::Busy { .. }) => Ok(Outcome::Busy(key, holder)),
        Err(error) => {
            tracing::error!(error = %error, "a key could not be verified");
            Err(Problem::new(Kind::Internal, Kind::Internal.generic_detail()))
        }
    }
}

/// The same words for every reason, so that nobody learns which keys exist.
pub(super) fn refused() -> Problem {
    refuse::unauthorized("The API key is malformed, unknown or no longer valid.")
}

fn too_many() -> Problem {
    Problem::new(Kind::Overloaded, "too many new keys are being verified").with_retry_after(1)
}
