//! Frames of animated WebP, put together here: image-webp 0.2.4, which reads each of them, clears
//! other pixels than it should where a frame was taken away before one without alpha or of full size.

use std::io::Cursor;

use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, RgbaImage};

use super::Profile;
use super::composed::{Canvas, Disposal, Laying, Place};
use super::frames::Frame;
use super::raster::{explain, opened};
use crate::probe::bytes::Bytes;
use crate::probe::corrupt;
use crate::probe::webp::{Chunk, chunks, chunks_of};
use crate::strip::webp::{ALPHA, file_of, write};
use crate::{Error, ImageInfo, SourceFormat};

/// Opens an animation whose file is whole.
pub(super) fn open<'a>(
    input: &'a [u8],
    info: &ImageInfo,
) -> Result<(Frames<'a>, Option<Profile>), Error> {
    // The decoder looks through the whole file's structure, and finds the profile.
    let (_, profile) = opened(WebPDecoder::new(Cursor::new(input)), info)?;
    let (width, height) = (info.coded_width(), info.coded_height());
    let chunks = Box::new(chunks(input).filter(|chunk| &chunk.name == b"ANMF"));
    Ok((Frames { chunks, canvas: Canvas::new(width, height), width, height }, profile))
}

/// The frames that are still to come, on the canvas of those before.
pub(super) struct Frames<'a> {
    chunks: Box<dyn Iterator<Item = Chunk<'a>> + 'a>,
    canvas: Canvas,
    width: u32,
    height: u32,
}

impl Iterator for Frames<'_> {
    type Item = Result<Frame, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let chunk = self.chunks.next()?;
        Some(self.frame(chunk.data))
    }
}

impl Frames<'_> {
    fn frame(&mut self, data: &[u8]) -> Result<Frame, Error> {
        let Head { place, laying, duration, rest } =
            Head::read(data).ok_or_else(|| damaged("a frame without its header"))?;
        // Before any decoder runs: no frame is larger than the canvas, which limits have bound.
        if place.left + place.width > self.width || place.top + place.height > self.height {
            return Err(damaged("a frame is larger than the picture"));
        }
        let still =
            still(place, rest).ok_or_else(|| damaged("a frame without a picture of its own"))?;
        let shown = self.canvas.lay(&decoded(&still)?, place, laying).clone();
        Ok(Frame { image: shown.into(), duration })
    }
}

/// What stands before a frame's picture (RFC 9649, section 2.7.1.1).
struct Head<'a> {
    place: Place,
    laying: Laying,
    duration: u32,
    /// The chunks of its picture.
    rest: &'a [u8],
}

impl<'a> Head<'a> {
    fn read(data: &'a [u8]) -> Option<Self> {
        let mut bytes = Bytes::new(data);
        // Offsets are halved, sides are less one.
        let (left, top) = (bytes.u24_le()? * 2, bytes.u24_le()? * 2);
        let (width, height) = (bytes.u24_le()? + 1, bytes.u24_le()? + 1);
        let duration = bytes.u24_le()?;
        let flags = bytes.u8()?;
        // Browsers show the page where a frame was taken away, not the file's colour.
        let disposal = if flags & 1 != 0 { Disposal::Clear } else { Disposal::Keep };
        Some(Self {
            place: Place { left, top, width, height },
            laying: Laying { over: flags & 2 == 0, disposal },
            duration,
            rest: bytes.rest(),
        })
    }
}

/// A frame's picture as a file of its own, of the size that the frame says.
fn still(place: Place, rest: &[u8]) -> Option<Vec<u8>> {
    let found = |name: &[u8; 4]| chunks_of(rest).find(|chunk| &chunk.name == name);
    let lossless = found(b"VP8L");
    let alpha = found(b"ALPH").filter(|_| lossless.is_none());
    let picture = lossless.or_else(|| found(b"VP8 "))?;
    // The hint at alpha inside a lossless picture is one only: what is coded counts.
    let has_alpha = alpha.is_some() || lossless.is_some();
    let mut header = vec![if has_alpha { ALPHA } else { 0 }, 0, 0, 0];
    for side in [place.width, place.height] {
        header.extend(side.checked_sub(1)?.to_le_bytes().iter().take(3));
    }
    let mut body = Vec::with_capacity(rest.len() + header.len() + 8);
    write(&mut body, *b"VP8X", &header)?;
    for chunk in alpha.iter().chain([&picture]) {
        write(&mut body, chunk.name, chunk.data)?;
    }
    file_of(&body)
}

fn decoded(still: &[u8]) -> Result<RgbaImage, Error> {
    WebPDecoder::new(Cursor::new(still))
        .and_then(DynamicImage::from_decoder)
        .map(DynamicImage::into_rgba8)
        .map_err(|error| explain(SourceFormat::WebP, &error))
}

fn damaged(reason: &str) -> Error {
    corrupt(SourceFormat::WebP, reason)
}

#[cfg(test)]
mod tests;
