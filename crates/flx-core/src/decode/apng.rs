//! Frames of animated PNG, put together here: the `image` crate does so for 8 bit only.

use std::io::Cursor;

use image::{DynamicImage, Rgba, RgbaImage};
use png::{BlendOp, ColorType, DecodingError, DisposeOp, FrameControl, Reader, Transformations};

use super::Profile;
use super::composed::{Canvas, Disposal, Laying, Place};
use super::frames::Frame;
use super::raster::{SLACK, png_profile};
use crate::probe::corrupt;
use crate::{Error, ImageInfo, SourceFormat};

/// Opens an animation; the still picture that may stand before it is passed over.
pub(super) fn open<'a>(
    input: &'a [u8],
    info: &ImageInfo,
) -> Result<(Frames<'a>, Option<Profile>), Error> {
    let pixels = u64::from(info.coded_width()) * u64::from(info.coded_height());
    let bytes = usize::try_from(pixels * 8 + SLACK).unwrap_or(usize::MAX);
    let mut decoder = png::Decoder::new_with_limits(Cursor::new(input), png::Limits { bytes });
    // They may inflate to any size: nobody asks for text, and the profile is read elsewhere.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND | Transformations::STRIP_16);
    let mut reader = decoder.read_info().map_err(|error| explain(&error))?;
    let (width, height) = reader.info().size();
    if (width, height) != (info.coded_width(), info.coded_height()) {
        return Err(corrupt(SourceFormat::Png, "the decoder finds another size than the header"));
    }
    let length = reader
        .output_buffer_size()
        .ok_or_else(|| corrupt(SourceFormat::Png, "a frame is too large"))?;
    let mut samples = vec![0; length];
    if reader.info().frame_control().is_none() {
        reader.next_frame(&mut samples).map_err(|error| explain(&error))?;
    }
    Ok((Frames { reader, samples, canvas: Canvas::new(width, height) }, png_profile(input)))
}

/// Decoder, room for a frame's samples, and what earlier frames left.
pub(super) struct Frames<'a> {
    reader: Reader<Cursor<&'a [u8]>>,
    samples: Vec<u8>,
    canvas: Canvas,
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(self.frame())
    }
}

impl Frames<'_> {
    fn frame(&mut self) -> Result<Frame, Error> {
        let output = self.reader.next_frame(&mut self.samples).map_err(|error| explain(&error))?;
        let control = *self
            .reader
            .info()
            .frame_control()
            .ok_or_else(|| corrupt(SourceFormat::Png, "a frame without its header"))?;
        let frame = to_rgba(&self.samples, output.color_type, control.width, control.height)?;
        let laying = Laying {
            over: control.blend_op == BlendOp::Over,
            disposal: match control.dispose_op {
                DisposeOp::None => Disposal::Keep,
                DisposeOp::Background => Disposal::Clear,
                DisposeOp::Previous => Disposal::Restore,
            },
        };
        let FrameControl { x_offset: left, y_offset: top, width, height, .. } = control;
        let place = Place { left, top, width, height };
        let shown = DynamicImage::ImageRgba8(self.canvas.lay(&frame, place, laying).clone());
        let is_grey = matches!(output.color_type, ColorType::Grayscale | ColorType::GrayscaleAlpha);
        Ok(Frame {
            // A profile for grey wants grey.
            image: if is_grey { shown.into_luma_alpha8().into() } else { shown },
            duration: duration(&control),
        })
    }
}

fn to_rgba(samples: &[u8], colour: ColorType, width: u32, height: u32) -> Result<RgbaImage, Error> {
    let channels = colour.samples();
    let mut frame = RgbaImage::new(width, height);
    let wanted = frame.pixels().len() * channels;
    let samples = samples
        .get(..wanted)
        .ok_or_else(|| corrupt(SourceFormat::Png, "a frame is larger than the picture"))?;
    for (pixel, samples) in frame.pixels_mut().zip(samples.chunks_exact(channels)) {
        *pixel = Rgba(match *samples {
            [grey] => [grey, grey, grey, u8::MAX],
            [grey, alpha] => [grey, grey, grey, alpha],
            [red, green, blue] => [red, green, blue, u8::MAX],
            [red, green, blue, alpha] => [red, green, blue, alpha],
            _ => [0; 4],
        });
    }
    Ok(frame)
}

/// The time is a fraction of a second, in hundredths where the denominator is 0.
fn duration(control: &FrameControl) -> u32 {
    let denominator = if control.delay_den == 0 { 100 } else { u32::from(control.delay_den) };
    (u32::from(control.delay_num) * 1000 + denominator / 2) / denominator
}

fn explain(error: &DecodingError) -> Error {
    corrupt(SourceFormat::Png, error.to_string())
}
