//! How close a file looks to the picture it was made from: SSIMULACRA2 (Sneyers, 2023).

use std::borrow::Cow;

use enough::{Stop, StopReason};
use fast_ssim2::{
    PixelDescriptor, PixelSlice, Ssimulacra2Config, Ssimulacra2Error, Ssimulacra2Reference,
    compute_ssimulacra2_with_config,
};
use image::DynamicImage;

use crate::decode::{Pixels, Wanted, decode};
use crate::encode::How;
use crate::encode::pixels::flatten;
use crate::raster::Raster;
use crate::{Error, Format, Limits, Stage, probe};

/// Up to this many pixels the reference's side of the metric is computed once and kept, which takes
/// some 60 bytes a pixel; beyond, each comparison runs in strips and keeps nothing.
const KEPT_PIXELS: u64 = 4_000_000;

/// Rows of a strip.
const STRIP: usize = 256;

/// The picture that files are compared with.
///
/// Both are compared in sRGB whatever their numbers mean, since the metric takes them for that.
pub(crate) struct Reference<'a> {
    samples: Samples,
    kept: Option<Ssimulacra2Reference>,
    format: Format,
    how: How<'a>,
}

struct Samples {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    has_alpha: bool,
}

impl<'a> Reference<'a> {
    /// The raster as the format can hold it: on the background where it has no alpha.
    pub(crate) fn new(raster: &Raster, format: Format, how: &How<'a>) -> Result<Self, Error> {
        let image = raster.image();
        let has_alpha = format.has_alpha() && image.color().has_alpha();
        let held = if has_alpha { Cow::Borrowed(&*image) } else { flatten(&image, how.background) };
        let samples = Samples::of(&in_srgb(&held, how), has_alpha);
        let mut reference = Self { samples, kept: None, format, how: *how };
        let pixels = u64::from(reference.samples.width) * u64::from(reference.samples.height);
        if pixels <= KEPT_PIXELS {
            let slice = reference.samples.slice().map_err(|reason| reference.failed(reason))?;
            let stop = Asked(how.limits);
            let config = Ssimulacra2Config::simd().with_stop(&stop);
            let kept = Ssimulacra2Reference::new_with_config(&slice, &config);
            reference.kept = Some(kept.map_err(|error| reference.stopped(error))?);
        }
        Ok(reference)
    }

    /// The score of a file of this crate's own making: 100 for the same picture, less the more it
    /// differs.
    pub(crate) fn score(&self, file: &[u8]) -> Result<f32, Error> {
        let header = probe::header(file)?;
        let wanted = Wanted {
            threads: self.how.threads,
            limits: self.how.limits.clone(),
            ..Wanted::default()
        };
        self.how.limits.may_go_on(Stage::Encode)?;
        let Pixels::Image(image) = decode(file, &header, &wanted)?.pixels else {
            return Err(self.failed("the result is in four inks"));
        };
        self.score_of(&image)
    }

    /// The same for a picture that is already decoded.
    pub(crate) fn score_of(&self, image: &DynamicImage) -> Result<f32, Error> {
        let shown = Samples::of(&in_srgb(image, &self.how), self.samples.has_alpha);
        let shown = shown.slice().map_err(|reason| self.failed(reason))?;
        let stop = Asked(self.how.limits);
        let score = match &self.kept {
            Some(kept) => {
                kept.compare_with_config(&shown, &Ssimulacra2Config::simd().with_stop(&stop))
            }
            None => {
                let reference = self.samples.slice().map_err(|reason| self.failed(reason))?;
                let config = Ssimulacra2Config::strips(STRIP).with_stop(&stop);
                compute_ssimulacra2_with_config(&reference, &shown, &config)
            }
        };
        #[expect(clippy::cast_possible_truncation, reason = "a score needs no more digits")]
        score.map(|score| score as f32).map_err(|error| self.stopped(error))
    }

    /// The deadline or the cancel flag, if one of them ended the comparison.
    fn stopped(&self, error: Ssimulacra2Error) -> Error {
        let limits = self.how.limits;
        limits.may_go_on(Stage::Encode).err().unwrap_or_else(|| self.failed(error))
    }

    fn failed(&self, reason: impl ToString) -> Error {
        let reason = format!("the result cannot be judged: {}", reason.to_string());
        Error::Encode { format: self.format, reason }
    }
}

/// Deadline and cancel flag, asked before each scale and each strip.
struct Asked<'a>(&'a Limits);

impl Stop for Asked<'_> {
    fn check(&self) -> Result<(), StopReason> {
        self.0.may_go_on(Stage::Encode).map_err(|_| StopReason::Cancelled)
    }
}

fn in_srgb<'a>(image: &'a DynamicImage, how: &How<'_>) -> Cow<'a, DynamicImage> {
    match how.space {
        Some(space) => Cow::Owned(space.in_srgb(image.clone())),
        None => Cow::Borrowed(image),
    }
}

impl Samples {
    fn of(image: &DynamicImage, with_alpha: bool) -> Self {
        Self {
            width: image.width(),
            height: image.height(),
            has_alpha: with_alpha,
            bytes: if with_alpha {
                image.to_rgba8().into_raw()
            } else {
                image.to_rgb8().into_raw()
            },
        }
    }

    fn slice(&self) -> Result<PixelSlice<'_>, String> {
        let (channels, kind) = if self.has_alpha {
            (4, PixelDescriptor::RGBA8_SRGB)
        } else {
            (3, PixelDescriptor::RGB8_SRGB)
        };
        let stride = self.width as usize * channels;
        PixelSlice::new(&self.bytes, self.width, self.height, stride, kind)
            .map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use image::RgbImage;

    use super::*;
    use crate::{CancelFlag, Options};

    fn raster(width: u32, height: u32) -> Raster {
        let pixels = RgbImage::from_fn(width, height, |x, y| {
            image::Rgb([(x * 7) as u8, (y * 3) as u8, (x ^ y) as u8])
        });
        Raster::Image(pixels.into())
    }

    #[test]
    fn a_raised_flag_ends_a_comparison_whether_kept_or_in_strips() {
        for (width, height) in [(64, 48), (2_500, 1_700)] {
            let flag = CancelFlag::new();
            let limits = Limits::default().with_cancel(flag.clone());
            let how = How::of(&Options::default(), &limits);
            let raster = raster(width, height);
            let reference = Reference::new(&raster, Format::WebP, &how).unwrap();
            assert_eq!(reference.kept.is_some(), width < 100);
            flag.raise();
            let cancelled = Error::Cancelled { stage: Stage::Encode };
            assert_eq!(reference.score_of(&raster.image()), Err(cancelled.clone()));
            if reference.kept.is_some() {
                let refused = Reference::new(&raster, Format::WebP, &how);
                assert_eq!(refused.err(), Some(cancelled));
            }
        }
    }

    #[test]
    fn a_passed_deadline_ends_a_comparison() {
        let (free, late) = (Limits::default(), Limits::default().with_deadline(Instant::now()));
        let raster = raster(64, 48);
        let mut reference =
            Reference::new(&raster, Format::WebP, &How::of(&Options::default(), &free)).unwrap();
        assert_eq!(reference.score_of(&raster.image()), Ok(100.0));
        reference.how.limits = &late;
        let exceeded = Error::DeadlineExceeded { stage: Stage::Encode };
        assert_eq!(reference.score_of(&raster.image()), Err(exceeded));
    }
}
