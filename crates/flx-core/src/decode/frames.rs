//! From an animated file to its frames as they are shown, one after the other.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{AnimationDecoder, DynamicImage, ImageDecoder, RgbaImage};

use super::Profile;
use crate::probe::{Header, corrupt};
use crate::{Error, ImageInfo, Limits, SourceFormat};

/// A frame as it is shown: the whole picture, with all that earlier frames left of it.
pub(crate) struct Frame {
    pub(crate) image: DynamicImage,
    /// How long it is shown, in milliseconds, as the file says.
    pub(crate) duration: u32,
}

/// The frames of an animation, as many as its header has promised, decoded as they are asked for.
///
/// What is shown rests on all frames before, so after an error there are no more.
pub(crate) struct Frames<'a> {
    info: &'a ImageInfo,
    decoder: Box<dyn Iterator<Item = Result<Frame, Error>> + 'a>,
    left: u32,
    profile: Option<Profile>,
}

impl<'a> Frames<'a> {
    /// Opens an animation of a format that can be one.
    pub(crate) fn of(
        input: &'a [u8],
        header: &'a Header<'_>,
        limits: &Limits,
    ) -> Result<Self, Error> {
        let info = &header.info;
        let opened = catch_unwind(AssertUnwindSafe(|| open(input, info, limits)));
        let (decoder, profile) = opened.unwrap_or_else(|_| Err(gave_up(info)))?;
        Ok(Self { info, decoder, left: info.frames(), profile })
    }

    /// The colour profile of all frames, if the file has one.
    pub(crate) fn profile(&self) -> Option<&Profile> {
        self.profile.as_ref()
    }
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left = self.left.checked_sub(1)?;
        let decoder = &mut self.decoder;
        let info = self.info;
        // As for stills: a decoder that panics costs one picture, not the caller's thread.
        let frame = catch_unwind(AssertUnwindSafe(|| decoder.next()))
            .unwrap_or_else(|_| Some(Err(gave_up(info))))
            .unwrap_or_else(|| {
                Err(corrupt(info.format(), "the file has fewer frames than it says"))
            });
        if frame.is_err() {
            self.left = 0;
        }
        Some(frame)
    }
}

fn gave_up(info: &ImageInfo) -> Error {
    corrupt(info.format(), "the decoder gave up on it")
}

type Opened<'a> = (Box<dyn Iterator<Item = Result<Frame, Error>> + 'a>, Option<Profile>);

fn open<'a>(input: &'a [u8], info: &'a ImageInfo, limits: &Limits) -> Result<Opened<'a>, Error> {
    match info.format() {
        #[cfg(feature = "gif")]
        SourceFormat::Gif => {
            if crate::probe::gif::is_cut(input) {
                return Err(corrupt(info.format(), "the file is cut short"));
            }
            limits.check_animation_pixels(info, crate::probe::gif::coded_pixels(input))?;
            composed(image::codecs::gif::GifDecoder::new(Cursor::new(input)), info)
        }
        #[cfg(feature = "webp")]
        SourceFormat::WebP => {
            if crate::probe::webp::is_cut(input) {
                return Err(corrupt(info.format(), "the file is cut short"));
            }
            let (frames, profile) = super::webp_frames::open(input, info)?;
            Ok((Box::new(frames), profile))
        }
        #[cfg(feature = "png")]
        SourceFormat::Png => {
            let (frames, profile) = super::apng::open(input, info)?;
            Ok((Box::new(frames), profile))
        }
        other => Err(Error::UnsupportedVariant {
            format: other,
            variant: "animations of this format".to_owned(),
        }),
    }
}

/// The GIF decoder of the `image` crate composes frames itself.
#[cfg(feature = "gif")]
fn composed<'a, D: ImageDecoder + AnimationDecoder<'a> + 'a>(
    decoder: Result<D, image::ImageError>,
    info: &'a ImageInfo,
) -> Result<Opened<'a>, Error> {
    let (decoder, profile) = super::raster::opened(decoder, info)?;
    let frames = decoder.into_frames().map(|frame| {
        let frame = frame.map_err(|error| super::raster::explain(info.format(), &error))?;
        let (numerator, denominator) = frame.delay().numer_denom_ms();
        let image: RgbaImage = frame.into_buffer();
        if image.dimensions() != (info.coded_width(), info.coded_height()) {
            return Err(corrupt(info.format(), "a frame has another size than the picture"));
        }
        Ok(Frame {
            image: DynamicImage::ImageRgba8(image),
            duration: numerator / denominator.max(1),
        })
    });
    Ok((Box::new(frames), profile))
}
