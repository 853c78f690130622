//! One picture's way through the house, and all pictures of a request side by side.

use std::num::NonZeroU32;
use std::panic::catch_unwind;
use std::sync::Arc;
use std::time::Instant;

use flx_core::{CancelFlag, Compressed, ImageInfo, Options};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::time::timeout_at;

use super::budget::Share;
use super::{Codec, Mark, Place, weight};
use crate::problem::{Kind, Problem};
use crate::progress::{Progress, Stage, Watched};
use crate::results::Pending;
use crate::state::State;
use crate::upload::{Spooled, UploadedFile};
use crate::{metrics, names, refuse};

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
    /// What to draw over each.
    pub(crate) mark: Option<Mark>,
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
    /// Facts about the picture, whose bytes are in the file alone.
    pub(crate) picture: Compressed,
    /// Its size in bytes.
    pub(crate) size: u64,
    /// The name it is offered under.
    pub(crate) name: String,
    /// Size of the original in bytes.
    pub(crate) original_size: u64,
}

/// Works on all pictures; the outcomes are in the order of the files. Dropping the future drops
/// everything: waiting pictures give their places back, finished files are removed.
pub(crate) async fn run(state: &Arc<State>, job: Job) -> Vec<Outcome> {
    let facts =
        Facts { account: job.account, options: job.options, mark: job.mark, cancel: job.cancel };
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

#[derive(Clone)]
struct Facts {
    account: String,
    options: Options,
    mark: Option<Mark>,
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
    let mark = facts.mark.as_ref().map(|mark| &mark.info);
    let needed = weight::bytes(&info, &facts.options, mark);
    let most = state.admission().most_bytes();
    if needed > most {
        return Err(refuse::too_much_memory(needed, most));
    }
    let memory = timeout_at(turn.into(), state.admission().memory(&facts.account, needed)).await;
    let memory = memory.ok().flatten().ok_or_else(waited_too_long)?;
    let original_size = file.bytes.size();
    let (picture, memory) = compress(state, facts, file.bytes, turn, memory, watched).await?;
    watched.tell(Stage::Storing);
    let name = names::slug(&file.original_name, picture.format());
    metrics::compressed(&picture, original_size);
    let (picture, stored, size) = store(state, picture).await?;
    drop(memory);
    Ok(Finished { stored, picture, size, name, original_size })
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
    memory: Share,
    watched: &Watched,
) -> Result<(Compressed, Share), Problem> {
    let mut options = facts.options;
    if !state.pool().is_idle() {
        // With other pictures at hand, one thread each makes the most of the processors.
        options = options.with_threads(NonZeroU32::MIN);
    }
    let shared = Arc::clone(state);
    let (cancel, mark) = (facts.cancel, facts.mark);
    let watched = watched.clone();
    let work = state.pool().run(&facts.account, move |codec| {
        watched.tell(Stage::Working);
        let result = attempt(&shared, codec, &options, mark.as_ref(), &cancel, &file, turn);
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
    mark: Option<&Mark>,
    cancel: &CancelFlag,
    file: &Spooled,
    turn: Instant,
) -> Result<Compressed, Problem> {
    // A child that works for nobody would be ended for it.
    if cancel.is_raised() {
        return Err(refuse::gone());
    }
    if state.is_draining() {
        return Err(refuse::shutting_down());
    }
    let start = Instant::now();
    if start > turn {
        return Err(waited_too_long());
    }
    let deadline = start + state.settings().limits().picture_timeout();
    let picture = codec
        .compress(file, mark, options, state.picture_limits(), deadline, cancel)
        .map_err(|error| refuse::work(&error, field_of(&error)))?;
    state.admission().note(start.elapsed());
    Ok(picture)
}

/// Stores the picture; its bytes are nowhere else from then on.
async fn store(
    state: &Arc<State>,
    mut picture: Compressed,
) -> Result<(Compressed, Pending, u64), Problem> {
    let files = state.files().clone();
    let stored = state.blocking(move || {
        let bytes = picture.take_bytes();
        files.put(&bytes).map(|stored| (picture, stored, bytes.len() as u64))
    });
    stored.await?.map_err(|error| {
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
