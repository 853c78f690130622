//! Work that is paid for: reserve, work, settle.

use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

use flx_core::CancelFlag;
use flx_plans::Credits;
use flx_store::{
    Closed, KeptAnswer, NewRequest, NewResult, Once, Reservation, ReserveRequest, ResultId,
    Settlement, StoreError, Worked,
};
use tokio::sync::Notify;

use super::answer::Draft;
use crate::accept::Answer;
use crate::auth::Caller;
use crate::batch::{self, Finished, Job, Mark, Outcome};
use crate::clock::now_ms;
use crate::problem::{Kind, Problem};
use crate::refuse;
use crate::state::State;
use crate::upload::Upload;

/// How often a settle is tried while the database is away.
const SETTLE_ATTEMPTS: u32 = 6;

/// A request's work, done and charged.
#[derive(Debug)]
pub(super) struct Paid {
    /// The session the results belong to.
    pub(super) session_id: String,
    /// One entry a picture, in order.
    pub(super) entries: Vec<PaidEntry>,
    /// Compressions of a period as they are shown.
    pub(super) limit: Credits,
}

/// What became of one picture.
#[derive(Debug)]
pub(super) struct PaidEntry {
    /// What the client called it.
    pub(super) original_name: String,
    /// The result, or why there is none.
    pub(super) result: Result<PaidResult, Problem>,
}

/// A result that can be downloaded.
#[derive(Debug)]
pub(super) struct PaidResult {
    /// Its row.
    pub(super) row: NewResult,
    /// Facts about the picture.
    pub(super) picture: flx_core::Compressed,
    /// Its file, where it is to be the answer.
    pub(super) file: Option<File>,
    /// Size of the original in bytes.
    pub(super) original_size: u64,
}

impl Paid {
    /// The result, when there is one picture and it succeeded.
    pub(super) fn only(&mut self) -> Option<&mut PaidResult> {
        match self.entries.as_mut_slice() {
            [entry] => entry.result.as_mut().ok(),
            _ => None,
        }
    }
}

/// Raises the flag and rings the bell when the handler is dropped: its client went away.
struct Leaving {
    cancel: CancelFlag,
    bell: Arc<Notify>,
}

impl Drop for Leaving {
    fn drop(&mut self) {
        self.cancel.raise();
        self.bell.notify_one();
    }
}

/// How the answer is to look, and whether it is kept.
#[derive(Debug)]
pub(crate) struct Wanted {
    /// JSON, or the picture itself.
    pub(crate) answer: Answer,
    /// Base of links.
    pub(crate) base: String,
    /// For a request with an idempotency key.
    pub(crate) once: Option<Once>,
    /// Under which name its progress can be followed.
    pub(crate) run_id: Option<String>,
}

/// Reserves, works and settles in a task of its own, so that a client that goes away never leaves
/// a reservation open. Gives the answer and what is used of the period with it.
pub(crate) async fn run(
    state: &Arc<State>,
    caller: Caller,
    upload: Upload,
    wanted: Wanted,
) -> Result<(Arc<Draft>, Credits), Problem> {
    let pictures = upload.files.len();
    let account = caller.account.id.to_string();
    let places = state
        .admission()
        .enter(&account, pictures)
        .map_err(|full| refuse::full(full.retry_after_s))?;
    let mark = match upload.watermark {
        Some(file) => Some(Mark::of(state, file, upload.form.look()).await?),
        None => None,
    };
    let options = upload.form.options();
    let (cancel, bell) = (CancelFlag::new(), Arc::new(Notify::new()));
    let _leaving = Leaving { cancel: cancel.clone(), bell: Arc::clone(&bell) };
    let session_id = upload.form.session_id();
    let run_id = wanted.run_id.as_deref();
    let progress = run_id.map(|run| state.progress().begin(&account, run, pictures));
    let job = Job { account, files: upload.files, places, options, mark, cancel, progress };
    let task = Task { state: Arc::clone(state), caller, session_id, wanted };
    state.detached(task.run(job, bell)).await?
}

