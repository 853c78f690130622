//! Reading results, and telling whether two pictures look alike.

use fast_ssim2::{PixelDescriptor, PixelSlice, compute_ssimulacra2};
use flx_core::{Format, Limits, Options, compress};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage, Rgba};

/// Format of a file, by its first bytes: `webp`, `avif`, `jpg` or `png`.
///
/// # Panics
/// When it is none of these.
#[track_caller]
#[must_use]
pub fn format(file: &[u8]) -> &'static str {
    match file {
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "webp",
        [_, _, _, _, b'f', b't', b'y', b'p', b'a', b'v', b'i', b'f', ..] => "avif",
        [0xff, 0xd8, 0xff, ..] => "jpg",
        [0x89, b'P', b'N', b'G', ..] => "png",
        other => panic!("no known format: {:02x?}", other.get(..16.min(other.len()))),
    }
}

/// Decodes a result. AVIF goes through flx-core, everything else through `image`, whose decoders
/// flx-core's encoders do not share.
///
/// # Panics
/// When it cannot be decoded.
#[track_caller]
#[must_use]
pub fn decode(file: &[u8]) -> DynamicImage {
    let format = match format(file) {
        "webp" => ImageFormat::WebP,
        "jpg" => ImageFormat::Jpeg,
        "png" => ImageFormat::Png,
        _ => {
            let png = compress(file, &Options::new(Format::Png), &Limits::default());
            let png = png.unwrap_or_else(|error| panic!("flx-core cannot read it: {error}"));
            return decode(png.bytes());
        }
    };
    image::load_from_memory_with_format(file, format)
        .unwrap_or_else(|error| panic!("a {format:?} that cannot be read: {error}"))
}

/// The SSIMULACRA2 score of a picture against its original: 100 is the same, 90 cannot be told
/// apart, 70 is high quality, 50 medium.
///
/// # Panics
/// When the sizes differ.
#[track_caller]
#[must_use]
pub fn ssimulacra2(original: &RgbImage, picture: &RgbImage) -> f64 {
    assert_eq!(original.dimensions(), picture.dimensions());
    let slice = |picture| -> PixelSlice<'_> {
        let picture: &RgbImage = picture;
        let (width, height) = picture.dimensions();
        PixelSlice::new(
            picture.as_raw(),
            width,
            height,
            width as usize * 3,
            PixelDescriptor::RGB8_SRGB,
        )
        .expect("a whole picture")
    };
    compute_ssimulacra2(&slice(original), &slice(picture)).expect("pictures of one size")
}

/// The colour around a point given in shares of width and height: the mean of 5 × 5 pixels.
#[must_use]
pub fn colour_at(picture: &DynamicImage, x: f32, y: f32) -> Rgb<u8> {
    let Rgba([red, green, blue, _]) = colour_and_alpha_at(picture, x, y);
    Rgb([red, green, blue])
}

/// The colour and opacity around a point given in shares of width and height.
#[must_use]
pub fn colour_and_alpha_at(picture: &DynamicImage, x: f32, y: f32) -> Rgba<u8> {
    let pixels = picture.to_rgba8();
    let place = |share: f32, side: u32| ((side as f32 * share) as u32).clamp(2, side.max(5) - 3);
    let (x, y) = (place(x, pixels.width()), place(y, pixels.height()));
    let mut sums = [0u32; 4];
    for (dx, dy) in (0..5).flat_map(|dx| (0..5).map(move |dy| (dx, dy))) {
        for (sum, value) in sums.iter_mut().zip(pixels.get_pixel(x + dx - 2, y + dy - 2).0) {
            *sum += u32::from(value);
        }
    }
    Rgba(sums.map(|sum| u8::try_from((sum + 12) / 25).expect("a mean of bytes")))
}

/// How far two sRGB colours lie apart in CIELAB (ΔE*ab, 1976; D65): below 2.3 nobody sees it.
#[must_use]
pub fn delta_e(a: Rgb<u8>, b: Rgb<u8>) -> f32 {
    let (a, b) = (lab(a), lab(b));
    a.iter().zip(b).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt() as f32
}

/// A colour of sRGB in CIELAB (D65).
#[must_use]
pub fn lab(colour: Rgb<u8>) -> [f64; 3] {
    let [red, green, blue] = colour.0.map(|value| f64::from(linear(f32::from(value) / 255.0)));
    // IEC 61966-2-1, then divided by the white point of D65.
    let x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.9505;
    let y = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
    let z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.089;
    let [x, y, z] = [x, y, z].map(|t: f64| {
        if t > 216.0 / 24_389.0 { t.cbrt() } else { (24_389.0 / 27.0 * t + 16.0) / 116.0 }
    });
    [116.0 * y - 16.0, 500.0 * (x - y), 200.0 * (y - z)]
}

/// Decodes a value of the sRGB curve, which Display P3 shares.
#[must_use]
pub fn linear(value: f32) -> f32 {
    if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
}

/// Encodes a value by the sRGB curve.
#[must_use]
pub fn encoded(value: f32) -> f32 {
    let value = value.clamp(0.0, 1.0);
    if value <= 0.003_130_8 { value * 12.92 } else { 1.055 * value.powf(1.0 / 2.4) - 0.055 }
}
