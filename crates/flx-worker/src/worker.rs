//! A place that always has a child, as far as there can be one.

use std::process::ExitStatus;
use std::sync::Arc;
use std::time::{Duration, Instant};

use flx_core::{CancelFlag, Compressed, Limits, Options};

use crate::message::{Answer, MarkHead, Request};
use crate::process::{Broken, Part, Process};
use crate::{Command, Containment, Error, Mark, Tally};

/// What a codec may take beyond its deadline, which it keeps by itself between its stages.
const GRACE: Duration = Duration::from_secs(2);
/// First pause after a child could not be started; it doubles.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// Longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// Gives one picture after another to a child, and has a new one when it ends.
///
/// A worker belongs to the thread that made it: the kernel ends a child together with the thread
/// that started it, so that none stays behind.
#[derive(Debug)]
pub struct Worker {
    command: Arc<Command>,
    tally: Arc<Tally>,
    process: Option<Process>,
    failed_starts: u32,
    not_before: Option<Instant>,
}

/// How long somebody wants a result.
#[derive(Debug, Clone, Copy, Default)]
pub struct Terms<'a> {
    deadline: Option<Instant>,
    cancel: Option<&'a CancelFlag>,
}

impl<'a> Terms<'a> {
    /// The moment after which the codec starts no stage; shortly after it the child is ended.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Once the flag is raised, the child is ended.
    #[must_use]
    pub fn with_cancel(mut self, flag: &'a CancelFlag) -> Self {
        self.cancel = Some(flag);
        self
    }

    pub(crate) fn kill_at(&self) -> Option<Instant> {
        self.deadline.and_then(|deadline| deadline.checked_add(GRACE))
    }

    pub(crate) fn cancel(&self) -> Option<&CancelFlag> {
        self.cancel
    }

    fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }
}

impl Worker {
    /// Starts a child and waits until it is ready.
    ///
    /// # Errors
    /// [`Error::Start`].
    pub fn start(command: Arc<Command>, tally: Arc<Tally>) -> Result<(Self, Containment), Error> {
        let (process, containment) = Process::start(&command)?;
        let process = Some(process);
        let worker = Self { command, tally, process, failed_starts: 0, not_before: None };
        Ok((worker, containment))
    }

