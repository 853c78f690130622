//! Files of every format that is read, but AVIF.

use std::io::Cursor;

use image::codecs::gif::{GifEncoder, Repeat};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, Frame, ImageFormat, RgbImage};

fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    picture.into().write_to(&mut file, format).expect("it can be encoded into memory");
    file.into_inner()
}

/// A PNG.
#[must_use]
pub fn png(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(picture, ImageFormat::Png)
}

/// A baseline JPEG.
#[must_use]
pub fn jpeg(picture: &RgbImage, quality: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut file, quality);
    picture.write_with_encoder(encoder).expect("it can be encoded into memory");
    file
}

/// A lossless WebP.
#[must_use]
pub fn webp(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(picture, ImageFormat::WebP)
}

/// A BMP.
#[must_use]
pub fn bmp(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(picture, ImageFormat::Bmp)
}

/// A TIFF.
#[must_use]
pub fn tiff(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(picture, ImageFormat::Tiff)
}

/// A GIF of one frame.
#[must_use]
pub fn gif(picture: impl Into<DynamicImage>) -> Vec<u8> {
    encoded(picture, ImageFormat::Gif)
}

/// A GIF of several frames of one size.
#[must_use]
pub fn animation(frames: &[RgbImage]) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new(&mut file);
    encoder.set_repeat(Repeat::Infinite).expect("it can be encoded into memory");
    for frame in frames {
        let frame = DynamicImage::ImageRgb8(frame.clone()).into_rgba8();
        encoder.encode_frame(Frame::new(frame)).expect("it can be encoded into memory");
    }
    drop(encoder);
    file
}
