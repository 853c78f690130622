//! The pipeline, one screen of it.

use image::DynamicImage;
use image::metadata::Orientation;

use crate::colour::Conversion;
use crate::decode::Wanted;
use crate::encode::How;
use crate::probe::Header;
use crate::raster::Raster;
use crate::resize::{TargetSize, resize};
use crate::{
    Compressed, Error, Format, ImageInfo, Limits, Options, Stage, Timings, colour, decode, probe,
    search, strip, watermark,
};

/// Compresses one picture.
///
/// The result is upright, in sRGB, scaled and watermarked as the options say, and carries no
/// metadata. When the format stays, nothing visible was asked for and encoding anew would not make
/// the file smaller, the original coding comes back with its metadata stripped and
/// [`Compressed::unchanged`] set; only CMYK pictures and animations are always encoded anew. Of an
/// animation the first frame is taken.
///
/// # Errors
/// Every [`Error`] but [`Error::Watermark`]; nothing is decoded before the header has passed the
/// limits.
pub fn compress(input: &[u8], options: &Options, limits: &Limits) -> Result<Compressed, Error> {
    limits.check_bytes(input)?;
    let mut timings = Timings::default();
    let header = timings.run(Stage::Probe, limits, || probe::header(input))?;
    let formats: Vec<Format> = options.format().candidates(header.info.format()).iter().collect();
    let target = plan(&header.info, &formats, options, limits)?;

    let wanted = Wanted { threads: options.threads() };
    let decoded = timings.run(Stage::Decode, limits, || decode::decode(input, &header, &wanted))?;
    let (image, conversion) =
        timings.run(Stage::Colour, limits, || Ok(colour::to_srgb(decoded)))?;
    let orientation = header.info.orientation;
    // Scaling first leaves fewer pixels to turn; the result is the same.
    let image =
        timings.run(Stage::Resize, limits, || Ok(resize(image, unturned(target, orientation))))?;
    let image = timings.run(Stage::Orient, limits, || Ok(upright(image, orientation)))?;
    let image = match options.watermark() {
        Some(mark) => timings.run(Stage::Watermark, limits, || Ok(watermark::draw(image, mark)))?,
        None => image,
    };
    let raster = Raster::Image(image);
    let how = How::of(options, limits);
    let found = timings
        .run(Stage::Encode, limits, || search::smallest(&raster, &formats, options, &how))?;

    let kept = kept_original(input, &header, found.format, options, target, conversion)
        .filter(|stripped| stripped.len() <= found.bytes.len());
    Ok(Compressed {
        unchanged: kept.is_some(),
        format: found.format,
        quality: found.quality.filter(|_| kept.is_none()),
        score: if kept.is_some() { found.score.map(|_| 100.0) } else { found.score },
        encodes: found.encodes,
        bytes: kept.unwrap_or(found.bytes),
        width: target.width,
        height: target.height,
        source: header.info,
        timings,
    })
}

/// Checks limits on source and result, and gives the result's size. Of several formats one that
/// can hold it is enough.
fn plan(
    info: &ImageInfo,
    formats: &[Format],
    options: &Options,
    limits: &Limits,
) -> Result<TargetSize, Error> {
    limits.check(info)?;
    let (width, height) = (info.width(), info.height());
    let target = TargetSize::fit(width, height, options.max_width(), options.max_height());
    let mut unfit = None;
    for format in formats {
        format.check_enabled()?;
        if target.width <= format.max_side() && target.height <= format.max_side() {
            return Ok(target);
        }
        unfit = Some(*format);
    }
    let Some(format) = unfit else { return Ok(target) };
    let limit = format.max_side();
    let side = std::num::NonZeroU32::new(limit);
    let suggested = TargetSize::fit(target.width, target.height, side, side);
    Err(Error::OutputTooLarge {
        format,
        width: target.width,
        height: target.height,
        limit,
        suggested_width: suggested.width,
        suggested_height: suggested.height,
    })
}

/// A size as it is before the picture is turned upright.
fn unturned(target: TargetSize, orientation: Orientation) -> TargetSize {
    match orientation {
        Orientation::Rotate90
        | Orientation::Rotate270
        | Orientation::Rotate90FlipH
        | Orientation::Rotate270FlipH => TargetSize { width: target.height, height: target.width },
        _ => target,
    }
}

fn upright(mut image: DynamicImage, orientation: Orientation) -> DynamicImage {
    image.apply_orientation(orientation);
    image
}

/// The original without its metadata, when giving it back is an honest answer to the options.
fn kept_original(
    input: &[u8],
    header: &Header<'_>,
    format: Format,
    options: &Options,
    target: TargetSize,
    conversion: Conversion,
) -> Option<Vec<u8>> {
    let info = &header.info;
    let same_format = info.format().as_output() == Some(format);
    let same_size = (target.width, target.height) == (info.width(), info.height());
    if !same_format || !same_size || options.watermark().is_some() || info.frames() > 1 {
        return None;
    }
    let profile = match conversion {
        Conversion::NotNeeded => strip::ColourProfile::Drop,
        Conversion::FromProfile => strip::ColourProfile::Keep,
        Conversion::FromInks => return None,
    };
    strip::strip(input, header, profile)
}
