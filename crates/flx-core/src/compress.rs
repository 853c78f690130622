//! The pipeline, one screen of it.

use std::num::NonZeroU64;

use image::DynamicImage;
use image::metadata::Orientation;

#[cfg(feature = "webp")]
use crate::animation;
use crate::colour::{Coloured, Conversion, Space};
use crate::decode::Wanted;
use crate::embed::{embed, room_for};
use crate::encode::How;
use crate::geometry::{Geometry, Part};
use crate::metadata::Metadata;
use crate::probe::Header;
use crate::raster::Raster;
use crate::resize::{TargetSize, resize};
use crate::search::Found;
use crate::{
    ColourSpace, Compressed, Error, Format, ImageInfo, Limits, Options, QualityChoice, Stage,
    Timings, colour, decode, probe, search, strip, watermark,
};

/// Compresses one picture.
///
/// The result is upright, in sRGB or the source's own colours, scaled and watermarked as the
/// options say, and carries the metadata that they name. When the format stays, nothing visible and
/// no metadata was asked for, and encoding anew would not make the file smaller, the original coding
/// comes back with its metadata stripped and [`Compressed::unchanged`] set; only CMYK pictures are
/// always encoded anew.
///
/// An animation (GIF, APNG, WebP) stays one where WebP is among the formats asked for, frame by
/// frame: each is treated as a still would be. How long frames are shown and how often all of them
/// stays as it is; but frames of at most 10 ms, which browsers show for 100 ms, get these 100 ms.
/// In other formats, and where the options say so, the first frame is taken.
///
/// # Errors
/// Every [`Error`] but [`Error::Watermark`]; nothing is decoded before the header has passed the
/// limits.
pub fn compress(input: &[u8], options: &Options, limits: &Limits) -> Result<Compressed, Error> {
    limits.check_bytes(input)?;
    let mut timings = Timings::default();
    let header = timings.run(Stage::Probe, limits, || probe::header(input))?;
    let formats: Vec<Format> = options.format().candidates(header.info.format()).iter().collect();

    #[cfg(feature = "webp")]
    if animation::is_asked_for(&header.info, &formats, options) {
        let geometry = plan(&header.info, &[Format::WebP], options, limits)?;
        let (found, conversion, metadata) =
            animation::animate(input, &header, &geometry, options, limits, &mut timings)?;
        let way = Way { options, geometry: &geometry, conversion, metadata: &metadata };
        return result(input, header, &way, found, timings);
    }

    let geometry = plan(&header.info, &formats, options, limits)?;
    let wanted = wanted(&header.info, &formats, &geometry, options, limits);
    let decoded = timings.run(Stage::Decode, limits, || decode::decode(input, &header, &wanted))?;
    let Coloured { raster, conversion, space, icc } =
        timings.run(Stage::Colour, limits, || Ok(colour::settle(decoded, options)))?;
    let metadata = Metadata { icc, ..Metadata::kept(input, header.info.format(), options.keep()) };
    let options = &in_space(options, space.as_ref(), &metadata);
    let orientation = header.info.orientation;
    // Scaling first leaves fewer pixels to turn; the result is the same.
    let stored = geometry.unturned(orientation);
    let raster = timings.run(Stage::Resize, limits, || {
        Ok(match raster {
            Raster::Image(image) => {
                let aimed = stored.aimed(&image, options.gravity());
                Raster::Image(resize(image, &aimed, options.background()))
            }
            // Planes come at the size that was wanted.
            planes @ Raster::Ycc(_) => planes,
        })
    })?;
    let raster = timings
        .run(Stage::Orient, limits, || Ok(raster.map(|image| upright(image, orientation))))?;
    let raster = match options.watermark() {
        Some(mark) => timings.run(Stage::Watermark, limits, || {
            Ok(Raster::Image(watermark::draw(raster.into_image(), mark, space.as_ref())))
        })?,
        None => raster,
    };
    let how = How { reduction: geometry.reduction(), ..How::of(options, limits) };
    let found = timings
        .run(Stage::Encode, limits, || search::smallest(&raster, &formats, options, &how))?;

    let way = Way { options, geometry: &geometry, conversion, metadata: &metadata };
    result(input, header, &way, found, timings)
}

/// How the pixels came from source to result.
struct Way<'a> {
    options: &'a Options,
    geometry: &'a Geometry,
    conversion: Conversion,
    metadata: &'a Metadata,
}

