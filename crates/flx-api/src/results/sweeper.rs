//! Removing what has expired and what a process that died left behind.

use std::sync::Arc;

use crate::clock::now_ms;
use crate::metrics;
use crate::state::State;

/// Results removed in one go.
const BATCH: u32 = 500;
/// How long closed reservations are remembered: a week.
const REMEMBER_MS: i64 = 7 * 24 * 60 * 60 * 1000;
/// How long requests are shown to their owners: ninety days.
const SHOW_MS: i64 = 90 * 24 * 60 * 60 * 1000;

/// Sweeps now and then, for as long as it is polled.
pub(crate) async fn sweep_forever(state: Arc<State>) {
    loop {
        let swept = Arc::clone(&state);
        state.blocking(move || sweep(&swept)).await.unwrap_or_default();
        tokio::time::sleep(state.settings().sweep_interval()).await;
    }
}

/// One sweep. What fails is logged and tried again by the next one. Blocks.
fn sweep(state: &State) {
    metrics::upkeep();
    let now = now_ms();
    if let Err(error) = expired_results(state, now) {
        tracing::warn!(error = %error, "expired results were not removed");
    }
    if let Err(error) = left_over_files(state) {
        tracing::warn!(error = %error, "left-over files were not removed");
    }
    match state.store().sweep_expired_reservations(now) {
        Ok(swept) if swept.reservations > 0 => tracing::warn!(
            reservations = swept.reservations,
            credits = swept.returned,
            "credits of requests that never ended were given back"
        ),
        Ok(_) => {}
        Err(error) => tracing::warn!(error = %error, "leases were not swept"),
    }
    if let Err(error) = state.store().forget_answers(now) {
        tracing::warn!(error = %error, "old answers were not forgotten");
    }
    if let Err(error) = state.store().forget_web_sessions(now) {
        tracing::warn!(error = %error, "old browser sessions were not forgotten");
    }
    if let Err(error) = state.store().forget_requests(now - SHOW_MS) {
        tracing::warn!(error = %error, "old requests were not forgotten");
    }
    if let Err(error) = state.store().forget_closed_reservations(now - REMEMBER_MS) {
        tracing::warn!(error = %error, "old reservations were not forgotten");
    }
}

type Swept = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// Files first, then rows: a row without a file is swept again, a file without a row never would.
/// A file that cannot be removed keeps its row and holds up nobody else.
fn expired_results(state: &State, now: i64) -> Swept {
    let mut last = None;
    loop {
        let expired = state.store().expired_results(now, last.as_ref(), BATCH)?;
        let mut ids = Vec::with_capacity(expired.len());
        for stored in &expired {
            match state.files().remove(&stored.result.object_key) {
                Ok(()) => ids.push(stored.result.id.clone()),
                Err(error) => tracing::warn!(error = %error, "a result was not removed"),
            }
        }
        state.store().delete_results(&ids)?;
        if expired.len() < BATCH as usize {
            return Ok(());
        }
        last = expired.into_iter().next_back();
    }
}

fn left_over_files(state: &State) -> Swept {
    let keys = state.files().of_ended_processes()?;
    let unknown = state.store().unknown_object_keys(&keys)?;
    for key in &unknown {
        state.files().remove(key)?;
    }
    if !unknown.is_empty() {
        tracing::warn!(files = unknown.len(), "files of a process that died were removed");
    }
    if unknown.len() == keys.len() {
        state.files().forget_ended_processes()?;
    }
    Ok(())
}
