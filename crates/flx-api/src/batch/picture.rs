//! One picture's way through the house, and all pictures of a request side by side.

use std::num::NonZeroU32;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::time::Instant;

use flx_core::{CancelFlag, Compressed, ImageInfo, Options, Watermark};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout_at;

use super::{Codec, Place, weight};
use crate::problem::{Kind, Problem};
use crate::progress::{Progress, Stage, Watched};
use crate::results::Pending;
use crate::state::State;
use crate::upload::{Spooled, UploadedFile};
use crate::{metrics, names, refuse};

/// Most pixels of a watermark: decoded, it stays in memory as long as its batch.
const MAX_WATERMARK_PIXELS: u64 = 16_000_000;

/// The work of one request.
#[derive(Debug)]
pub(crate) struct Job {
    /// Whose turn it is.
    pub(crate) account: String,
    /// The pictures, in order.
    pub(crate) files: Vec<UploadedFile>,
    /// A place for each.
    pub(crate) places: Vec<Place>,
    /// What to make of each.
    pub(crate) options: Options,
    /// Raised when nobody wants the result any more.
    pub(crate) cancel: CancelFlag,
    /// Where the stages are told, when somebody may watch.
    pub(crate) progress: Option<Progress>,
}

/// What became of one picture.
#[derive(Debug)]
pub(crate) struct Outcome {
    /// What the client called it.
    pub(crate) original_name: String,
    /// The result, or why there is none.
    pub(crate) result: Result<Finished, Problem>,
}

/// A picture that is compressed and stored, but not yet paid.
#[derive(Debug)]
pub(crate) struct Finished {
    /// The stored file.
    pub(crate) stored: Pending,
    /// The picture and its facts.
    pub(crate) picture: Arc<Compressed>,
    /// The name it is offered under.
    pub(crate) name: String,
    /// Size of the original in bytes.
    pub(crate) original_size: u64,
}

/// Works on all pictures; the outcomes are in the order of the files. Dropping the future drops
/// everything: waiting pictures give their places back, finished files are removed.
pub(crate) async fn run(state: &Arc<State>, job: Job) -> Vec<Outcome> {
    let facts = Facts { account: job.account, options: job.options, cancel: job.cancel };
    let progress = job.progress.as_ref();
    let running: FuturesOrdered<_> = job
        .files
        .into_iter()
        .zip(job.places)
        .enumerate()
        .map(|(number, (file, place))| {
            outcome(state, facts.clone(), file, place, Watched::of(progress, number))
        })
        .collect();
    running.collect().await
}

async fn outcome(
    state: &Arc<State>,
    facts: Facts,
    file: UploadedFile,
    place: Place,
    watched: Watched,
) -> Outcome {
    let original_name = file.original_name.clone();
    let choice = facts.options.format();
    let result = one(state, facts, file, &watched).await;
    drop(place);
    watched.tell(if result.is_ok() { Stage::Done } else { Stage::Failed });
    if let Err(problem) = &result {
        metrics::failed(choice, problem.kind().name());
    }
    Outcome { original_name, result }
}

/// Decodes the watermark of a request, once for all its pictures.
pub(crate) async fn watermark(
    state: &Arc<State>,
    account: &str,
    file: Spooled,
) -> Result<Watermark, Problem> {
    let limits = state.picture_limits().with_max_pixels(MAX_WATERMARK_PIXELS);
    let turn = Instant::now() + state.settings().limits().queue_timeout();
    let memory = match probe(state, &file).await {
        Ok(info) if limits.check(&info).is_ok() => {
            let memory = state.admission().memory(weight::of_watermark(&info));
            let memory = timeout_at(turn.into(), memory).await;
            Some(memory.ok().flatten().ok_or_else(waited_too_long)?)
        }
        // It is refused below, by its own name, before anything is decoded.
        _ => None,
    };
    let time = state.settings().limits().picture_timeout();
    let decoded = state.pool().run(account, move |codec| {
        // What it takes once it is decoded counts with every picture it is drawn over.
        let _memory = memory;
        codec.watermark(&file, &limits, Instant::now() + time)
    });
    let decoded = decoded.await.unwrap_or(Err(flx_worker::Error::Panicked));
    decoded.map_err(|error| refuse::work(&error, "watermarkFile"))
}

#[derive(Clone)]
struct Facts {
    account: String,
    options: Options,
    cancel: CancelFlag,
}