/// What was found, or the original where that is no larger and an honest answer.
fn result(
    input: &[u8],
    header: Header<'_>,
    way: &Way<'_>,
    found: Found,
    timings: Timings,
) -> Result<Compressed, Error> {
    let kept = kept_original(input, &header, found.format, way)
        .filter(|stripped| stripped.len() <= found.bytes.len());
    let unchanged = kept.is_some();
    let bytes = kept.map_or_else(|| embed(found.bytes, found.format, way.metadata), Ok)?;
    Ok(Compressed {
        unchanged,
        frames: probe::probe(&bytes).map_or(1, |info| info.frames()),
        format: found.format,
        quality: found.quality.filter(|_| !unchanged),
        score: if unchanged { found.score.map(|_| 100.0) } else { found.score },
        encodes: found.encodes,
        bytes,
        width: way.geometry.canvas.width,
        height: way.geometry.canvas.height,
        source: header.info,
        timings,
    })
}

/// The options as the stages behind colours need them: the background in the picture's own
/// numbers, and room left for what is embedded.
fn in_space(options: &Options, space: Option<&Space>, metadata: &Metadata) -> Options {
    let mut inner = options.clone();
    if let Some(space) = space {
        inner = inner.with_background(space.background(options.background()));
    }
    if let Some(max) = options.max_bytes() {
        let left = max.get().saturating_sub(room_for(metadata));
        inner = inner.with_max_bytes(NonZeroU64::new(left).unwrap_or(NonZeroU64::MIN));
    }
    inner
}

/// Checks limits on source and result, and gives the way between them. Of several formats one
/// that can hold the result is enough.
fn plan(
    info: &ImageInfo,
    formats: &[Format],
    options: &Options,
    limits: &Limits,
) -> Result<Geometry, Error> {
    limits.check(info)?;
    let source = TargetSize { width: info.width(), height: info.height() };
    let geometry = Geometry::plan(source, options);
    let target = geometry.canvas;
    limits.check_result(target, source)?;
    let mut unfit = None;
    for format in formats {
        format.check_enabled()?;
        if target.width <= format.max_side() && target.height <= format.max_side() {
            return Ok(geometry);
        }
        unfit = Some(*format);
    }
    let Some(format) = unfit else { return Ok(geometry) };
    let limit = format.max_side();
    let suggested = target.within(TargetSize { width: limit, height: limit });
    Err(Error::OutputTooLarge {
        format,
        width: target.width,
        height: target.height,
        limit,
        suggested_width: suggested.width,
        suggested_height: suggested.height,
    })
}

/// What the stages behind the decoder can make use of.
fn wanted(
    info: &ImageInfo,
    formats: &[Format],
    geometry: &Geometry,
    options: &Options,
    limits: &Limits,
) -> Wanted {
    let whole = geometry.part == Part::whole(geometry.source);
    let scaled_only = whole && geometry.canvas == geometry.scaled;
    // Turning halved chroma would shift it where a side is odd; scaling makes it whole first.
    let turns_well =
        info.orientation == Orientation::NoTransforms || geometry.scaled != geometry.source;
    // Searches compare in RGB, PNG stores it, and libwebp makes smaller files of it.
    let one_encode =
        matches!(options.quality(), QualityChoice::Fixed(_)) && options.max_bytes().is_none();
    Wanted {
        threads: options.threads(),
        reduction: geometry.reduction(),
        scaled: whole.then_some(geometry.unturned(info.orientation).scaled),
        planes: scaled_only
            && turns_well
            && one_encode
            && options.colour_space() == ColourSpace::Srgb
            && !options.keep().icc
            && options.watermark().is_none()
            && matches!(formats, [Format::Jpeg | Format::Avif]),
        limits: limits.clone(),
    }
}

pub(crate) fn upright(mut image: DynamicImage, orientation: Orientation) -> DynamicImage {
    image.apply_orientation(orientation);
    image
}

/// The original without its metadata, when giving it back is an honest answer to the options.
fn kept_original(
    input: &[u8],
    header: &Header<'_>,
    format: Format,
    way: &Way<'_>,
) -> Option<Vec<u8>> {
    let Way { options, geometry, conversion, .. } = *way;
    let info = &header.info;
    let same_format = info.format().as_output() == Some(format);
    let same_pixels = geometry.changes_nothing() && options.watermark().is_none();
    // The rest of an animation must not ride along where only its first frame was asked for.
    let same_frames = info.frames() == 1 || (options.animated() && format == Format::WebP);
    // What is taken out of an original is everything, so it cannot stand in for a selection.
    if !same_format || !same_pixels || !same_frames || !options.keep().is_nothing() {
        return None;
    }
    let profile = match conversion {
        Conversion::NotNeeded => strip::ColourProfile::Drop,
        Conversion::FromProfile => strip::ColourProfile::Keep,
        Conversion::FromInks => return None,
    };
    strip::strip(input, header, profile)
}
