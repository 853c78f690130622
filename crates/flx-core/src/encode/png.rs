//! PNG by oxipng: every pixel as it is, in fewer bytes.

use std::time::Duration;

use image::DynamicImage;
use oxipng::{BitDepth, ColorType, Options, RawImage, StripChunks};
use rayon::ThreadPoolBuilder;

use super::{Coding, How, failed};
use crate::raster::Raster;
use crate::{Error, Format};

/// oxipng's level: 1 saves nearly all that 2 does in half the time, and 4 one percent more.
const LEVEL: u8 = 1;

/// Trials of filters stop here; the best so far is kept.
const TRIAL_TIME: Duration = Duration::from_secs(10);

pub(super) fn encode(raster: &Raster, _coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let image = raster.image();
    let (width, height) = (image.width(), image.height());
    let refused = |error| failed(Format::Png, error);
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
        BitDepth::Sixteen => big_endian(&image),
        _ => image.as_bytes().to_vec(),
    };
    let raw = RawImage::new(width, height, colours, depth, samples).map_err(refused)?;
    let options = Options {
        strip: StripChunks::All,
        timeout: Some(TRIAL_TIME),
        // Colours of invisible pixels are pixels too.
        optimize_alpha: false,
        ..Options::from_preset(LEVEL)
    };
    let write = || raw.create_optimized_png(&options).map_err(refused);
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