async fn one(
    state: &Arc<State>,
    facts: Facts,
    file: UploadedFile,
    watched: &Watched,
) -> Result<Finished, Problem> {
    let limits = state.settings().limits();
    let turn = Instant::now() + limits.queue_timeout();
    let info = probe(state, &file.bytes).await?;
    state.picture_limits().check(&info).map_err(|error| refuse::picture(&error, "file"))?;
    let needed = weight::bytes(&info, &facts.options);
    let most = state.admission().most_bytes();
    if needed > most {
        return Err(refuse::too_much_memory(needed, most));
    }
    let memory = timeout_at(turn.into(), state.admission().memory(needed)).await;
    let memory = memory.ok().flatten().ok_or_else(waited_too_long)?;
    let original_size = file.bytes.size();
    let (picture, memory) = compress(state, facts, file.bytes, turn, memory, watched).await?;
    watched.tell(Stage::Storing);
    let name = names::slug(&file.original_name, picture.format());
    metrics::compressed(&picture, original_size);
    let picture = Arc::new(picture);
    let stored = store(state, Arc::clone(&picture)).await?;
    drop(memory);
    Ok(Finished { stored, picture, name, original_size })
}

/// Reads the header: here and not where it is decoded, as admission depends on it. What reads it is
/// Rust without `unsafe`, takes no room by what a header claims, and is fuzzed. A large upload is
/// read into memory for it, a few of them at a time.
async fn probe(state: &Arc<State>, file: &Spooled) -> Result<ImageInfo, Problem> {
    let _turn = match file {
        Spooled::Memory { .. } => None,
        Spooled::File { .. } => Arc::clone(state.probes()).acquire_owned().await.ok(),
    };
    let file = file.clone();
    let probed = state.blocking(move || {
        let bytes = file.load().map_err(|error| refuse::unreadable(&error))?;
        match catch_unwind(|| flx_core::probe(&bytes)) {
            Ok(info) => info.map_err(|error| refuse::picture(&error, "file")),
            Err(_) => Err(refuse::panicked()),
        }
    });
    probed.await?
}

/// Waits for the account's turn on the codec's threads. The memory goes along, so that a picture
/// nobody waits for any more keeps its share until it is really done.
async fn compress(
    state: &Arc<State>,
    facts: Facts,
    file: Spooled,
    turn: Instant,
    memory: OwnedSemaphorePermit,
    watched: &Watched,
) -> Result<(Compressed, OwnedSemaphorePermit), Problem> {
    let mut options = facts.options;
    if !state.pool().is_idle() {
        // With other pictures at hand, one thread each makes the most of the processors.
        options = options.with_threads(NonZeroU32::MIN);
    }
    let shared = Arc::clone(state);
    let cancel = facts.cancel;
    let watched = watched.clone();
    let work = state.pool().run(&facts.account, move |codec| {
        watched.tell(Stage::Working);
        let result = attempt(&shared, codec, &options, &cancel, &file, turn);
        (result, memory)
    });
    match work.await {
        Ok((result, memory)) => result.map(|picture| (picture, memory)),
        Err(_) => Err(refuse::panicked()),
    }
}

fn attempt(
    state: &State,
    codec: &mut Codec,
    options: &Options,
    cancel: &CancelFlag,
    file: &Spooled,
    turn: Instant,
) -> Result<Compressed, Problem> {
    if state.is_draining() {
        return Err(refuse::shutting_down());
    }
    let start = Instant::now();
    if start > turn {
        return Err(waited_too_long());
    }
    let deadline = start + state.settings().limits().picture_timeout();
    let picture = codec
        .compress(file, options, state.picture_limits(), deadline, cancel)
        .map_err(|error| refuse::work(&error, field_of(&error)))?;
    state.admission().note(start.elapsed());
    Ok(picture)
}

async fn store(state: &Arc<State>, picture: Arc<Compressed>) -> Result<Pending, Problem> {
    let files = state.files().clone();
    let stored = state.blocking(move || files.put(picture.bytes())).await?;
    stored.map_err(|error| {
        tracing::error!(error = %error, "a result cannot be stored");
        Problem::new(Kind::Unavailable, "the result cannot be stored; nothing was charged for it")
            .with_retry_after(30)
    })
}

/// What an output format cannot hold is a matter of the format, everything else of the file.
fn field_of(error: &flx_worker::Error) -> &'static str {
    use flx_core::Error::{FormatDisabled, OutputTooLarge, OutputTooManyPixels};
    match error {
        flx_worker::Error::Picture(
            OutputTooLarge { .. } | OutputTooManyPixels { .. } | FormatDisabled { .. },
        ) => "format",
        _ => "file",
    }
}

fn waited_too_long() -> Problem {
    Problem::new(Kind::Overloaded, "the picture's turn did not come in time").with_retry_after(30)
}
