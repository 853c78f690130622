//! What the caller is willing to spend on one picture.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::engines::{Writer, writer};
use crate::resize::TargetSize;
use crate::{Effort, Error, Format, ImageInfo, Progress, Stage};

/// Limits on one call, checked on the file's header before any decoder runs. Serialised are the
/// numbers; deadline, cancel flag and progress belong to the process.
#[derive(Debug, Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct Limits {
    max_bytes: u64,
    max_pixels: u64,
    max_side: u32,
    max_frames: u32,
    max_animation_pixels: u64,
    max_avif_pixels: u64,
    #[cfg_attr(feature = "serde", serde(skip))]
    deadline: Option<Instant>,
    #[cfg_attr(feature = "serde", serde(skip))]
    cancel: Option<CancelFlag>,
    #[cfg_attr(feature = "serde", serde(skip))]
    progress: Option<Progress>,
}

/// rav1e takes 25 s and 1.4 GB for 50 megapixels at effort fast, without SIMD three times as long;
/// 20 megapixels stay within half a minute on one thread.
const MAX_AVIF_PIXELS: u64 = match writer(Format::Avif, Effort::Fast) {
    Writer::Rav1e => 20_000_000,
    _ => 50_000_000,
};

impl Default for Limits {
    /// 100 MiB, 50 million pixels, 30,000 px a side, 10,000 frames, 500 million pixels of an
    /// animation, 50 million pixels of an AVIF result (20 million where rav1e writes it), no
    /// deadline, no cancel flag.
    fn default() -> Self {
        Self {
            max_bytes: 100 * 1024 * 1024,
            max_pixels: 50_000_000,
            max_side: 30_000,
            max_frames: 10_000,
            max_animation_pixels: 500_000_000,
            max_avif_pixels: MAX_AVIF_PIXELS,
            deadline: None,
            cancel: None,
            progress: None,
        }
    }
}

impl Limits {
    /// Largest input in bytes. Default 104,857,600 (100 MiB).
    #[must_use]
    pub fn with_max_bytes(mut self, bytes: u64) -> Self {
        self.max_bytes = bytes;
        self
    }

    /// Most pixels of the source, width × height, and of a result that is enlarged. Default 50,000,000.
    #[must_use]
    pub fn with_max_pixels(mut self, pixels: u64) -> Self {
        self.max_pixels = pixels;
        self
    }

    /// Longest side in pixels, of the source and of a result that is enlarged. Default 30,000.
    #[must_use]
    pub fn with_max_side(mut self, pixels: u32) -> Self {
        self.max_side = pixels;
        self
    }

    /// Most frames of an animated source. Default 10,000.
    #[must_use]
    pub fn with_max_frames(mut self, frames: u32) -> Self {
        self.max_frames = frames;
        self
    }

    /// Most pixels of an animation, frames × width × height, of the source and of a result that is
    /// enlarged. Default 500,000,000.
    ///
    /// Binds only where the animation stays one.
    #[must_use]
    pub fn with_max_animation_pixels(mut self, pixels: u64) -> Self {
        self.max_animation_pixels = pixels;
        self
    }

    /// Most pixels of an AVIF result; other formats take a fraction of its time and memory. Where
    /// several formats may serve, AVIF is left out above it. Default 50,000,000, with rav1e as the
    /// engine 20,000,000.
    #[must_use]
    pub fn with_max_avif_pixels(mut self, pixels: u64) -> Self {
        self.max_avif_pixels = pixels;
        self
    }

    /// The moment after which no stage starts, and engines that can stop half-way do. Effort is
    /// lowered where the time left asks for it, and a search ends with the file that it has, if that
    /// is good enough. Default: none.
    #[must_use]
    pub fn with_deadline(mut self, deadline: Instant) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Once the flag is raised no stage starts, and engines that can stop half-way do. Default:
    /// none.
    #[must_use]
    pub fn with_cancel(mut self, flag: CancelFlag) -> Self {
        self.cancel = Some(flag);
        self
    }

    /// A function that is told of each stage as it begins. Default: none.
    #[must_use]
    pub fn with_progress(mut self, progress: Progress) -> Self {
        self.progress = Some(progress);
        self
    }

    /// Checks what is known before the header is read.
    pub(crate) fn check_bytes(&self, input: &[u8]) -> Result<(), Error> {
        let bytes = input.len() as u64;
        if bytes > self.max_bytes {
            return Err(Error::TooManyBytes { bytes, limit: self.max_bytes });
        }
        Ok(())
    }

