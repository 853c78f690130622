//! JPEG by two decoders, each for what it does right.
//!
//! libjpeg reads grey and colour: it decodes at a DCT scale, gives planes, and tells of damage.
//! jpeg-decoder, which is memory-safe, reads four inks and what libjpeg has no notion of.

mod layout;
mod libjpeg;
mod rows;

use image::{DynamicImage, GrayImage, RgbImage};

use super::{Decoded, Pixels, Profile, Wanted};
use crate::probe::corrupt;
use crate::probe::jpeg::JpegDetail;
use crate::{Error, ImageInfo, SourceFormat};

/// Pixels that must be left for every one of the result, in each direction, for the resize to
/// have something to choose from: at 1.9 the result scores 93 against one made from the full
/// picture, below 1 it scores 80.
const LEAST_REDUCTION: f64 = 1.5;

pub(super) fn decode(
    input: &[u8],
    info: &ImageInfo,
    detail: &JpegDetail<'_>,
    wanted: &Wanted,
) -> Result<Decoded, Error> {
    let pixels = if detail.components == 4 {
        let samples = by_jpeg_decoder(input, info)?;
        let (width, height) = (info.coded_width(), info.coded_height());
        if samples.len() as u64 != u64::from(width) * u64::from(height) * 4 {
            return Err(corrupt(SourceFormat::Jpeg, "the decoder's picture has another size"));
        }
        Pixels::Cmyk { width, height, samples: inks(samples, detail) }
    } else {
        let task = libjpeg::Task {
            info,
            components: detail.components,
            eighths: eighths(wanted.reduction),
            planes: wanted.planes && detail.icc.is_none(),
            // Colours are converted before the picture is scaled.
            scaled: wanted.scaled.filter(|_| detail.icc.is_none()),
            limits: &wanted.limits,
        };
        match libjpeg::decode(input, &task) {
            Err(Error::UnsupportedVariant { .. }) => {
                whole(by_jpeg_decoder(input, info)?, info, detail)?
            }
            decoded => decoded?,
        }
    };
    Ok(Decoded { pixels, profile: detail.icc.as_deref().map(|icc| Profile::Icc(icc.to_vec())) })
}

/// Interleaved grey or RGB samples as a picture.
fn whole(samples: Vec<u8>, info: &ImageInfo, detail: &JpegDetail<'_>) -> Result<Pixels, Error> {
    let (width, height) = (info.coded_width(), info.coded_height());
    let image = if detail.components == 1 {
        GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8)
    } else {
        RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8)
    };
    let wrong = || corrupt(SourceFormat::Jpeg, "the decoder's picture has another size");
    image.map(Pixels::Image).ok_or_else(wrong)
}

/// The smallest scale that leaves enough for the resize, of those that libjpeg has SIMD for.
fn eighths(reduction: f64) -> u32 {
    let enough = |eighths: &u32| reduction * f64::from(*eighths) / 8.0 >= LEAST_REDUCTION;
    [1, 2, 4].into_iter().find(enough).unwrap_or(8)
}

/// jpeg-decoder takes all files for Adobe's, which store the paper left white rather than the ink.
fn inks(mut samples: Vec<u8>, detail: &JpegDetail<'_>) -> Vec<u8> {
    if detail.written_by_adobe {
        return samples;
    }
    samples.iter_mut().for_each(|sample| *sample = 255 - *sample);
    samples
}

fn by_jpeg_decoder(input: &[u8], info: &ImageInfo) -> Result<Vec<u8>, Error> {
    let mut decoder = jpeg_decoder::Decoder::new(input);
    let pixels = info.coded_width() as usize * info.coded_height() as usize;
    decoder.set_max_decoding_buffer_size(pixels * 4);
    decoder.decode().map_err(|error| match error {
        jpeg_decoder::Error::Unsupported(feature) => Error::UnsupportedVariant {
            format: SourceFormat::Jpeg,
            variant: format!("{feature:?}"),
        },
        other => corrupt(SourceFormat::Jpeg, other.to_string()),
    })
}
