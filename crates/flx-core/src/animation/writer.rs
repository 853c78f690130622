//! Frames into a file.

use crate::content::{Kind, judge};
use crate::encode::webp::animation::{Animation, MAX_DURATION};
use crate::encode::{Coding, How, Written, alternatives, encode};
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
///
/// Graphics are written twice, once as asked and once without loss, and the smaller file is taken:
/// libwebp's own choice for each frame goes by colours, which anti-aliased text has many of.
pub(super) struct Writer<'a> {
    plays: u16,
    coding: Coding,
    how: How<'a>,
    /// The first frame and its time, until another one comes.
    held: Option<(Raster, u32)>,
    asked: Option<Animation<'a>>,
    /// Given up at the first frame that is a photograph.
    lossless: Option<Animation<'a>>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(plays: u16, coding: Coding, how: How<'a>) -> Self {
        Self { plays, coding, how, held: None, asked: None, lossless: None }
    }

    /// Adds a frame with its duration in milliseconds as the source has it.
    pub(super) fn add(&mut self, frame: Raster, duration: u32) -> Result<(), Error> {
        let duration = shown_for(duration);
        if self.asked.is_some() {
            return self.write(&frame, duration);
        }
        match self.held.take() {
            None => self.held = Some((frame, duration)),
            Some((first, time)) if first.image() == frame.image() => {
                self.held = Some((first, time.saturating_add(duration)));
            }
            Some((first, time)) => {
                let start = |coding| {
                    let size = (first.width(), first.height());
                    Animation::new(size, self.plays, coding, &self.how)
                };
                self.asked = Some(start(self.coding)?);
                if self.coding != Coding::Lossless {
                    self.lossless = Some(start(Coding::Lossless)?);
                }
                self.write(&first, time)?;
                self.write(&frame, duration)?;
            }
        }
        Ok(())
    }

    fn write(&mut self, frame: &Raster, duration: u32) -> Result<(), Error> {
        self.lossless = self.lossless.take().filter(|_| judge(frame).kind == Kind::Graphic);
        for animation in [&mut self.asked, &mut self.lossless].into_iter().flatten() {
            animation.add(frame, duration)?;
        }
        Ok(())
    }

    pub(super) fn finish(self) -> Result<Written, Error> {
        let was_lossless = self.coding == Coding::Lossless;
        let mut files = Vec::new();
        if let Some((still, _)) = self.held {
            files.push(encode(&still, Format::WebP, self.coding, &self.how)?);
            for coding in alternatives(&still, Format::WebP) {
                files.push(encode(&still, Format::WebP, coding, &self.how)?);
            }
        }
        if let Some(animation) = self.asked {
            files.push(Written { bytes: animation.finish()?, is_lossless: was_lossless });
        }
        if let Some(animation) = self.lossless {
            files.push(Written { bytes: animation.finish()?, is_lossless: true });
        }
        let smallest = files.into_iter().min_by_key(|file| (file.bytes.len(), !file.is_lossless));
        smallest.ok_or_else(|| Error::Encode {
            format: Format::WebP,
            reason: "an animation without frames".to_owned(),
        })
    }
}
