//! Limits on pictures, uploads and work at once.

use std::num::NonZeroUsize;
use std::thread::available_parallelism;
use std::time::Duration;

/// Limits on pictures, uploads and work at once. Limits of plans come on top.
#[derive(Debug, Clone)]
pub struct WorkLimits {
    workers: Option<NonZeroUsize>,
    queue: usize,
    queue_timeout: Duration,
    picture_timeout: Duration,
    memory: Option<u64>,
    max_pixels: u64,
    max_side: u32,
    max_frames: u32,
    avif_max_pixels: Option<u64>,
    body_idle_timeout: Duration,
    body_min_rate: u64,
}

impl Default for WorkLimits {
    fn default() -> Self {
        Self {
            workers: None,
            queue: 256,
            queue_timeout: Duration::from_secs(120),
            picture_timeout: Duration::from_secs(60),
            memory: None,
            max_pixels: 50_000_000,
            max_side: 30_000,
            max_frames: 10_000,
            avif_max_pixels: None,
            body_idle_timeout: Duration::from_secs(20),
            body_min_rate: 1024,
        }
    }
}

pub(crate) fn processors() -> usize {
    available_parallelism().map_or(1, NonZeroUsize::get)
}

impl WorkLimits {
    /// `--workers`: pictures compressed at the same time. Default: one a processor.
    #[must_use]
    pub fn with_workers(mut self, workers: Option<NonZeroUsize>) -> Self {
        self.workers = workers;
        self
    }

    /// `--queue`: pictures that may wait or be worked on; more get 503. Default 256, at least 20.
    #[must_use]
    pub fn with_queue(mut self, pictures: usize) -> Self {
        self.queue = pictures;
        self
    }

    /// `--queue-timeout-seconds`: longest wait of a picture for its turn. Default 120 s.
    #[must_use]
    pub fn with_queue_timeout(mut self, wait: Duration) -> Self {
        self.queue_timeout = wait;
        self
    }

    /// `--picture-timeout-seconds`: no stage of a picture starts after this. Default 60 s.
    #[must_use]
    pub fn with_picture_timeout(mut self, time: Duration) -> Self {
        self.picture_timeout = time;
        self
    }

    /// `--memory-limit`: bytes that pictures being worked on may take together, by estimate. One
    /// that takes more is worked on alone, one that takes 1.6 times as much is refused.
    /// Default: 60 % of the control group's limit or else of the machine's memory.
    #[must_use]
    pub fn with_memory(mut self, bytes: Option<u64>) -> Self {
        self.memory = bytes;
        self
    }

    /// `--max-pixels`: most pixels of a source. Default 50,000,000.
    #[must_use]
    pub fn with_max_pixels(mut self, pixels: u64) -> Self {
        self.max_pixels = pixels;
        self
    }

    /// `--max-side`: longest side of a source in pixels. Default 30,000.
    #[must_use]
    pub fn with_max_side(mut self, pixels: u32) -> Self {
        self.max_side = pixels;
        self
    }

    /// `--max-frames`: most frames of an animated source. Default 10,000.
    #[must_use]
    pub fn with_max_frames(mut self, frames: u32) -> Self {
        self.max_frames = frames;
        self
    }

    /// `--avif-max-pixels`: most pixels of an AVIF result. Default: the codec's, 50,000,000 with
    /// libaom and 20,000,000 with rav1e.
    #[must_use]
    pub fn with_avif_max_pixels(mut self, pixels: Option<u64>) -> Self {
        self.avif_max_pixels = pixels;
        self
    }

    /// `--body-idle-timeout-seconds`: longest pause within an upload. Default 20 s.
    #[must_use]
    pub fn with_body_idle_timeout(mut self, pause: Duration) -> Self {
        self.body_idle_timeout = pause;
        self
    }

    /// `--body-min-rate`: bytes a second that an upload must average. Default 1,024.
    #[must_use]
    pub fn with_body_min_rate(mut self, bytes_per_second: u64) -> Self {
        self.body_min_rate = bytes_per_second;
        self
    }

    pub(crate) fn workers(&self) -> usize {
        self.workers.map_or_else(processors, NonZeroUsize::get)
    }

    /// At least as many as the largest batch, or a batch could never be taken.
    pub(crate) fn queue(&self) -> usize {
        self.queue.max(20)
    }

    pub(crate) fn queue_timeout(&self) -> Duration {
        self.queue_timeout
    }

    pub(crate) fn picture_timeout(&self) -> Duration {
        self.picture_timeout
    }

    pub(crate) fn memory(&self) -> Option<u64> {
        self.memory
    }

    pub(crate) fn max_pixels(&self) -> u64 {
        self.max_pixels
    }

    pub(crate) fn max_side(&self) -> u32 {
        self.max_side
    }

    pub(crate) fn max_frames(&self) -> u32 {
        self.max_frames
    }

    pub(crate) fn avif_max_pixels(&self) -> Option<u64> {
        self.avif_max_pixels
    }

    pub(crate) fn body_idle_timeout(&self) -> Duration {
        self.body_idle_timeout
    }

    pub(crate) fn body_min_rate(&self) -> u64 {
        self.body_min_rate
    }
}
