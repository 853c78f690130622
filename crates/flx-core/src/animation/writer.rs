//! Frames into a file.

use crate::encode::webp::animation::{Animation, MAX_DURATION};
use crate::encode::{Coding, How, alternatives, encode};
use crate::raster::Raster;
use crate::{Error, Format};

/// Browsers show frames of at most this many milliseconds for [`INSTEAD`]: such numbers were never
/// meant to be kept.
const TOO_SHORT: u32 = 10;

/// What such frames are shown for, in milliseconds.
const INSTEAD: u32 = 100;

/// How long a frame is shown in truth, in milliseconds.
pub(super) fn shown_for(duration: u32) -> u32 {
    if duration <= TOO_SHORT { INSTEAD } else { duration.min(MAX_DURATION) }
}

/// Writes an animation, or a still picture when all frames are the same.
pub(super) struct Writer<'a> {
    plays: u16,
    coding: Coding,
    how: How<'a>,
    /// The first frame and its time, until another one comes.
    held: Option<(Raster, u32)>,
    animation: Option<Animation<'a>>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(plays: u16, coding: Coding, how: How<'a>) -> Self {
        Self { plays, coding, how, held: None, animation: None }
    }

    /// Adds a frame with its duration in milliseconds as the source has it.
    pub(super) fn add(&mut self, frame: Raster, duration: u32) -> Result<(), Error> {
        let duration = shown_for(duration);
        if let Some(animation) = &mut self.animation {
            return animation.add(&frame, duration);
        }
        match self.held.take() {
            None => self.held = Some((frame, duration)),
            Some((first, time)) if first.image() == frame.image() => {
                self.held = Some((first, time.saturating_add(duration)));
            }
            Some((first, time)) => {
                let size = (first.width(), first.height());
                let mut animation = Animation::new(size, self.plays, self.coding, &self.how)?;
                animation.add(&first, time)?;
                animation.add(&frame, duration)?;
                self.animation = Some(animation);
            }
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Vec<u8>, Error> {
        match (self.animation, self.held) {
            (Some(animation), _) => animation.finish(),
            (None, Some((still, _))) => {
                let mut file = encode(&still, Format::WebP, self.coding, &self.how)?;
                for coding in alternatives(&still, Format::WebP) {
                    let other = encode(&still, Format::WebP, coding, &self.how)?;
                    if other.len() < file.len() {
                        file = other;
                    }
                }
                Ok(file)
            }
            (None, None) => Err(Error::Encode {
                format: Format::WebP,
                reason: "an animation without frames".to_owned(),
            }),
        }
    }
}
