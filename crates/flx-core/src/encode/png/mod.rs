//! PNG by oxipng: every pixel as it is, or a palette where that was asked for.

mod palette;
mod settings;

use image::DynamicImage;
use oxipng::{BitDepth, ColorType, Options, RawImage};
use rayon::ThreadPoolBuilder;

use super::{Coding, How, Written, failed};
use crate::content::{self, Kind};
use crate::raster::Raster;
use crate::{Effort, Error, Format};

/// Lossy coding means a palette of at most 256 colours; where that takes no fewer bytes, every
/// pixel stays as it is.
pub(super) fn encode(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Written, Error> {
    let kind = content::judge(raster).kind;
    let image = raster.image();
    match coding {
        Coding::Lossless => {
            let bytes = write(&unchanged(&image)?, &settings::lossless(how, kind), how)?;
            Ok(Written { bytes, is_lossless: true })
        }
        Coding::Lossy(quality) | Coding::Setting { quality, .. } => {
            let palette::Reduced { raw, is_lossless } = palette::reduced(&image, quality)?;
            let reduced = write(&raw, &settings::palette(how), how)?;
            let reduced = Written { bytes: reduced, is_lossless };
            // Nearly every photograph: the whole of it need not be written to know.
            let large = u64::from(image.width()) * u64::from(image.height()) >= SAMPLED_FROM;
            let least = reduced.bytes.len() as u64 * 2;
            if large && kind == Kind::Photograph && sampled(&image, how)? > least {
                return Ok(reduced);
            }
            let whole = unchanged(&image)?;
            let whole = write(&whole, &settings::lossless(how, kind), how)?;
            Ok(if whole.len() <= reduced.bytes.len() {
                Written { bytes: whole, is_lossless: true }
            } else {
                reduced
            })
        }
    }
}

/// About how many bytes every pixel would take as it is, from a sixteenth of the rows.
fn sampled(image: &DynamicImage, how: &How<'_>) -> Result<u64, Error> {
    let rows = image.height().div_ceil(STRIPS * 16);
    let quick = settings::lossless(&How { effort: Effort::Fast, ..*how }, Kind::Photograph);
    let mut bytes = 0;
    for strip in 0..STRIPS {
        let top = (image.height() - rows) / (STRIPS - 1) * strip;
        let strip = image.crop_imm(0, top, image.width(), rows);
        bytes += write(&unchanged(&strip)?, &quick, how)?.len() as u64;
    }
    Ok(bytes * u64::from(image.height()) / u64::from(rows * STRIPS))
}

/// Pixels of a picture of which a sample says enough.
const SAMPLED_FROM: u64 = 65_536;

/// Bands of rows that stand for a whole photograph.
const STRIPS: u32 = 4;

/// The picture in its own colour type and depth.
fn unchanged(image: &DynamicImage) -> Result<RawImage, Error> {
    let (colours, depth) = match image.color() {
        image::ColorType::L8 => (grey(), BitDepth::Eight),
        image::ColorType::La8 => (ColorType::GrayscaleAlpha, BitDepth::Eight),
        image::ColorType::Rgb8 => (rgb(), BitDepth::Eight),
        image::ColorType::Rgba8 => (ColorType::RGBA, BitDepth::Eight),
        image::ColorType::L16 => (grey(), BitDepth::Sixteen),
        image::ColorType::La16 => (ColorType::GrayscaleAlpha, BitDepth::Sixteen),
        image::ColorType::Rgb16 => (rgb(), BitDepth::Sixteen),
        image::ColorType::Rgba16 => (ColorType::RGBA, BitDepth::Sixteen),
        other => return Err(failed(Format::Png, format!("no PNG has samples of {other:?}"))),
    };
    let samples = match depth {
        BitDepth::Sixteen => big_endian(image),
        _ => image.as_bytes().to_vec(),
    };
    raw(image, colours, depth, samples)
}

fn raw(
    image: &DynamicImage,
    colours: ColorType,
    depth: BitDepth,
    samples: Vec<u8>,
) -> Result<RawImage, Error> {
    RawImage::new(image.width(), image.height(), colours, depth, samples)
        .map_err(|error| failed(Format::Png, error))
}

fn write(raw: &RawImage, options: &Options, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let write = || {
        raw.create_optimized_png(options)
            // Out of time before its first trial is done, oxipng has nothing to show.
            .or_else(|_| raw.create_optimized_png(&settings::untimed()))
            .map_err(|error| failed(Format::Png, error))
    };
    match how.threads {
        // oxipng takes the threads of the pool it runs in.
        Some(threads) => ThreadPoolBuilder::new()
            .num_threads(threads.get() as usize)
            .build()
            .map_err(|error| failed(Format::Png, error))?
            .install(write),
        None => write(),
    }
}

const fn grey() -> ColorType {
    ColorType::Grayscale { transparent_shade: None }
}

const fn rgb() -> ColorType {
    ColorType::RGB { transparent_color: None }
}

fn big_endian(image: &DynamicImage) -> Vec<u8> {
    let (pairs, _) = image.as_bytes().as_chunks::<2>();
    pairs.iter().flat_map(|pair| u16::from_ne_bytes(*pair).to_be_bytes()).collect()
}