struct Task {
    state: Arc<State>,
    caller: Caller,
    session_id: String,
    wanted: Wanted,
}

/// The answer of work for which nothing is charged.
fn nothing(_: Credits) -> Option<KeptAnswer> {
    None
}

impl Task {
    async fn run(self, job: Job, bell: Arc<Notify>) -> Result<(Arc<Draft>, Credits), Problem> {
        let reservation = self.reserve(job.files.len()).await?;
        let outcomes = tokio::select! {
            biased;
            outcomes = batch::run(&self.state, job) => Some(outcomes),
            () = bell.notified() => None,
            () = self.renew(&reservation) => None,
        };
        match outcomes {
            Some(outcomes) => self.settle(&reservation, outcomes).await,
            None => {
                tracing::info!("the client went away; nothing is charged");
                self.close(&reservation, Vec::new(), None, nothing).await?;
                Err(refuse::gone())
            }
        }
    }

    async fn reserve(&self, pictures: usize) -> Result<Reservation, Problem> {
        let amount = Credits(u32::try_from(pictures).unwrap_or(u32::MAX));
        let allowance = self.caller.plan(&self.state).compressions_per_period();
        let account = &self.caller.account;
        let mut request =
            ReserveRequest::new(account.id.clone(), account.tier, amount, allowance.enforced())
                .with_lease_ms(self.lease_ms());
        if let Some(key) = &self.caller.key {
            request = request.with_key(key.id.clone());
        }
        if let Some(once) = &self.wanted.once {
            request = request.with_once(once.clone());
        }
        let store = self.state.store().clone();
        let reserved = self.state.blocking(move || store.reserve(&request, now_ms())).await?;
        reserved.map_err(|error| refuse::store(&error))
    }

    /// Keeps the lease in the future for as long as the work takes. Never returns.
    async fn renew(&self, reservation: &Reservation) {
        loop {
            tokio::time::sleep(self.state.settings().lease() / 3).await;
            let (store, id) = (self.state.store().clone(), reservation.id.clone());
            let ends_ms = now_ms().saturating_add(self.lease_ms());
            let renewed = self.state.blocking(move || store.extend_lease(&id, ends_ms)).await;
            if let Ok(Err(error)) = renewed {
                tracing::warn!(error = %error, "a lease was not renewed");
            }
        }
    }

    fn lease_ms(&self) -> i64 {
        i64::try_from(self.state.settings().lease().as_millis()).unwrap_or(i64::MAX)
    }

    /// Charges the successes and gives the rest back.
    async fn settle(
        &self,
        reservation: &Reservation,
        outcomes: Vec<Outcome>,
    ) -> Result<(Arc<Draft>, Credits), Problem> {
        let now = now_ms();
        let expires_at_ms = now.saturating_add(self.state.settings().result_ttl_ms());
        // Links expire on whole seconds; so do their results.
        let expires_at_ms = expires_at_ms.div_euclid(1000).saturating_mul(1000);
        let mut stored = Vec::new();
        let mut rows = Vec::new();
        let mut entries = Vec::with_capacity(outcomes.len());
        for Outcome { original_name, result } in outcomes {
            let result = result.map(|finished| {
                let (file, result) = self.paid(finished, now, expires_at_ms);
                stored.push(file);
                rows.push(result.row.clone());
                result
            });
            entries.push(PaidEntry { original_name, result });
        }
        let limit = self.caller.plan(&self.state).compressions_per_period().shown();
        let brought = self.brought(&entries);
        let mut paid = Paid { session_id: self.session_id.clone(), entries, limit };
        let Wanted { answer, base, once, .. } = &self.wanted;
        let draft = Arc::new(Draft::of(&mut paid, &self.state, base, *answer));
        let (kept, keeps) = (Arc::clone(&draft), once.is_some());
        let keep = move |used| if keeps { kept.kept(used) } else { None };
        let used = self.close(reservation, rows, Some(brought), keep).await?;
        stored.into_iter().for_each(crate::results::Pending::keep);
        Ok((draft, used))
    }