    /// Checks the header's facts against the limits.
    ///
    /// # Errors
    /// [`Error::SideTooLong`], [`Error::TooManyPixels`] or [`Error::TooManyFrames`].
    pub fn check(&self, info: &ImageInfo) -> Result<(), Error> {
        let (width, height) = (info.coded_width(), info.coded_height());
        if width > self.max_side || height > self.max_side {
            return Err(Error::SideTooLong { width, height, limit: self.max_side });
        }
        if u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(Error::TooManyPixels { width, height, limit: self.max_pixels });
        }
        if info.frames() > self.max_frames {
            return Err(Error::TooManyFrames { frames: info.frames(), limit: self.max_frames });
        }
        Ok(())
    }

    /// The time until the deadline, if there is one.
    pub(crate) fn time_left(&self) -> Option<Duration> {
        self.deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()))
    }

    /// Tells the caller that a stage begins, unless it may not.
    pub(crate) fn start(&self, stage: Stage) -> Result<(), Error> {
        self.may_go_on(stage)?;
        if let Some(progress) = &self.progress {
            progress.announce(stage);
        }
        Ok(())
    }

    /// Checks a result that is larger than its source: it is bound as the source is.
    pub(crate) fn check_result(&self, size: TargetSize, source: TargetSize) -> Result<(), Error> {
        let TargetSize { width, height } = size;
        if size.at_most(source) == size {
            return Ok(());
        }
        let too_long = width > self.max_side || height > self.max_side;
        if too_long || u64::from(width) * u64::from(height) > self.max_pixels {
            return Err(Error::ResultTooLarge {
                width,
                height,
                max_pixels: self.max_pixels,
                max_side: self.max_side,
            });
        }
        Ok(())
    }

    /// Checks that a format can hold a result, and may.
    pub(crate) fn check_output(&self, format: Format, size: TargetSize) -> Result<(), Error> {
        let TargetSize { width, height } = size;
        let limit = format.max_side();
        if width > limit || height > limit {
            let suggested = size.within(TargetSize { width: limit, height: limit });
            return Err(Error::OutputTooLarge {
                format,
                width,
                height,
                limit,
                suggested_width: suggested.width,
                suggested_height: suggested.height,
            });
        }
        let is_bound = matches!(format, Format::Avif);
        if is_bound && u64::from(width) * u64::from(height) > self.max_avif_pixels {
            let suggested = size.of_at_most(self.max_avif_pixels);
            return Err(Error::OutputTooManyPixels {
                format,
                width,
                height,
                limit: self.max_avif_pixels,
                suggested_width: suggested.width,
                suggested_height: suggested.height,
            });
        }
        Ok(())
    }

    /// Checks an animation whose frames are all to be decoded; [`check`](Self::check) does not.
    ///
    /// # Errors
    /// [`Error::TooManyAnimationPixels`].
    pub fn check_animation(&self, info: &ImageInfo) -> Result<(), Error> {
        let area = u64::from(info.coded_width()) * u64::from(info.coded_height());
        self.check_animation_pixels(info, area.saturating_mul(info.frames().into()))
    }

    /// Checks what is to become of an animation that has passed: enlarged, or set on a larger
    /// canvas, it has more pixels than the source, which are all scaled and coded.
    pub(crate) fn check_animation_result(
        &self,
        info: &ImageInfo,
        size: TargetSize,
    ) -> Result<(), Error> {
        let TargetSize { width, height } = size;
        let frames = info.frames();
        let pixels = (u64::from(width) * u64::from(height)).saturating_mul(frames.into());
        let limit = self.max_animation_pixels;
        if pixels > limit {
            return Err(Error::TooManyAnimationPixels { frames, width, height, pixels, limit });
        }
        Ok(())
    }

    /// The same as for the source with pixels counted in another way.
    pub(crate) fn check_animation_pixels(
        &self,
        info: &ImageInfo,
        pixels: u64,
    ) -> Result<(), Error> {
        if pixels > self.max_animation_pixels {
            return Err(Error::TooManyAnimationPixels {
                frames: info.frames(),
                width: info.coded_width(),
                height: info.coded_height(),
                pixels,
                limit: self.max_animation_pixels,
            });
        }
        Ok(())
    }

    /// Called before each stage, and again and again by those that can stop half-way.
    pub(crate) fn may_go_on(&self, stage: Stage) -> Result<(), Error> {
        if self.cancel.as_ref().is_some_and(CancelFlag::is_raised) {
            return Err(Error::Cancelled { stage });
        }
        if self.deadline.is_some_and(|deadline| Instant::now() >= deadline) {
            return Err(Error::DeadlineExceeded { stage });
        }
        Ok(())
    }
}

/// A flag that one thread raises to stop work in another.
#[derive(Debug, Clone, Default)]
pub struct CancelFlag(Arc<AtomicBool>);

impl CancelFlag {
    /// A flag that is not raised.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Raises the flag, for good.
    pub fn raise(&self) {
        self.0.store(true, Ordering::Release);
    }

    /// Whether the flag was raised.
    #[must_use]
    pub fn is_raised(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
