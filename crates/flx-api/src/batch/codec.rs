//! Where pictures are worked on: in a process of its own, or on the thread itself.

use std::sync::Arc;
use std::time::{Duration, Instant};

use flx_core::{CancelFlag, Compressed, Limits, Options, Watermark};
use flx_worker::{Command, Containment, Error, Tally, Terms, Worker};

use super::Mark;
use super::pool::Tool;
use crate::upload::Spooled;

/// What one of the codec's threads works with.
#[derive(Debug)]
pub(crate) enum Codec {
    /// The thread itself: a fault in a decoder is one of the server.
    Here,
    /// A process of its own.
    Apart(Box<Worker>),
}

impl Tool for Codec {
    fn rest(&mut self) -> Option<Duration> {
        match self {
            Self::Here => None,
            Self::Apart(worker) => worker.rest(),
        }
    }
}

impl Codec {
    /// A process, where there is a command for one. It belongs to the thread that calls.
    pub(crate) fn start(
        command: Option<&Arc<Command>>,
        tally: &Arc<Tally>,
    ) -> Result<(Self, Option<Containment>), Error> {
        let Some(command) = command else { return Ok((Self::Here, None)) };
        let (worker, containment) = Worker::start(Arc::clone(command), Arc::clone(tally))?;
        Ok((Self::Apart(Box::new(worker)), Some(containment)))
    }

    /// Compresses a picture. A panic of a codec that is here is the caller's.
    pub(crate) fn compress(
        &mut self,
        file: &Spooled,
        mark: Option<&Mark>,
        options: &Options,
        limits: Limits,
        deadline: Instant,
        cancel: &CancelFlag,
    ) -> Result<Compressed, Error> {
        match self {
            Self::Here => {
                let limits = limits.with_deadline(deadline).with_cancel(cancel.clone());
                let options = match mark {
                    Some(mark) => options.clone().with_watermark(decoded(mark)?),
                    None => options.clone(),
                };
                let bytes = file.load().map_err(Error::Source)?;
                Ok(flx_core::compress(&bytes, &options, &limits)?)
            }
            Self::Apart(worker) => {
                let terms = Terms::default().with_deadline(deadline).with_cancel(cancel);
                let (mut file, mut mark_file) =
                    (file.reader(), mark.map(|mark| mark.file.reader()));
                let mark = mark.zip(mark_file.as_mut()).map(|(mark, file)| {
                    flx_worker::Mark::new(file.part(), mark.look, mark.limits.clone())
                });
                worker.compress(file.part(), mark, options, &limits, &terms)
            }
        }
    }
}

fn decoded(mark: &Mark) -> Result<Watermark, Error> {
    let bytes = mark.file.load().map_err(Error::Source)?;
    Ok(mark.look.of(Watermark::from_png(&bytes, &mark.limits)?))
}
