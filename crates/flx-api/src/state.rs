//! What all requests share.

use std::fs;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Once};

use flx_core::Limits;
use flx_keys::{KeyringOptions, Verifier};
use flx_plans::{Plans, Tier};
use flx_store::Store;
use flx_worker::Tally;
use tokio::runtime::Handle;
use tokio::sync::{Notify, Semaphore};
use tracing::{Instrument as _, Span};

use crate::auth::{Failures, WaitingRoom};
use crate::batch::{Admission, Codec, CpuPool, default_memory_limit};
use crate::clock::now_ms;
use crate::dashboard::{Attempts, Hashing};
use crate::link_secret::LinkSecret;
use crate::problem::{Kind, Problem};
use crate::progress::Runs;
use crate::rate_limit::RateLimiter;
use crate::results::ResultFiles;
use crate::settings::processors;
use crate::signed_url::Signer;
use crate::{Error, Settings};

/// Everything that outlives a request.
#[derive(Debug)]
pub(crate) struct State {
    settings: Settings,
    address: SocketAddr,
    store: Store,
    plans: Plans,
    verifier: Verifier,
    waiting_room: WaitingRoom,
    failures: Failures,
    link_secret: LinkSecret,
    files: ResultFiles,
    limiter: RateLimiter,
    progress: Runs,
    attempts: Attempts,
    hashing: Hashing,
    started_at_ms: i64,
    admission: Admission,
    pool: CpuPool<Codec>,
    workers: Arc<Tally>,
    probes: Arc<Semaphore>,
    runtime: Handle,
    draining: AtomicBool,
    running: AtomicUsize,
    ended: Notify,
}

impl State {
    /// Opens and starts what requests need; must be called within a tokio runtime, on which the
    /// work of requests then runs.
    pub(crate) fn new(
        settings: Settings,
        address: SocketAddr,
        store: Store,
    ) -> Result<Self, Error> {
        let plans = load_plans(&settings)?;
        let files = ResultFiles::open(settings.data_dir(), settings.sync_results())
            .map_err(|source| Error::DataDir { path: settings.data_dir().to_owned(), source })?;
        let link_secret = LinkSecret::of(&store)?;
        // Nobody waits for argon2 on a thread; the waiting room is for that.
        let keyring = KeyringOptions::default().with_max_argon2_waiting(0);
        let limits = settings.limits();
        let workers = limits.workers();
        let memory = limits.memory().unwrap_or_else(default_memory_limit);
        let admission = Admission::new(limits.queue(), workers, memory);
        plans_fit(&plans, &admission)?;
        let tally = Arc::new(Tally::default());
        let pool = start_codecs(&settings, &admission, &tally)?;
        Ok(Self {
            verifier: Verifier::new(keyring).map_err(Error::Keys)?,
            waiting_room: WaitingRoom::default(),
            failures: Failures::default(),
            limiter: RateLimiter::default(),
            progress: Runs::default(),
            attempts: Attempts::default(),
            hashing: Hashing::default(),
            started_at_ms: now_ms(),
            admission,
            pool,
            workers: tally,
            probes: Arc::new(Semaphore::new(workers.max(2))),
            runtime: Handle::try_current().map_err(|_| Error::NoRuntime)?,
            draining: AtomicBool::new(false),
            running: AtomicUsize::new(0),
            ended: Notify::new(),
            settings,
            address,
            store,
            plans,
            link_secret,
            files,
        })
    }

    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn plans(&self) -> &Plans {
        &self.plans
    }

    pub(crate) fn verifier(&self) -> &Verifier {
        &self.verifier
    }

    /// Where callers with new keys wait for argon2.
    pub(crate) fn waiting_room(&self) -> &WaitingRoom {
        &self.waiting_room
    }

    /// Wrong keys of late.
    pub(crate) fn failures(&self) -> &Failures {
        &self.failures
    }

    /// Signs and checks download links.
    pub(crate) fn signer(&self) -> Signer {
        self.link_secret.signer()
    }

    pub(crate) fn link_secret(&self) -> &LinkSecret {
        &self.link_secret
    }

    pub(crate) fn files(&self) -> &ResultFiles {
        &self.files
    }

    pub(crate) fn limiter(&self) -> &RateLimiter {
        &self.limiter
    }

    /// How far the pictures of the dashboard's requests are.
    pub(crate) fn progress(&self) -> &Runs {
        &self.progress
    }

    /// How often passwords were tried of late.
    pub(crate) fn attempts(&self) -> &Attempts {
        &self.attempts
    }

    /// Where passwords wait for argon2.
    pub(crate) fn hashing(&self) -> &Hashing {
        &self.hashing
    }

    /// Since when the process serves, in Unix milliseconds.
    pub(crate) fn started_at_ms(&self) -> i64 {
        self.started_at_ms
    }

    pub(crate) fn admission(&self) -> &Admission {
        &self.admission
    }

    pub(crate) fn pool(&self) -> &CpuPool<Codec> {
        &self.pool
    }

    /// What is counted over all worker processes.
    pub(crate) fn workers(&self) -> &Tally {
        &self.workers
    }

