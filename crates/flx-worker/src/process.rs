//! One child, from its start to its end.

use std::io::{self, Read, Seek, SeekFrom};
use std::process::{Child, ChildStdin, ChildStdout, ExitStatus};
use std::thread;
use std::time::{Duration, Instant};

use crate::message::{Answer, Request};
use crate::watch::{Ended, watched};
use crate::worker::Terms;
use crate::{Command, Containment, Error, frame, last_words};

/// How long a child may take until it is ready.
const START_PATIENCE: Duration = Duration::from_secs(20);
/// How long a child may go on that has closed its pipes.
const END_PATIENCE: Duration = Duration::from_secs(1);
/// What pipes hold where the system lets them: fewer turns for a whole picture.
#[cfg(target_os = "linux")]
const PIPE_BYTES: usize = 1024 * 1024;

/// A file that goes to a child: read from its beginning, so many bytes.
pub struct Part<'a> {
    file: &'a mut dyn Source,
    bytes: u64,
}

/// What can be read from its beginning more than once.
trait Source: Read + Seek {}

impl<T: Read + Seek> Source for T {}

impl<'a> Part<'a> {
    /// A file of so many bytes.
    pub fn new(file: &'a mut (impl Read + Seek), bytes: u64) -> Self {
        Self { file, bytes }
    }

    /// Its bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Writes it to a child. An error in it is noted; the child's are returned.
    fn send(&mut self, to: &mut impl io::Write, unread: &mut Option<io::Error>) -> io::Result<()> {
        if let Err(error) = self.file.seek(SeekFrom::Start(0)) {
            *unread = Some(error);
            return Ok(());
        }
        let mut file = Noted { file: (&mut *self.file).take(self.bytes), error: &mut *unread };
        let sent = io::copy(&mut file, to)?;
        if sent < self.bytes && unread.is_none() {
            *unread = Some(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

impl std::fmt::Debug for Part<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Part").field("bytes", &self.bytes).finish_non_exhaustive()
    }
}

/// A child that is ready. Ended when dropped.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    stdin: ChildStdin,
    stdout: ChildStdout,
    most_bytes: u64,
}

/// What became of a message that had no answer.
#[derive(Debug)]
pub(crate) enum Broken {
    /// The child ended by itself, or by others.
    Died(ExitStatus),
    /// Anything else.
    Other(Error),
}

impl Process {
    /// Starts a child and waits until it is ready. The thread that calls must live as long as the
    /// child is to: the kernel ends a child with the thread that started it.
    pub(crate) fn start(command: &Command) -> Result<(Self, Containment), Error> {
        let mut child = command.to_start().spawn().map_err(Error::Start)?;
        let pipes = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(stdin), Some(stdout), Some(stderr)) = pipes else {
            return Err(Error::Start(io::ErrorKind::BrokenPipe.into()));
        };
        #[cfg(target_os = "linux")]
        for pipe in [rustix::fd::AsFd::as_fd(&stdin), rustix::fd::AsFd::as_fd(&stdout)] {
            // It is only faster.
            let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE_BYTES);
        }
        let most_bytes = command.most_bytes();
        let mut process = Self { child, stdin, stdout, most_bytes };
        last_words::log(stderr, process.id()).map_err(Error::Start)?;
        match process.first_words() {
            Ok((Answer::Ready(containment), _)) => Ok((process, containment)),
            Ok(_) => Err(Error::Start(io::ErrorKind::InvalidData.into())),
            Err(Broken::Died(status)) => {
                Err(Error::Start(io::Error::other(format!("it ended at once: {status}"))))
            }
            Err(Broken::Other(error)) => Err(Error::Start(io::Error::other(error))),
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// How it has ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().ok().flatten()
    }

    /// Sends a request with its files and waits for the answer. After an error the process is of no
    /// more use.
    pub(crate) fn ask(
        &mut self,
        request: &Request,
        files: &mut [Part<'_>],
        terms: &Terms<'_>,
    ) -> Result<(Answer, Vec<u8>), Broken> {
        let protocol = |error| Broken::Other(Error::Protocol(error));
        let head = postcard::to_stdvec(request).map_err(protocol)?;
        let (stdin, stdout, most) = (&mut self.stdin, &mut self.stdout, self.most_bytes);
        let work = || {
            let mut unread = None;
            let bytes = files.iter().map(|file| file.bytes).sum();
            // A child that died half-way shows it by its status.
            let _ = frame::begin(stdin, &head, bytes).and_then(|()| {
                files.iter_mut().try_for_each(|file| match unread {
                    Some(_) => Ok(()),
                    None => file.send(stdin, &mut unread),
                })
            });
            match unread {
                Some(error) => Err(Error::Source(error)),
                None => Ok(frame::read(stdout, most).ok().flatten()),
            }
        };
        let (answer, ended) = watched(&mut self.child, terms.kill_at(), terms.cancel(), work)
            .map_err(|error| Broken::Other(Error::Start(error)))?;
        self.understood(answer.map_err(Broken::Other)?, ended)
    }

    /// Waits for what a child says by itself.
    fn first_words(&mut self) -> Result<(Answer, Vec<u8>), Broken> {
        let (stdout, most) = (&mut self.stdout, self.most_bytes);
        let work = || frame::read(stdout, most).ok().flatten();
        let until = Some(Instant::now() + START_PATIENCE);
        let (answer, ended) = watched(&mut self.child, until, None, work)
            .map_err(|error| Broken::Other(Error::Start(error)))?;
        self.understood(answer, ended)
    }

    fn understood(
        &mut self,
        answer: Option<(Vec<u8>, Vec<u8>)>,
        ended: Option<Ended>,
    ) -> Result<(Answer, Vec<u8>), Broken> {
        match ended {
            Some(Ended::Late) => return Err(Broken::Other(Error::Late)),
            Some(Ended::Unwanted) => return Err(Broken::Other(Error::Cancelled)),
            None => {}
        }
        let Some((head, body)) = answer else {
            return Err(self.end().map_or_else(
                || Broken::Other(Error::Protocol(postcard::Error::DeserializeUnexpectedEnd)),
                Broken::Died,
            ));
        };
        let answer =
            postcard::from_bytes(&head).map_err(|error| Broken::Other(Error::Protocol(error)))?;
        Ok((answer, body))
    }

    /// Waits for the end of a child that does not answer; `None` for one that goes on.
    fn end(&mut self) -> Option<ExitStatus> {
        let start = Instant::now();
        while start.elapsed() < END_PATIENCE {
            if let Some(status) = self.ended() {
                return Some(status);
            }
            thread::sleep(Duration::from_millis(1));
        }
        None
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Only fails when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A file whose faults are told from those of the pipe that it is copied into.
struct Noted<'a, F> {
    file: F,
    error: &'a mut Option<io::Error>,
}

impl<F: Read> Read for Noted<'_, F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.file.read(buffer).inspect_err(|error| {
            if error.kind() != io::ErrorKind::Interrupted {
                *self.error = Some(error.kind().into());
            }
        })
    }
}
