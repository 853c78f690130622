//! Coding one picture in one format, again and again.

use super::fresh::Steps;
use super::{Found, load};
use crate::encode::{Coding, How, encode, nearly_lossless};
use crate::pace::{Load, affordable};
use crate::raster::Raster;
use crate::{Error, Format, Options, Stage};

/// One picture in one format, and the trials of it so far.
pub(super) struct Trials<'a> {
    pub(super) raster: &'a Raster,
    pub(super) format: Format,
    pub(super) how: &'a How<'a>,
    pub(super) steps: Steps,
    /// What is expected from here on: of this format, and then of others.
    loads: Vec<Load>,
    /// Qualities and bytes of lossy trials.
    tried: Vec<(f32, u64)>,
    /// Trials of every format.
    encodes: &'a mut u32,
}

impl<'a> Trials<'a> {
    pub(super) fn new(
        raster: &'a Raster,
        format: Format,
        options: &Options,
        how: &'a How<'a>,
        later: Vec<Load>,
        encodes: &'a mut u32,
    ) -> Self {
        let loads = [vec![load(raster, format, options)], later].concat();
        let steps = Steps::of(format, how.effort);
        Self { raster, format, how, steps, loads, tried: Vec::new(), encodes }
    }

    pub(super) fn lossy(&mut self, quality: f32) -> Result<Found, Error> {
        let found = self.run(Coding::Lossy(quality))?;
        self.tried.push((quality, found.bytes.len() as u64));
        Ok(found)
    }

    /// Without loss but for the last bits of colours; not scored yet.
    pub(super) fn nearly_lossless(&mut self, level: u8) -> Result<Found, Error> {
        let how = self.next()?;
        let bytes = nearly_lossless(self.raster, self.format, level, &how)?.bytes;
        Ok(Found { bytes, format: self.format, quality: None, score: None, lowered: false })
    }

    pub(super) fn run(&mut self, coding: Coding) -> Result<Found, Error> {
        let how = self.next()?;
        let written = encode(self.raster, self.format, coding, &how)?;
        Ok(Found::new(written, self.format, coding))
    }

    /// Counts a trial, and says how it is to be made in the time left.
    fn next(&mut self) -> Result<How<'a>, Error> {
        if *self.encodes == 0 {
            self.how.limits.may_go_on(Stage::Encode)?;
        } else {
            self.how.limits.start(Stage::Encode)?;
        }
        *self.encodes += 1;
        let pixels = u64::from(self.raster.width()) * u64::from(self.raster.height());
        let left = self.how.limits.time_left();
        let effort = affordable(self.how.effort, &self.loads, pixels, left);
        if let Some(own) = self.loads.first_mut() {
            own.encodes = own.encodes.saturating_sub(1).max(1);
        }
        Ok(How { effort, ..*self.how })
    }

    /// The lossy trial of the lowest quality, if its file is larger than so many bytes.
    pub(super) fn lowest_over(&self, limit: u64) -> Option<(f32, u64)> {
        let lowest = self.tried.iter().copied().min_by(|one, other| one.0.total_cmp(&other.0));
        lowest.filter(|(_, bytes)| *bytes > limit)
    }
}
