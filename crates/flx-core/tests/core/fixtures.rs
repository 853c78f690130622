//! Pictures and files made in code.

use std::io::Cursor;
use std::num::NonZeroU32;

use flx_core::{Compressed, Format, Limits, Options, compress};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// A picture of soft colours with an edge, in which every corner is another colour.
pub(crate) fn picture(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let ring = if ((u - 0.4).hypot(v - 0.6) - 0.3).abs() < 0.05 { 60.0 } else { 0.0 };
        let wave = (u * 21.0).sin() * (v * 17.0).cos() * 12.0;
        let channel = |base: f32| (base + ring + wave).clamp(0.0, 255.0) as u8;
        Rgb([channel(30.0 + u * 180.0), channel(20.0 + v * 190.0), channel(200.0 - u * 90.0)])
    })
}

/// A picture with the statistics of a photograph: value noise of falling octaves, in soft colours.
pub(crate) fn photograph(width: u32, height: u32) -> RgbImage {
    let at = |x: u32, y: u32, seed: u32| {
        let mut hash = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed;
        hash = (hash ^ (hash >> 15)).wrapping_mul(0x2c1b_3c6d);
        hash = (hash ^ (hash >> 12)).wrapping_mul(0x297a_2d39);
        (hash ^ (hash >> 15)) as f32 / u32::MAX as f32 - 0.5
    };
    let noise = |x: f32, y: f32, seed: u32| {
        let (left, top) = (x.floor(), y.floor());
        let ease = |t: f32| t * t * (3.0 - 2.0 * t);
        let (u, v) = (ease(x - left), ease(y - top));
        let (left, top) = (left as u32, top as u32);
        let row = |y| at(left, y, seed) * (1.0 - u) + at(left + 1, y, seed) * u;
        row(top) * (1.0 - v) + row(top + 1) * v
    };
    RgbImage::from_fn(width, height, |x, y| {
        let octaves = |seed: u32| {
            (0..7)
                .map(|octave| {
                    let step = 160.0 / f32::from(1u16 << octave);
                    noise(x as f32 / step, y as f32 / step, seed + octave)
                        * 0.62f32.powi(octave as i32)
                })
                .sum::<f32>()
        };
        let light = 128.0 + 190.0 * octaves(1);
        let (warm, cold) = (40.0 * octaves(101), 40.0 * octaves(201));
        Rgb([light + warm, light, light + cold].map(|code| code.clamp(0.0, 255.0) as u8))
    })
}

pub(crate) fn file(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    image.write_to(&mut file, format).unwrap();
    file.into_inner()
}

pub(crate) fn png(image: impl Into<DynamicImage>) -> Vec<u8> {
    file(&image.into(), ImageFormat::Png)
}

/// A baseline JPEG with interleaved scans, at full chroma resolution.
pub(crate) fn jpeg(image: &RgbImage, quality: u8) -> Vec<u8> {
    jpeg_with(image, quality, |_| {})
}

pub(crate) fn jpeg_with(
    image: &RgbImage,
    quality: u8,
    change: impl FnOnce(&mut jpeg_encoder::Encoder<&mut Vec<u8>>),
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut bytes, quality);
    encoder.set_sampling_factor(jpeg_encoder::SamplingFactor::F_1_1);
    change(&mut encoder);
    let (width, height) = (image.width() as u16, image.height() as u16);
    encoder.encode(image, width, height, jpeg_encoder::ColorType::Rgb).unwrap();
    bytes
}

pub(crate) fn to(format: Format, input: &[u8]) -> Compressed {
    with(input, &Options::new(format))
}

pub(crate) fn with(input: &[u8], options: &Options) -> Compressed {
    compress(input, options, &Limits::default()).unwrap()
}

