//! The child's side: contained first, then one picture after another.

use std::ffi::OsString;
use std::io::{self, Write};
use std::num::{NonZeroU32, NonZeroUsize};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;
use std::thread::available_parallelism;
use std::time::Instant;

use flx_core::{Options, Watermark};
use rayon::{ThreadPool, ThreadPoolBuilder};

use crate::message::{Answer, MarkHead, Request};
use crate::{Containment, frame};

/// The first argument of a child. It is no flag of the program's: people have no use for it.
const CALL: &str = "--flx-worker-process";

/// What a program has to do that was started as a child.
#[derive(Debug)]
pub struct Duty {
    parent: u32,
    address_space: Option<u64>,
}

impl Duty {
    /// The duty, if these arguments (without the program's name) are a child's.
    #[must_use]
    pub fn of(arguments: impl IntoIterator<Item = OsString>) -> Option<Self> {
        let mut arguments = arguments.into_iter();
        if arguments.next()? != CALL {
            return None;
        }
        let parent = arguments.next()?.to_str()?.parse().ok()?;
        let address_space = match arguments.next() {
            Some(bytes) => Some(bytes.to_str()?.parse().ok()?),
            None => None,
        };
        Some(Self { parent, address_space })
    }

    /// The arguments of a child of this process.
    pub(crate) fn arguments(address_space: Option<u64>) -> Vec<String> {
        let parent = std::process::id().to_string();
        let words = [CALL.to_owned(), parent];
        words.into_iter().chain(address_space.map(|bytes| bytes.to_string())).collect()
    }

    /// Gives up what it does not need, then works until the parent has no more pictures.
    /// `contained` is called in between: threads that it starts are bound as all others are.
    #[must_use]
    pub fn serve(self, contained: impl FnOnce()) -> ExitCode {
        match self.work(contained) {
            Ok(()) => ExitCode::SUCCESS,
            // The parent is gone, or sees the end of this process.
            Err(_) => ExitCode::FAILURE,
        }
    }

    fn work(self, contained: impl FnOnce()) -> io::Result<()> {
        // Asked while the system's files can still be read.
        let threads = available_parallelism().map_or(1, NonZeroUsize::get);
        let mut answers = answers()?;
        let containment = Containment::enter(self.parent, self.address_space)?;
        contained();
        let alone = pool(1)?;
        send(&mut answers, &Answer::Ready(containment), &[])?;
        let mut requests = io::stdin().lock();
        while let Some((head, file)) = frame::read(&mut requests, u64::MAX)? {
            let request = postcard::from_bytes(&head).map_err(io::Error::other)?;
            drop(head);
            let Request::Compress { options, .. } = &request;
            let at_once = of_options(options, threads);
            // Threads beyond the first are there for one picture, so that many idle children are
            // not many times as many threads.
            let several = if at_once > 1 { pool(at_once).ok() } else { None };
            let pool = several.as_ref().unwrap_or(&alone);
            let (answer, picture) = pool.install(|| attempt(request, &file));
            drop((several, file));
            send(&mut answers, &answer, &picture)?;
        }
        Ok(())
    }
}

fn of_options(options: &Options, all: usize) -> usize {
    let asked = options.threads().map(NonZeroU32::get);
    asked.map_or(all, |asked| usize::try_from(asked).unwrap_or(all))
}

fn pool(threads: usize) -> io::Result<ThreadPool> {
    ThreadPoolBuilder::new().num_threads(threads).build().map_err(io::Error::other)
}

fn attempt(request: Request, file: &[u8]) -> (Answer, Vec<u8>) {
    let Request::Compress { options, mut limits, time_left, mark } = request;
    if let Some(left) = time_left {
        limits = limits.with_deadline(Instant::now() + left);
    }
    let work = AssertUnwindSafe(|| {
        let mark_bytes = mark.as_ref().map_or(0, |mark| mark.bytes);
        let mark_at =
            usize::try_from(mark_bytes).ok().and_then(|bytes| file.len().checked_sub(bytes));
        let (file, mark_file) = file.split_at_checked(mark_at.unwrap_or(0)).unwrap_or((file, &[]));
        let options = match mark {
            Some(MarkHead { look, limits, .. }) => {
                options.with_watermark(look.of(Watermark::from_png(mark_file, &limits)?))
            }
            None => options,
        };
        flx_core::compress(file, &options, &limits)
    });
    match catch_unwind(work) {
        Ok(Ok(mut picture)) => {
            let bytes = picture.take_bytes();
            (Answer::Compressed(Ok(picture)), bytes)
        }
        Ok(Err(error)) => (Answer::Compressed(Err(error)), Vec::new()),
        Err(_) => (Answer::Panicked, Vec::new()),
    }
}

fn send(to: &mut impl Write, answer: &Answer, picture: &[u8]) -> io::Result<()> {
    let head = postcard::to_stdvec(answer).map_err(io::Error::other)?;
    frame::begin(to, &head, picture.len() as u64)?;
    to.write_all(picture)?;
    to.flush()
}

/// The way to the parent. Whatever else is printed to standard output goes to standard error.
#[cfg(unix)]
fn answers() -> io::Result<std::fs::File> {
    let own = rustix::io::dup(rustix::stdio::stdout())?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(own.into())
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn answers() -> io::Result<io::Stdout> {
    Ok(io::stdout())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(arguments: &[&str]) -> Option<Duty> {
        Duty::of(arguments.iter().map(OsString::from))
    }

    #[test]
    fn only_what_a_parent_says_is_a_duty() {
        let words = |address_space| Duty::arguments(address_space).into_iter().map(OsString::from);
        let duty = Duty::of(words(Some(1 << 30))).unwrap();
        assert_eq!((duty.parent, duty.address_space), (std::process::id(), Some(1 << 30)));
        assert_eq!(Duty::of(words(None)).unwrap().address_space, None);
        for other in [&[][..], &["--demo"], &[CALL], &[CALL, "x"], &[CALL, "1", "all"]] {
            assert!(of(other).is_none(), "{other:?}");
        }
    }
}
