//! JPEG by two decoders, each for what it does right.
//!
//! zune-jpeg is the fast one, but it returns a wrong picture without an error for sequential
//! files whose scans are not interleaved, and it does not read YCCK. jpeg-decoder collects all
//! coefficients first and reads both right. Both are memory-safe.

use image::{DynamicImage, GrayImage, RgbImage};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;

use super::{Decoded, Pixels, Profile};
use crate::probe::corrupt;
use crate::probe::jpeg::JpegDetail;
use crate::{Error, ImageInfo, SourceFormat};

pub(super) fn decode(
    input: &[u8],
    info: &ImageInfo,
    detail: &JpegDetail<'_>,
) -> Result<Decoded, Error> {
    let samples = if detail.interleaved && detail.components != 4 {
        by_zune(input, info, detail)?
    } else {
        by_jpeg_decoder(input, info)?
    };
    let (width, height) = (info.coded_width(), info.coded_height());
    let wrong_size = || corrupt(SourceFormat::Jpeg, "the decoder's picture has another size");
    let pixels = match detail.components {
        1 => GrayImage::from_raw(width, height, samples)
            .map(DynamicImage::ImageLuma8)
            .map(Pixels::Image),
        3 => RgbImage::from_raw(width, height, samples)
            .map(DynamicImage::ImageRgb8)
            .map(Pixels::Image),
        _ => (samples.len() as u64 == u64::from(width) * u64::from(height) * 4)
            .then(|| Pixels::Cmyk { width, height, samples: inks(samples, detail) }),
    };
    Ok(Decoded {
        pixels: pixels.ok_or_else(wrong_size)?,
        profile: detail.icc.as_deref().map(|icc| Profile::Icc(icc.to_vec())),
    })
}

fn by_zune(input: &[u8], info: &ImageInfo, detail: &JpegDetail<'_>) -> Result<Vec<u8>, Error> {
    let colours = if detail.components == 1 { ColorSpace::Luma } else { ColorSpace::RGB };
    let options = DecoderOptions::default()
        .set_max_width(info.coded_width() as usize)
        .set_max_height(info.coded_height() as usize)
        .jpeg_set_out_colorspace(colours);
    let mut decoder = zune_jpeg::JpegDecoder::new_with_options(ZCursor::new(input), options);
    let damaged = |error| corrupt(SourceFormat::Jpeg, format!("{error:?}"));
    decoder.decode().map_err(damaged)
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
