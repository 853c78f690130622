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
/// options say, and carries the metadata that they name. When the source's format is among those
/// asked for, nothing visible and no metadata was asked for, and encoding anew would not make the
/// file smaller, the original coding comes back with its metadata stripped and
/// [`Compressed::unchanged`] set; so it does when it fits a bound on bytes that costs quality, or
/// reaches a look that nothing else does. It alone may not be upright and in sRGB as it is stored:
/// then it keeps a bare orientation tag, and its profile. Only CMYK pictures are always encoded anew.
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
        let animation::Animated { found, encodes, conversion, metadata } =
            animation::animate(input, &header, &geometry, options, limits, &mut timings)?;
        let way = Way {
            options,
            formats: &[Format::WebP],
            geometry: &geometry,
            conversion,
            metadata: &metadata,
            encodes,
        };
        return result(input, header, &way, found, timings);
    }

    let geometry = plan(&header.info, &formats, options, limits)?;
    let wanted = wanted(&header.info, &formats, &geometry, options, limits);
    let decoded = timings.run(Stage::Decode, limits, || decode::decode(input, &header, &wanted))?;
    let Coloured { raster, conversion, space, icc } =
        timings.run(Stage::Colour, limits, || Ok(colour::settle(decoded, options)))?;
    let metadata = Metadata { icc, ..Metadata::kept(input, header.info.format(), options.keep()) };
    let asked = options;
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
    let how =
        How { reduction: geometry.reduction(), space: space.as_ref(), ..How::of(options, limits) };
    let mut encodes = 0;
    let found = timings.run(Stage::Encode, limits, || {
        Ok(search::smallest(&raster, &formats, options, &how, &mut encodes))
    })?;

    let way = Way {
        options: asked,
        formats: &formats,
        geometry: &geometry,
        conversion,
        metadata: &metadata,
        encodes,
    };
    result(input, header, &way, found, timings)
}

/// How the pixels came from source to result.
struct Way<'a> {
    options: &'a Options,
    /// Those that were asked for.
    formats: &'a [Format],
    geometry: &'a Geometry,
    conversion: Conversion,
    metadata: &'a Metadata,
    encodes: u32,
}

/// What was found, or the original where that is an honest answer and the better one: it looks
/// best of all, so being no larger is enough, and where a bound on bytes cost quality, or nothing
/// at all was found, fitting is.
fn result(
    input: &[u8],
    header: Header<'_>,
    way: &Way<'_>,
    found: Result<Found, Error>,
    timings: Timings,
) -> Result<Compressed, Error> {
    let found = match found {
        Ok(Found { bytes, format, quality, score, lowered }) => {
            let bytes = embed(bytes, format, way.metadata)?;
            Ok(Found { bytes, format, quality, score, lowered })
        }
        Err(error @ (Error::CannotFit { .. } | Error::TargetNotReached { .. })) => Err(error),
        Err(other) => return Err(other),
    };
    let limit = way.options.max_bytes().map_or(u64::MAX, NonZeroU64::get);
    let kept = kept_original(input, &header, way).filter(|(_, stripped)| match &found {
        Ok(found) if !found.lowered => stripped.len() <= found.bytes.len(),
        _ => stripped.len() as u64 <= limit,
    });
    let unchanged = kept.is_some();
    let is_scored = matches!(way.options.quality(), QualityChoice::Auto(_));
    let Found { bytes, format, quality, score, .. } = match (kept, found) {
        (Some((format, bytes)), found) => {
            let is_scored = found.map_or(is_scored, |found| found.score.is_some());
            let score = is_scored.then_some(100.0);
            Found { bytes, format, quality: None, score, lowered: false }
        }
        (None, found) => found.map_err(|error| with_room(error, way))?,
    };
    Ok(Compressed {
        unchanged,
        frames: probe::probe(&bytes).map_or(1, |info| info.frames()),
        format,
        quality,
        score,
        encodes: way.encodes,
        bytes,
        width: way.geometry.canvas.width,
        height: way.geometry.canvas.height,
        source: header.info,
        timings,
    })
}

/// The error in the numbers of who asked: the limit that was given, and the bytes with all that
/// would have been embedded.
fn with_room(error: Error, way: &Way<'_>) -> Error {
    match (error, way.options.max_bytes()) {
        (Error::CannotFit { format, bytes, .. }, Some(limit)) => Error::CannotFit {
            format,
            bytes: bytes.saturating_add(room_for(way.metadata)),
            limit: limit.get(),
        },
        (other, _) => other,
    }
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
    let mut refusal = None;
    for format in formats {
        format.check_enabled()?;
        match limits.check_output(*format, target) {
            Ok(()) => return Ok(geometry),
            Err(error) => refusal = Some(error),
        }
    }
    refusal.map_or(Ok(geometry), Err)
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

/// The original without its metadata, and its format, when giving it back is an honest answer to
/// the options.
fn kept_original(input: &[u8], header: &Header<'_>, way: &Way<'_>) -> Option<(Format, Vec<u8>)> {
    let Way { options, geometry, conversion, .. } = *way;
    let info = &header.info;
    let format = info.format().as_output().filter(|format| way.formats.contains(format))?;
    let same_pixels = geometry.changes_nothing() && options.watermark().is_none();
    // The rest of an animation must not ride along where only its first frame was asked for.
    let same_frames = info.frames() == 1 || (options.animated() && format == Format::WebP);
    // What is taken out of an original is everything, so it cannot stand in for a selection.
    if !same_pixels || !same_frames || !options.keep().is_nothing() {
        return None;
    }
    let profile = match conversion {
        Conversion::NotNeeded => strip::ColourProfile::Drop,
        Conversion::FromProfile => strip::ColourProfile::Keep,
        Conversion::FromInks => return None,
    };
    strip::strip(input, header, profile).map(|stripped| (format, stripped))
}
