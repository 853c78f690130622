//! What every frame goes through on its way to the encoder.

use std::ops::ControlFlow;

use image::DynamicImage;
use image::metadata::Orientation;

use super::writer::Writer;
use crate::colour::{self, Coloured, Conversion, Space};
use crate::compress::upright;
use crate::decode::frames::Frames;
use crate::decode::{Decoded, Pixels, Profile};
use crate::encode::{Coding, How, Written};
use crate::geometry::Geometry;
use crate::options::Background;
use crate::probe::{self, Header};
use crate::raster::Raster;
use crate::resize::resize;
use crate::watermark::Fitted;
use crate::{Error, Options, SourceFormat, Stage, Timings};

/// An animation, and what is to become of it.
pub(super) struct Source<'a> {
    pub(super) input: &'a [u8],
    pub(super) header: &'a Header<'a>,
    /// For upright pictures.
    pub(super) geometry: &'a Geometry,
    pub(super) options: &'a Options,
    pub(super) how: How<'a>,
}

/// A frame, ready to be coded.
pub(super) struct Frame<'a> {
    pub(super) raster: Raster,
    /// In milliseconds, as the source has it.
    pub(super) duration: u32,
    /// The space of its numbers, where it is not sRGB.
    pub(super) space: Option<&'a Space>,
}

/// What became of the colours.
pub(super) struct Colours {
    /// The profile to embed.
    pub(super) icc: Option<Vec<u8>>,
    pub(super) conversion: Conversion,
}

impl Default for Colours {
    fn default() -> Self {
        Self { icc: None, conversion: Conversion::NotNeeded }
    }
}

impl Source<'_> {
    pub(super) fn frames(&self) -> u64 {
        self.header.info.frames().into()
    }

    /// Pixels of all frames of the result together.
    pub(super) fn pixels(&self) -> u64 {
        let canvas = self.geometry.canvas;
        (u64::from(canvas.width) * u64::from(canvas.height)).saturating_mul(self.frames())
    }

    /// The animated file.
    pub(super) fn encode(
        &self,
        coding: Coding,
        how: &How<'_>,
        timings: &mut Timings,
    ) -> Result<(Written, Colours), Error> {
        let mut writer = Writer::new(plays(self.input, self.header.info.format()), coding, *how);
        let limits = how.limits;
        let colours = self.each(timings, |timings, Frame { raster, duration, .. }| {
            timings.run(Stage::Encode, limits, || writer.add(raster, duration))?;
            Ok(ControlFlow::Continue(()))
        })?;
        let written = timings.run(Stage::Encode, limits, || writer.finish())?;
        Ok((written, colours))
    }

    /// Hands over each frame.
    pub(super) fn each(
        &self,
        timings: &mut Timings,
        mut take: impl FnMut(&mut Timings, Frame<'_>) -> Result<ControlFlow<()>, Error>,
    ) -> Result<Colours, Error> {
        let limits = self.how.limits;
        let mut frames =
            timings.run(Stage::Decode, limits, || Frames::of(self.input, self.header, limits))?;
        let profile = frames.profile().cloned();
        let mut colours = Colours::default();
        let mut steps: Option<Steps> = None;
        loop {
            let next = timings.run(Stage::Decode, limits, || frames.next().transpose())?;
            let Some(frame) = next else { return Ok(colours) };
            let (image, steps) = match &mut steps {
                Some(steps) => {
                    let settled = || Ok(steps.coloured(frame.image));
                    (timings.run(Stage::Colour, limits, settled)?, steps)
                }
                None => {
                    let decoded =
                        Decoded { pixels: Pixels::Image(frame.image), profile: profile.clone() };
                    let coloured = timings
                        .run(Stage::Colour, limits, || Ok(colour::settle(decoded, self.options)))?;
                    let Coloured { raster, conversion, space, icc } = coloured;
                    let image = raster.into_image();
                    let settled = self.steps(&image, conversion, space, profile.clone());
                    colours = Colours { icc, conversion };
                    (image, steps.insert(settled))
                }
            };
            let image = steps.shaped(image, timings, self)?;
            let raster = Raster::Image(image);
            let duration = frame.duration;
            if take(timings, Frame { raster, duration, space: steps.space.as_ref() })?.is_break() {
                return Ok(colours);
            }
        }
    }

    /// The first frame decides for all: where the picture is cut, and whether its colours change.
    fn steps(
        &self,
        first: &DynamicImage,
        conversion: Conversion,
        space: Option<Space>,
        profile: Option<Profile>,
    ) -> Steps {
        let options = self.options;
        let orientation = self.header.info.orientation;
        let canvas = self.geometry.canvas;
        Steps {
            orientation,
            geometry: self.geometry.unturned(orientation).aimed(first, options.gravity()),
            background: space
                .as_ref()
                .map_or(options.background(), |space| space.background(options.background())),
            mark: options
                .watermark()
                .map(|mark| Fitted::to(mark, canvas.width, canvas.height, space.as_ref())),
            profile: profile.filter(|_| space.is_none() && conversion == Conversion::FromProfile),
            space,
        }
    }
}

/// The same for every frame.
struct Steps {
    orientation: Orientation,
    geometry: Geometry,
    background: Background,
    mark: Option<Fitted>,
    /// Set where colours are converted from it to sRGB.
    profile: Option<Profile>,
    /// Where the numbers stay in it.
    space: Option<Space>,
}

impl Steps {
    fn coloured(&self, image: DynamicImage) -> DynamicImage {
        match &self.profile {
            Some(profile) => {
                let pixels = Pixels::Image(image);
                colour::to_srgb(Decoded { pixels, profile: Some(profile.clone()) }).0.into_image()
            }
            None => image,
        }
    }

    fn shaped(
        &self,
        image: DynamicImage,
        timings: &mut Timings,
        source: &Source<'_>,
    ) -> Result<DynamicImage, Error> {
        let limits = source.how.limits;
        let image = timings
            .run(Stage::Resize, limits, || Ok(resize(image, &self.geometry, self.background)))?;
        let image = timings.run(Stage::Orient, limits, || Ok(upright(image, self.orientation)))?;
        match &self.mark {
            Some(mark) => timings.run(Stage::Watermark, limits, || Ok(mark.draw(image))),
            None => Ok(image),
        }
    }
}

/// How often the animation is shown, 0 for ever.
fn plays(input: &[u8], format: SourceFormat) -> u16 {
    match format {
        #[cfg(feature = "gif")]
        SourceFormat::Gif => probe::gif::plays(input),
        #[cfg(feature = "png")]
        SourceFormat::Png => probe::png::plays(input),
        SourceFormat::WebP => probe::webp::plays(input),
        _ => 0,
    }
}
