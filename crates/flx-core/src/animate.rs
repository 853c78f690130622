//! Animations: every frame goes the way of a still picture, one after the other, so that memory is
//! that of a few frames and not of all.

use std::num::NonZeroU64;

use crate::colour::{Conversion, to_srgb};
use crate::decode::frames::Frames;
use crate::decode::{Decoded, Pixels};
use crate::encode::webp::animation::Animation;
use crate::encode::{Coding, How};
use crate::geometry::Geometry;
use crate::pace::affordable;
use crate::probe::{self, Header};
use crate::raster::Raster;
use crate::resize::resize;
use crate::search::{self, Found};
use crate::{
    Error, Format, Limits, Options, Quality, QualityChoice, SourceFormat, Stage, watermark,
};

/// Whether the source is an animation that this crate can read and the options let it stay one.
pub(crate) fn stays_animated(header: &Header<'_>, formats: &[Format], options: &Options) -> bool {
    options.animated()
        && header.info.frames() > 1
        && formats.contains(&Format::WebP)
        && matches!(
            header.info.format(),
            SourceFormat::Gif | SourceFormat::Png | SourceFormat::WebP
        )
}

/// An animation of the same frames, durations and number of plays, as WebP.
///
/// A look is judged on the first frame, whose quality then goes for all.
pub(crate) fn animate(
    input: &[u8],
    header: &Header<'_>,
    geometry: Geometry,
    options: &Options,
    limits: &Limits,
) -> Result<(Found, Conversion), Error> {
    limits.check_animation(&header.info)?;
    let pixels = u64::from(geometry.canvas.width) * u64::from(geometry.canvas.height);
    let all = pixels.saturating_mul(header.info.frames().into());
    let how = How::of(options, limits);
    let how = How { effort: affordable(how.effort, Format::WebP, all, limits.time_left()), ..how };
    let work = Work { input, header, geometry, options, how };
    let (quality, mut encodes) = match options.quality() {
        QualityChoice::Fixed(quality) => (f32::from(quality.get()), 0),
        QualityChoice::Auto(_) => work.judged()?,
    };
    let (mut bytes, conversion) = work.coded(quality)?;
    encodes += 1;
    let mut used = quality;
    if let Some(limit) = options.max_bytes() {
        (bytes, used, encodes) = work.within(limit, bytes, quality, encodes)?;
    }
    let found = Found { bytes, format: Format::WebP, quality: Some(used), score: None, encodes };
    Ok((found, conversion))
}

struct Work<'a> {
    input: &'a [u8],
    header: &'a Header<'a>,
    geometry: Geometry,
    options: &'a Options,
    how: How<'a>,
}

/// What all frames have in common, known once the first one is.
struct Scene {
    geometry: Geometry,
    mark: Option<watermark::Fitted>,
}

impl Work<'_> {
    /// The quality at which the first frame, as a still picture, looks as good as asked.
    fn judged(&self) -> Result<(f32, u32), Error> {
        let mut frames = Frames::of(self.input, self.header, self.how.limits)?;
        let highest = f32::from(Quality::MAX.get());
        let Some(first) = frames.next() else { return Ok((highest, 0)) };
        let profile = frames.profile().cloned();
        let decoded = Decoded { pixels: Pixels::Image(first?.image), profile };
        let (raster, _, _) = self.shown(decoded, None);
        let found = search::smallest(&raster, &[Format::WebP], self.options, &self.how)?;
        Ok((found.quality.unwrap_or(highest), found.encodes))
    }

    /// One pass over all frames.
    fn coded(&self, quality: f32) -> Result<(Vec<u8>, Conversion), Error> {
        let limits = self.how.limits;
        let frames = Frames::of(self.input, self.header, limits)?;
        let profile = frames.profile().cloned();
        let size = (self.geometry.canvas.width, self.geometry.canvas.height);
        let plays = plays(self.input, self.header);
        let mut animation = Animation::new(size, plays, Coding::Lossy(quality), &self.how)?;
        let mut scene = None;
        let mut changed = Conversion::NotNeeded;
        for frame in frames {
            limits.start(Stage::Encode)?;
            let frame = frame?;
            let decoded = Decoded { pixels: Pixels::Image(frame.image), profile: profile.clone() };
            let (raster, conversion, seen) = self.shown(decoded, scene);
            animation.add(&raster, frame.duration)?;
            scene = Some(seen);
            changed = conversion;
        }
        Ok((animation.finish()?, changed))
    }

    /// A frame on its way from decoder to encoder.
    fn shown(&self, decoded: Decoded, scene: Option<Scene>) -> (Raster, Conversion, Scene) {
        let (raster, conversion) = to_srgb(decoded);
        let image = raster.into_image();
        let orientation = self.header.info.orientation;
        let scene = scene.unwrap_or_else(|| {
            let stored = self.geometry.unturned(orientation);
            let canvas = self.geometry.canvas;
            Scene {
                geometry: stored.aimed(&image, self.options.gravity()),
                mark: self
                    .options
                    .watermark()
                    .map(|mark| watermark::Fitted::to(mark, canvas.width, canvas.height, None)),
            }
        });
        let mut image = resize(image, &scene.geometry, self.options.background());
        image.apply_orientation(orientation);
        if let Some(mark) = &scene.mark {
            image = mark.draw(image);
        }
        (Raster::Image(image), conversion, scene)
    }

    /// Lowers the quality until the file fits.
    fn within(
        &self,
        limit: NonZeroU64,
        mut bytes: Vec<u8>,
        mut quality: f32,
        mut encodes: u32,
    ) -> Result<(Vec<u8>, f32, u32), Error> {
        /// Each step takes off about a fifth of the bytes.
        const STEP: f32 = 8.0;
        let lowest = f32::from(Quality::MIN.get());
        while bytes.len() as u64 > limit.get() {
            if quality <= lowest {
                return Err(Error::CannotFit {
                    format: Format::WebP,
                    bytes: bytes.len() as u64,
                    limit: limit.get(),
                });
            }
            quality = (quality - STEP).max(lowest);
            bytes = self.coded(quality)?.0;
            encodes += 1;
        }
        Ok((bytes, quality, encodes))
    }
}

/// How often the animation is shown, 0 for ever.
fn plays(input: &[u8], header: &Header<'_>) -> u16 {
    match header.info.format() {
        #[cfg(feature = "gif")]
        SourceFormat::Gif => probe::gif::plays(input),
        #[cfg(feature = "png")]
        SourceFormat::Png => probe::png::plays(input),
        _ => probe::webp::plays(input),
    }
}