/// The pixels of a result of any format. AVIF goes through flx-core's own decoder into PNG.
pub(crate) fn decoded(bytes: &[u8]) -> DynamicImage {
    match flx_core::probe(bytes).unwrap().format() {
        flx_core::SourceFormat::Avif => {
            image::load_from_memory(to(Format::Png, bytes).bytes()).unwrap()
        }
        flx_core::SourceFormat::Jpeg => {
            let info = flx_core::probe(bytes).unwrap();
            let rgb = flx_core::fitting::decode_rgb8(bytes).unwrap();
            RgbImage::from_raw(info.coded_width(), info.coded_height(), rgb).unwrap().into()
        }
        _ => image::load_from_memory(bytes).unwrap(),
    }
}

/// SSIMULACRA2 of a picture against its original; 90 is hardly told apart.
pub(crate) fn score(original: &RgbImage, shown: &DynamicImage) -> f64 {
    use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
    let (width, height) = original.dimensions();
    assert_eq!((shown.width(), shown.height()), (width, height));
    let shown = shown.to_rgb8();
    let slice = |pixels| {
        let stride = width as usize * 3;
        PixelSlice::new(pixels, width, height, stride, PixelDescriptor::RGB8_SRGB).unwrap()
    };
    compute_ssimulacra2(&slice(original), &slice(&shown)).unwrap()
}

/// SSIMULACRA2 by another implementation than the one that flx-core decides by; sides of 8 px and
/// more.
pub(crate) fn judged(original: &RgbImage, shown: &RgbImage) -> f64 {
    use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};
    assert_eq!(original.dimensions(), shown.dimensions());
    let srgb = |picture: &RgbImage| {
        let pixels = picture.pixels().map(|pixel| pixel.0.map(|value| f32::from(value) / 255.0));
        let (width, height) = (picture.width() as usize, picture.height() as usize);
        let (transfer, primaries) = (TransferCharacteristic::SRGB, ColorPrimaries::BT709);
        Rgb::new(pixels.collect(), width, height, transfer, primaries).unwrap()
    };
    compute_frame_ssimulacra2(srgb(original), srgb(shown)).unwrap()
}

/// A picture of any size, made of copies of a smaller one.
pub(crate) fn tiled(tile: &RgbImage, width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| *tile.get_pixel(x % tile.width(), y % tile.height()))
}

/// A window with lines of anti-aliased strokes like text, under a bar.
pub(crate) fn screenshot(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let letter = (x / 9 * 13 + y / 18 * 29) % 7;
        let stroke = y % 18 < 11 && x % 9 < 2 + letter % 2 && letter > 1;
        match y {
            0..30 => Rgb([40, 60, 120]),
            _ if stroke => Rgb([(20 + letter * 22) as u8; 3]),
            _ => Rgb([250, 250, 250]),
        }
    })
}

/// Mean difference of samples, 0–255.
pub(crate) fn difference(a: &DynamicImage, b: &DynamicImage) -> f64 {
    assert_eq!((a.width(), a.height()), (b.width(), b.height()));
    let (a, b) = (a.to_rgba8(), b.to_rgba8());
    let sum: u64 = a.iter().zip(b.iter()).map(|(a, b)| u64::from(a.abs_diff(*b))).sum();
    sum as f64 / a.len() as f64
}

pub(crate) fn px(pixels: u32) -> NonZeroU32 {
    NonZeroU32::new(pixels).unwrap()
}

/// A JPEG segment with its marker and length.
pub(crate) fn segment(marker: u8, data: &[u8]) -> Vec<u8> {
    let length = (data.len() + 2) as u16;
    [&[0xff, marker], length.to_be_bytes().as_slice(), data].concat()
}

/// Puts segments right behind the start of a JPEG file.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[Vec<u8>]) -> Vec<u8> {
    [&jpeg[..2], &segments.concat(), &jpeg[2..]].concat()
}

/// Exif as JPEG carries it, with an orientation and a GPS note.
pub(crate) fn exif(orientation: u8) -> Vec<u8> {
    let mut data = b"MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".to_vec();
    data.push(orientation);
    data.extend([0; 6]);
    data.extend(b"GPS 48.8584 N 2.2945 E");
    data
}

/// CRC-32 of ISO 3309, bit by bit.
pub(crate) fn crc32(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(sum ^ u32::from(*byte), |sum, _| {
            if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 }
        })
    })
}