    /// [`flx_core::compress`] in the child, with a watermark that is decoded there.
    ///
    /// # Errors
    /// Every [`Error`].
    pub fn compress<'a>(
        &mut self,
        picture: Part<'a>,
        mark: Option<Mark<'a>>,
        options: &Options,
        limits: &Limits,
        terms: &Terms<'_>,
    ) -> Result<Compressed, Error> {
        let head = mark.as_ref().map(|mark| MarkHead {
            bytes: mark.file.bytes(),
            look: mark.look,
            limits: mark.limits.clone(),
        });
        let request = || Request::Compress {
            options: options.clone(),
            limits: limits.clone(),
            time_left: terms.time_left(),
            mark: head.clone(),
        };
        let mut files: Vec<Part<'a>> =
            std::iter::once(picture).chain(mark.map(|mark| mark.file)).collect();
        match self.ask(request, &mut files, terms)? {
            (Answer::Compressed(picture), body) => Ok(picture?.with_bytes(body)),
            (answer, _) => Err(self.misunderstood(&answer)),
        }
    }

    /// Asks, once more where the child was killed from outside: the picture need not be to blame.
    fn ask(
        &mut self,
        request: impl Fn() -> Request,
        files: &mut [Part<'_>],
        terms: &Terms<'_>,
    ) -> Result<(Answer, Vec<u8>), Error> {
        let bytes: u64 = files.iter().map(|file| file.bytes()).sum();
        let mut killed_before = false;
        loop {
            if terms.cancel().is_some_and(CancelFlag::is_raised) {
                return Err(Error::Cancelled);
            }
            // Put back when it has answered: after anything else there is a new one.
            let mut process = self.ready()?;
            match process.ask(&request(), files, terms) {
                Ok(answer) => {
                    self.process = Some(process);
                    return Ok(answer);
                }
                Err(Broken::Died(status)) => {
                    let process = process.id();
                    tracing::error!(
                        worker.pid = process, %status, bytes,
                        "a worker process died with a picture"
                    );
                    if !by_others(status) {
                        return Err(Error::Died(status));
                    }
                    if killed_before {
                        return Err(Error::Killed(status));
                    }
                    killed_before = true;
                }
                Err(Broken::Other(error)) => return Err(error),
            }
        }
    }

    /// How long there can be no child: until then every picture is refused. Starts one where it is
    /// time to, so that no picture has to wait for that.
    pub fn rest(&mut self) -> Option<Duration> {
        if self.process.is_none()
            && let Ok(process) = self.ready()
        {
            self.process = Some(process);
        }
        let moment = self.not_before.filter(|_| self.process.is_none())?;
        Some(moment.saturating_duration_since(Instant::now())).filter(|left| !left.is_zero())
    }

    /// The child, or a new one where it has ended.
    fn ready(&mut self) -> Result<Process, Error> {
        if let Some(mut process) = self.process.take() {
            match process.ended() {
                None => return Ok(process),
                Some(status) => {
                    tracing::warn!(worker.pid = process.id(), %status, "an idle worker process died");
                }
            }
        }
        if self.not_before.is_some_and(|moment| Instant::now() < moment) {
            return Err(Error::Down);
        }
        self.tally.restarted();
        match Process::start(&self.command) {
            Ok((process, _)) => {
                if self.not_before.take().is_some() {
                    self.tally.came_up();
                }
                self.failed_starts = 0;
                Ok(process)
            }
            Err(error) => {
                let pause = FIRST_PAUSE.saturating_mul(1 << self.failed_starts.min(10));
                let pause = pause.min(LONGEST_PAUSE);
                self.failed_starts = self.failed_starts.saturating_add(1);
                if self.not_before.replace(Instant::now() + pause).is_none() {
                    self.tally.went_down();
                }
                tracing::error!(error = %error, pause = ?pause, "a worker process does not start");
                Err(error)
            }
        }
    }

    /// A child that answers something else is not to be believed again.
    fn misunderstood(&mut self, answer: &Answer) -> Error {
        match answer {
            Answer::Panicked => Error::Panicked,
            _ => {
                self.process = None;
                Error::Protocol(postcard::Error::DeserializeBadEnum)
            }
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if self.not_before.is_some() {
            self.tally.came_up();
        }
    }
}

/// Whether the end came from outside: nothing that a codec does raises one of these.
fn by_others(status: ExitStatus) -> bool {
    #[cfg(unix)]
    {
        use rustix::process::Signal;
        let signal = std::os::unix::process::ExitStatusExt::signal(&status);
        [Signal::KILL, Signal::TERM, Signal::INT, Signal::HUP]
            .into_iter()
            .any(|outside| signal == Some(outside.as_raw()))
    }
    #[cfg(not(unix))]
    {
        let _ = status;
        false
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    /// A worker of a program that does not exist.
    fn without_a_program(tally: &Arc<Tally>) -> Worker {
        let command = Arc::new(Command::of("/nonexistent/program"));
        let tally = Arc::clone(tally);
        Worker { command, tally, process: None, failed_starts: 0, not_before: None }
    }

    fn ask(worker: &mut Worker) -> Error {
        let (options, limits) = (Options::default(), Limits::default());
        let mut file = Cursor::new(b"picture");
        let file = Part::new(&mut file, 7);
        worker.compress(file, None, &options, &limits, &Terms::default()).unwrap_err()
    }

    #[test]
    fn starts_that_fail_are_spaced_out_and_told() {
        let tally = Arc::new(Tally::default());
        let mut worker = without_a_program(&tally);
        assert!(matches!(ask(&mut worker), Error::Start(_)));
        assert_eq!((tally.down(), tally.restarts()), (1, 1));
        for _ in 0..100 {
            assert!(matches!(ask(&mut worker), Error::Down | Error::Start(_)));
        }
        assert!(tally.restarts() < 4, "{} starts", tally.restarts());
        std::thread::sleep(FIRST_PAUSE * 3);
        assert!(matches!(ask(&mut worker), Error::Start(_)), "it is tried again");
        assert_eq!(tally.down(), 1, "one worker, however often it fails");
        drop(worker);
        assert_eq!(tally.down(), 0);
    }

    #[test]
    fn a_program_that_ends_at_once_does_not_become_a_worker() {
        let command = Arc::new(Command::of("/bin/false"));
        let error = Worker::start(command, Arc::default()).unwrap_err();
        assert!(error.to_string().contains("it ended at once: exit status: 1"), "{error}");
    }
}