    /// Held while a large upload is read into memory only to look at its header.
    pub(crate) fn probes(&self) -> &Arc<Semaphore> {
        &self.probes
    }

    /// Limits on one picture whose file the plan's limit has let in.
    pub(crate) fn picture_limits(&self) -> Limits {
        let limits = self.settings.limits();
        let codec = Limits::default();
        let codec = match limits.avif_max_pixels() {
            Some(pixels) => codec.with_max_avif_pixels(pixels),
            None => codec,
        };
        codec
            .with_max_bytes(u64::MAX)
            .with_max_pixels(limits.max_pixels())
            .with_max_side(limits.max_side())
            .with_max_frames(limits.max_frames())
    }

    /// Runs what blocks where blocking is allowed.
    pub(crate) async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let span = Span::current();
        self.runtime.spawn_blocking(move || span.in_scope(work)).await.map_err(|error| {
            tracing::error!(error = %error, "blocking work failed");
            Problem::new(Kind::Internal, Kind::Internal.generic_detail())
        })
    }

    /// Runs what blocks and what nobody waits for.
    pub(crate) fn in_background(&self, work: impl FnOnce() + Send + 'static) {
        let span = Span::current();
        drop(self.runtime.spawn_blocking(move || span.in_scope(work)));
    }

    /// Runs work that goes on when its request is gone, and that a stop waits for.
    pub(crate) async fn detached<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<T, Problem> {
        let running = Running::begin(Arc::clone(self));
        let work = async move {
            let _running = running;
            work.await
        };
        let task = self.runtime.spawn(work.in_current_span());
        task.await.map_err(|error| {
            tracing::error!(error = %error, "a request's work failed");
            Problem::new(Kind::Internal, Kind::Internal.generic_detail())
        })
    }

    /// Whether the server is on its way out.
    pub(crate) fn is_draining(&self) -> bool {
        self.draining.load(Ordering::Acquire)
    }

    /// From now on nothing new begins.
    pub(crate) fn drain(&self) {
        self.draining.store(true, Ordering::Release);
    }

    /// Waits for detached work.
    pub(crate) async fn wait_until_idle(&self) {
        loop {
            let ended = self.ended.notified();
            if self.running.load(Ordering::Acquire) == 0 {
                return;
            }
            ended.await;
        }
    }
}

/// Counts a piece of detached work while it lives.
struct Running(Arc<State>);

impl Running {
    fn begin(state: Arc<State>) -> Self {
        state.running.fetch_add(1, Ordering::AcqRel);
        Self(state)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::AcqRel);
        self.0.ended.notify_waiters();
    }
}

/// Address space of a worker process beside what its picture takes: the program and what the
/// allocator rounds up or has not given back.
const BESIDE_PICTURES_BYTES: u64 = 256 * 1024 * 1024;
/// For each processor: stacks of threads, of the codec's own and of its library's.
const STACKS_BYTES: u64 = 16 * 1024 * 1024;

/// Starts the codec's threads, each with a process if the settings say so.
fn start_codecs(
    settings: &Settings,
    admission: &Admission,
    tally: &Arc<Tally>,
) -> Result<CpuPool<Codec>, Error> {
    let stacks = STACKS_BYTES.saturating_mul(processors() as u64);
    let address_space =
        admission.most_bytes().saturating_add(BESIDE_PICTURES_BYTES).saturating_add(stacks);
    let command = settings.workers_apart().cloned();
    let command = command.map(|command| Arc::new(command.with_address_space(address_space)));
    let told = Once::new();
    let tally = Arc::clone(tally);
    CpuPool::start(settings.limits().workers(), move || {
        let (codec, containment) = Codec::start(command.as_ref(), &tally)?;
        if let Some(containment) = containment {
            // All of them are held alike.
            told.call_once(|| {
                if containment.is_whole() {
                    tracing::info!(contained_by = %containment, "pictures have processes of their own");
                } else {
                    tracing::warn!(
                        contained_by = %containment,
                        "pictures have processes of their own, which this system does not contain in full"
                    );
                }
            });
        }
        Ok::<_, Error>(codec)
    })
}

/// A request that could never be taken would be told to come back for ever.
fn plans_fit(plans: &Plans, admission: &Admission) -> Result<(), Error> {
    let most = admission.largest_request();
    for tier in Tier::ALL {
        let files = plans.plan(tier).max_files_per_request();
        if usize::try_from(files).is_ok_and(|files| files > most) {
            return Err(Error::Setting {
                name: "max_files_per_request",
                value: format!("{files} ({tier})"),
                allowed: format!("at most {most}; more with a longer --queue"),
            });
        }
    }
    Ok(())
}

fn load_plans(settings: &Settings) -> Result<Plans, Error> {
    let Some(path) = settings.plans_file() else { return Ok(Plans::default()) };
    let text = fs::read_to_string(path)
        .map_err(|source| Error::PlanFile { path: path.to_owned(), source })?;
    // The error names file and line itself.
    Plans::from_toml(&text, &path.display().to_string()).map_err(Error::Plans)
}
