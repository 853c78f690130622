//! Where pictures are worked on: in a process of its own, or on the thread itself.

use std::io::Cursor;
use std::sync::Arc;
use std::time::Instant;

use flx_core::{CancelFlag, Compressed, Limits, Options, Watermark};
use flx_worker::{Command, Containment, Error, Tally, Terms, Worker};

use crate::upload::Spooled;

/// What one of the codec's threads works with.
#[derive(Debug)]
pub(crate) enum Codec {
    /// The thread itself: a fault in a decoder is one of the server.
    Here,
    /// A process of its own.
    Apart(Box<Worker>),
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
        options: &Options,
        limits: Limits,
        deadline: Instant,
        cancel: &CancelFlag,
    ) -> Result<Compressed, Error> {
        let terms = Terms::default().with_deadline(deadline).with_cancel(cancel);
        match (self, file) {
            (Self::Here, file) => {
                let limits = limits.with_deadline(deadline).with_cancel(cancel.clone());
                let bytes = file.load().map_err(Error::Source)?;
                Ok(flx_core::compress(&bytes, options, &limits)?)
            }
            (Self::Apart(worker), Spooled::Memory { bytes, .. }) => {
                let size = bytes.len() as u64;
                worker.compress(&mut Cursor::new(bytes), size, options, &limits, &terms)
            }
            (Self::Apart(worker), Spooled::File { file, size }) => {
                worker.compress(&mut file.as_ref(), *size, options, &limits, &terms)
            }
        }
    }

    /// Decodes a watermark.
    pub(crate) fn watermark(
        &mut self,
        file: &Spooled,
        limits: &Limits,
        deadline: Instant,
    ) -> Result<Watermark, Error> {
        let terms = Terms::default().with_deadline(deadline);
        match (self, file) {
            (Self::Here, file) => {
                let bytes = file.load().map_err(Error::Source)?;
                Ok(Watermark::from_png(&bytes, limits)?)
            }
            (Self::Apart(worker), Spooled::Memory { bytes, .. }) => {
                worker.watermark(&mut Cursor::new(bytes), bytes.len() as u64, limits, &terms)
            }
            (Self::Apart(worker), Spooled::File { file, size }) => {
                worker.watermark(&mut file.as_ref(), *size, limits, &terms)
            }
        }
    }
}
