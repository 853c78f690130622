//! Flags about pictures, uploads and results.

use std::io;
use std::num::NonZeroUsize;
use std::time::Duration;

use clap::{Args, ValueEnum};
use flx_api::{Settings, WorkLimits};

use crate::workers;

/// Pictures, uploads and results.
#[derive(Debug, Args)]
pub(crate) struct Work {
    /// Pictures compressed at the same time [default: one a processor]
    #[arg(long, env = "FLX_WORKERS", value_name = "COUNT")]
    workers: Option<NonZeroUsize>,

    /// Where pictures are worked on: process, in processes of their own; none, in the server's
    #[arg(long, env = "FLX_ISOLATION", value_name = "KIND", default_value = "process")]
    isolation: Isolation,

    /// Pictures that may wait or be worked on, at least 20; more get 503
    #[arg(long, env = "FLX_QUEUE", value_name = "COUNT", default_value_t = 256)]
    queue: usize,

    /// Seconds that a picture may wait for its turn
    #[arg(long, env = "FLX_QUEUE_TIMEOUT_SECONDS", value_name = "SECONDS", default_value_t = 120)]
    queue_timeout_seconds: u64,

    /// Seconds after which no further stage of a picture is started, and the engines that can stop
    /// half-way do
    #[arg(long, env = "FLX_PICTURE_TIMEOUT_SECONDS", value_name = "SECONDS", default_value_t = 60)]
    picture_timeout_seconds: u64,

    /// Bytes that pictures being worked on may take together, by estimate [default: 60 % of the
    /// control group's limit or of the machine's memory]
    #[arg(long, env = "FLX_MEMORY_LIMIT", value_name = "BYTES")]
    memory_limit: Option<u64>,

    /// Most pixels of a source picture
    #[arg(long, env = "FLX_MAX_PIXELS", value_name = "PIXELS", default_value_t = 50_000_000)]
    max_pixels: u64,

    /// Longest side of a source picture in pixels
    #[arg(long, env = "FLX_MAX_SIDE", value_name = "PIXELS", default_value_t = 30_000)]
    max_side: u32,

    /// Most frames of an animated source
    #[arg(long, env = "FLX_MAX_FRAMES", value_name = "FRAMES", default_value_t = 10_000)]
    max_frames: u32,

    /// Most pixels of an AVIF result [default: 50000000 with libaom, 20000000 with rav1e]
    #[arg(long, env = "FLX_AVIF_MAX_PIXELS", value_name = "PIXELS")]
    avif_max_pixels: Option<u64>,

    /// Seconds that an upload may pause
    #[arg(
        long,
        env = "FLX_BODY_IDLE_TIMEOUT_SECONDS",
        value_name = "SECONDS",
        default_value_t = 20
    )]
    body_idle_timeout_seconds: u64,

    /// Bytes a second that an upload must average after its first ten seconds
    #[arg(long, env = "FLX_BODY_MIN_RATE", value_name = "BYTES", default_value_t = 1024)]
    body_min_rate: u64,

    /// Seconds that a result can be downloaded
    #[arg(long, env = "FLX_RESULT_TTL_SECONDS", value_name = "SECONDS", default_value_t = 900)]
    result_ttl_seconds: u64,

    /// Seconds between removals of what has expired
    #[arg(long, env = "FLX_SWEEP_INTERVAL_SECONDS", value_name = "SECONDS", default_value_t = 30)]
    sweep_interval_seconds: u64,

    /// Seconds after which credits held by a process that died are given back, at least 3
    #[arg(long, env = "FLX_LEASE_SECONDS", value_name = "SECONDS", default_value_t = 30)]
    lease_seconds: u64,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Isolation {
    Process,
    None,
}

impl Work {
    pub(super) fn apply(&self, settings: Settings) -> io::Result<Settings> {
        let limits = WorkLimits::default()
            .with_workers(self.workers)
            .with_queue(self.queue)
            .with_queue_timeout(Duration::from_secs(self.queue_timeout_seconds))
            .with_picture_timeout(Duration::from_secs(self.picture_timeout_seconds))
            .with_memory(self.memory_limit)
            .with_max_pixels(self.max_pixels)
            .with_max_side(self.max_side)
            .with_max_frames(self.max_frames)
            .with_avif_max_pixels(self.avif_max_pixels)
            .with_body_idle_timeout(Duration::from_secs(self.body_idle_timeout_seconds))
            .with_body_min_rate(self.body_min_rate);
        let workers = match self.isolation {
            Isolation::Process => Some(workers::command()?),
            Isolation::None => None,
        };
        Ok(settings
            .with_workers_apart(workers)
            .with_limits(limits)
            .with_result_ttl(Duration::from_secs(self.result_ttl_seconds))
            .with_sweep_interval(Duration::from_secs(self.sweep_interval_seconds))
            .with_lease(Duration::from_secs(self.lease_seconds)))
    }
}
