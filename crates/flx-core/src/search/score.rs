//! How close a file looks to the picture it was made from: SSIMULACRA2 (Sneyers, 2023).

use fast_ssim2::{
    PixelDescriptor, PixelSlice, Ssimulacra2Config, Ssimulacra2Reference,
    compute_ssimulacra2_with_config,
};
use image::DynamicImage;

use crate::decode::{Pixels, Wanted, decode};
use crate::encode::How;
use crate::encode::pixels::flatten;
use crate::raster::Raster;
use crate::{Error, Format, probe};

/// Up to this many pixels the reference's side of the metric is computed once and kept, which takes
/// some 60 bytes a pixel; beyond, each comparison runs in strips and keeps nothing.
const KEPT_PIXELS: u64 = 4_000_000;

/// Rows of a strip.
const STRIP: usize = 256;

/// The picture that files are compared with.
pub(crate) struct Reference {
    samples: Samples,
    kept: Option<Ssimulacra2Reference>,
    format: Format,
}

struct Samples {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    has_alpha: bool,
}

impl Reference {
    /// The raster as the format can hold it: on the background where it has no alpha.
    pub(crate) fn new(raster: &Raster, format: Format, how: &How<'_>) -> Result<Self, Error> {
        let image = raster.image();
        let samples = if format.has_alpha() {
            Samples::of(&image, image.color().has_alpha())
        } else {
            Samples::of(&flatten(&image, how.background), false)
        };
        let pixels = u64::from(samples.width) * u64::from(samples.height);
        let kept = if pixels <= KEPT_PIXELS {
            let slice = samples.slice().map_err(|reason| failed(format, reason))?;
            Some(Ssimulacra2Reference::new(&slice).map_err(|error| failed(format, error))?)
        } else {
            None
        };
        Ok(Self { samples, kept, format })
    }

    /// The score of a file of this crate's own making: 100 for the same picture, less the more it
    /// differs.
    pub(crate) fn score(&self, file: &[u8]) -> Result<f32, Error> {
        let header = probe::header(file)?;
        let wanted = Wanted::default();
        let Pixels::Image(image) = decode(file, &header, &wanted)?.pixels else {
            return Err(failed(self.format, "the result is in four inks"));
        };
        self.score_of(&image)
    }

    /// The same for a picture that is already decoded.
    pub(crate) fn score_of(&self, image: &DynamicImage) -> Result<f32, Error> {
        let shown = Samples::of(image, self.samples.has_alpha);
        self.compare(&shown).map_err(|reason| failed(self.format, reason))
    }

    fn compare(&self, shown: &Samples) -> Result<f32, String> {
        let shown = shown.slice()?;
        let score = match &self.kept {
            Some(kept) => kept.compare(&shown),
            None => {
                let config = Ssimulacra2Config::strips(STRIP);
                compute_ssimulacra2_with_config(&self.samples.slice()?, &shown, &config)
            }
        };
        #[expect(clippy::cast_possible_truncation, reason = "a score needs no more digits")]
        score.map(|score| score as f32).map_err(|error| error.to_string())
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

fn failed(format: Format, reason: impl ToString) -> Error {
    Error::Encode { format, reason: format!("the result cannot be judged: {}", reason.to_string()) }
}