    /// What the account's owner is shown of the request.
    fn brought(&self, entries: &[PaidEntry]) -> NewRequest {
        let done: Vec<&PaidResult> =
            entries.iter().filter_map(|entry| entry.result.as_ref().ok()).collect();
        let count = |pictures: usize| u32::try_from(pictures).unwrap_or(u32::MAX);
        NewRequest {
            origin: self.caller.origin(),
            compressed: count(done.len()),
            failed: count(entries.len().saturating_sub(done.len())),
            bytes_before: done.iter().map(|result| result.original_size).sum(),
            bytes_after: done.iter().map(|result| result.row.size_bytes).sum(),
        }
    }

    fn paid(
        &self,
        mut finished: Finished,
        now: i64,
        expires_at_ms: i64,
    ) -> (crate::results::Pending, PaidResult) {
        let row = NewResult {
            id: ResultId::new(now),
            session_id: self.session_id.clone(),
            name: finished.name,
            media_type: finished.picture.format().media_type().to_owned(),
            size_bytes: finished.size,
            object_key: finished.stored.key().to_owned(),
            created_at_ms: now,
            expires_at_ms,
        };
        let file = finished.stored.take_file().filter(|_| self.wanted.answer == Answer::Picture);
        let (picture, original_size) = (finished.picture, finished.original_size);
        (finished.stored, PaidResult { row, picture, file, original_size })
    }

    /// Closes the reservation: one credit for each row. Tries again while the database is away;
    /// when it stays away, the lease ends and everything is given back.
    async fn close(
        &self,
        reservation: &Reservation,
        rows: Vec<NewResult>,
        brought: Option<NewRequest>,
        keep: impl Fn(Credits) -> Option<KeptAnswer> + Send + Sync + 'static,
    ) -> Result<Credits, Problem> {
        let charged = Credits(u32::try_from(rows.len()).unwrap_or(u32::MAX));
        let (rows, brought, keep) = (Arc::new(rows), Arc::new(brought), Arc::new(keep));
        let mut attempt = 0;
        loop {
            attempt += 1;
            let (store, id) = (self.state.store().clone(), reservation.id.clone());
            let (rows, keep) = (Arc::clone(&rows), Arc::clone(&keep));
            let brought = Arc::clone(&brought);
            let settled = self.state.blocking(move || {
                let (results, request) = (rows.as_slice(), (*brought).as_ref());
                let worked = Worked { charged, results, request, answer: keep.as_ref() };
                store.settle_worked(&id, &worked, now_ms())
            });
            match settled.await? {
                Ok(Settlement::Done { used, .. }) => return Ok(used),
                // An attempt before this one was committed, only its acknowledgement was lost.
                Ok(Settlement::Already { how: Closed::Settled, .. }) => {
                    return Ok(reservation.used);
                }
                Ok(Settlement::Already { how, .. }) => return Err(too_late(how)),
                Err(error) if error.outage().is_some() && attempt < SETTLE_ATTEMPTS => {
                    tracing::warn!(error = %error, attempt, "a settle is tried again");
                    tokio::time::sleep(Duration::from_millis(50 << attempt)).await;
                }
                Err(StoreError::NotFound { .. }) => {
                    return Err(refuse::unauthorized("The account was deleted."));
                }
                Err(error) => return Err(refuse::store(&error)),
            }
        }
    }
}

/// The lease ended before the work did: nothing is charged, so nothing is handed out.
fn too_late(how: Closed) -> Problem {
    tracing::warn!(how = ?how, "a reservation was closed before its work was done");
    Problem::new(Kind::Timeout, "the work took longer than its reservation; nothing was charged")
        .with_retry_after(5)
}
