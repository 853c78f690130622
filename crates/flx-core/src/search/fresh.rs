//! Steering a search past qualities that its engine codes alike.
//!
//! Some engines' own settings are coarser than the scale: libaom's quantiser takes whole numbers,
//! so qualities up to four points apart give one and the same file.

use std::cell::RefCell;
use std::num::NonZeroU32;
use std::rc::Rc;

use image::{DynamicImage, GrayImage, Luma};

use crate::encode::{Coding, How, encode};
use crate::raster::Raster;
use crate::{Effort, Format, Limits, Options, Quality};

/// Side in pixels of the picture that is coded to know.
const SIDE: u32 = 8;

/// A quality, and what the small picture is coded to at it.
type Known = (f32, Vec<u8>);

/// Which qualities an engine tells apart.
#[derive(Clone)]
pub(crate) struct Steps {
    /// The format, where its engine's settings are coarse, and the effort that it takes.
    coarse: Option<(Format, Effort)>,
    known: Rc<RefCell<Vec<Known>>>,
}

impl Steps {
    /// Every quality by itself.
    pub(crate) fn fine() -> Self {
        Self { coarse: None, known: Rc::default() }
    }

    pub(crate) fn of(format: Format, effort: Effort) -> Self {
        Self { coarse: (format == Format::Avif).then_some((format, effort)), ..Self::fine() }
    }

    /// Whether two qualities give the same file.
    ///
    /// An engine's setting stands in every file's header, and does not depend on the picture: so
    /// a picture of a few pixels, coded in next to no time, tells for all.
    fn are_one(&self, one: f32, other: f32) -> bool {
        one == other
            || self.coarse.is_some_and(|(format, effort)| {
                let coded = |quality| self.coded(format, effort, quality);
                coded(one).is_some_and(|file| coded(other) == Some(file))
            })
    }

    fn coded(&self, format: Format, effort: Effort, quality: f32) -> Option<Vec<u8>> {
        let seen = self.known.borrow().iter().find(|(at, _)| *at == quality).cloned();
        if let Some((_, file)) = seen {
            return Some(file);
        }
        let ramp = GrayImage::from_fn(SIDE, SIDE, |x, y| Luma([(x * 23 + y * 9) as u8]));
        let raster = Raster::Image(DynamicImage::ImageLuma8(ramp));
        let limits = Limits::default();
        let options = Options::default().with_effort(effort).with_threads(NonZeroU32::MIN);
        let how = How::of(&options, &limits);
        let file = encode(&raster, format, Coding::Lossy(quality), &how).ok()?.bytes;
        self.known.borrow_mut().push((quality, file.clone()));
        Some(file)
    }

    /// A quality between two that were tried, which gives a file other than theirs; the one wished
    /// for, or one that is found by halving. None where there is none, or none more than `step`
    /// from both.
    pub(super) fn between(&self, low: f32, high: f32, wish: f32, step: f32) -> Option<f32> {
        let (mut low, mut high, mut wish) = (low, high, wish);
        while high - low > step {
            if self.are_one(wish, low) {
                low = wish;
            } else if self.are_one(wish, high) {
                high = wish;
            } else {
                return Some(wish);
            }
            wish = (low + high) / 2.0;
        }
        None
    }

    /// The quality wished for, or the next further on that gives a file other than the one tried.
    /// None where there is none.
    pub(super) fn beyond(&self, tried: f32, wish: f32) -> Option<f32> {
        let (lowest, highest) = (f32::from(Quality::MIN.get()), f32::from(Quality::MAX.get()));
        let step = if wish < tried { -1.0 } else { 1.0 };
        let mut wish = wish.clamp(lowest, highest);
        while self.are_one(tried, wish) {
            if wish <= lowest && step < 0.0 || wish >= highest && step > 0.0 {
                return None;
            }
            wish = (wish + step).clamp(lowest, highest);
        }
        Some(wish)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_every_quality_counts_a_wish_is_granted_until_the_gap_is_closed() {
        let steps = Steps::fine();
        assert_eq!(steps.between(50.0, 60.0, 53.0, 0.3), Some(53.0));
        assert_eq!(steps.between(50.0, 50.2, 50.1, 0.3), None);
        assert_eq!(steps.beyond(90.0, 95.0), Some(95.0));
        assert_eq!(steps.beyond(100.0, 104.0), None);
        assert_eq!(steps.beyond(40.0, 39.0), None);
    }

    #[cfg(feature = "avif")]
    #[test]
    fn a_quality_that_avif_codes_like_one_that_was_tried_is_never_proposed() {
        let steps = Steps::of(Format::Avif, Effort::Balanced);
        let mut proposed: Vec<f32> = vec![60.0, 70.0];
        while let Some(next) =
            proposed.windows(2).find_map(|pair| steps.between(pair[0], pair[1], pair[0] + 0.5, 0.3))
        {
            assert!(proposed.iter().all(|tried| !steps.are_one(*tried, next)), "{next}");
            proposed.push(next);
            proposed.sort_by(f32::total_cmp);
        }
        assert!(proposed.len() < 30, "{proposed:?}");
        for quality in [60.0, 82.0, 93.0] {
            let next = steps.beyond(quality, quality + 0.1).unwrap();
            assert!(next > quality && !steps.are_one(quality, next), "{quality}: {next}");
        }
    }
}
