//! PNG by oxipng: every pixel as it is, or a palette where that was asked for.

mod palette;
mod settings;

use image::DynamicImage;
use oxipng::{BitDepth, ColorType, Options, RawImage};
use rayon::ThreadPoolBuilder;

use super::{Coding, How, Written, failed};
use crate::content::{self, Kind};
use crate::raster::Raster;
use crate::{Effort, Error, Format, Stage};

/// Lossy coding means a palette of at most 256 colours; where that takes no fewer bytes, every
/// pixel stays as it is.
pub(super) fn encode(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Written, Error> {
    let kind = content::judge(raster).kind;
    let image = raster.image();
    let size = image.as_bytes().len();
    match coding {
        Coding::Lossless => {
            let bytes = write(&unchanged(&image)?, &settings::lossless(how, kind, size), how)?;
            Ok(Written { bytes, is_lossless: true })
        }
        Coding::Lossy(quality) | Coding::Setting { quality, .. } => {
            let palette::Reduced { raw, is_lossless } = palette::reduced(&image, quality)?;
            how.limits.may_go_on(Stage::Encode)?;
            let reduced = write(&raw, &settings::palette(how), how)?;
            let reduced = Written { bytes: reduced, is_lossless };
            if !has_time(how)? {
                return Ok(reduced);
            }
            let whole = unchanged(&image)?;
            // Nearly every photograph: where a quick try of the same filters, which is four to five
            // per cent larger, is larger by a quarter, the whole need not be written to know.
            if kind == Kind::Photograph && how.effort != Effort::Fast {
                let quick = settings::lossless(&How { effort: Effort::Fast, ..*how }, kind, size);
                if write(&whole, &quick, how)?.len() * 4 > reduced.bytes.len() * 5 {
                    return Ok(reduced);
                }
                if !has_time(how)? {
                    return Ok(reduced);
                }
            }
            let whole = write(&whole, &settings::lossless(how, kind, size), how)?;
            Ok(if whole.len() <= reduced.bytes.len() {
                Written { bytes: whole, is_lossless: true }
            } else {
                reduced
            })
        }
    }
}

/// Whether there is time for another try beside the file in hand; an error where nobody waits for
/// that any more.
fn has_time(how: &How<'_>) -> Result<bool, Error> {
    match how.limits.may_go_on(Stage::Encode) {
        Ok(()) => Ok(true),
        Err(Error::DeadlineExceeded { .. }) => Ok(false),
        Err(other) => Err(other),
    }
}

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

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;
    use crate::{CancelFlag, Limits};

    /// What comes of a palette under these limits.
    fn palette(limits: &Limits) -> Result<Written, Error> {
        let image = RgbImage::from_fn(64, 64, |x, y| Rgb([x as u8 * 3, y as u8 * 3, 7]));
        let how = How::of(&crate::Options::new(Format::Png), limits);
        encode(&Raster::Image(image.into()), Coding::Lossy(82.0), &how)
    }

    #[test]
    fn a_raised_flag_and_a_passed_deadline_stop_between_palette_and_files() {
        let flag = CancelFlag::new();
        let limits = Limits::default().with_cancel(flag.clone());
        assert!(palette(&limits).is_ok());
        flag.raise();
        let stopped = palette(&limits).err();
        assert_eq!(stopped, Some(Error::Cancelled { stage: Stage::Encode }));
        let late = Limits::default().with_deadline(std::time::Instant::now());
        let stopped = palette(&late).err();
        assert_eq!(stopped, Some(Error::DeadlineExceeded { stage: Stage::Encode }));
    }
}
