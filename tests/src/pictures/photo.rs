//! Pictures that compress as photographs do.

use image::{ImageBuffer, Rgb, RgbImage, Rgba, RgbaImage};

/// Smooth light, soft shapes, hard edges and fine grain, so that a codec has everything to do.
#[must_use]
pub fn photo(width: u32, height: u32, seed: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| Rgb(sample(x, y, width, height, seed).map(to_8_bit)))
}

/// The same picture with 16 bits a channel, of which the lower eight are in use.
#[must_use]
pub fn photo_16_bit(width: u32, height: u32, seed: u32) -> ImageBuffer<Rgb<u16>, Vec<u16>> {
    ImageBuffer::from_fn(width, height, |x, y| {
        Rgb(sample(x, y, width, height, seed)
            .map(|value| (value.clamp(0.0, 1.0) * 65_535.0) as u16))
    })
}

/// The same picture, which fades out to the right.
#[must_use]
pub fn gradient_with_alpha(width: u32, height: u32, seed: u32) -> RgbaImage {
    let opaque = photo(width, height, seed);
    RgbaImage::from_fn(width, height, |x, y| {
        let Rgb([red, green, blue]) = *opaque.get_pixel(x, y);
        let alpha = 255 - x * 255 / width.max(2).saturating_sub(1);
        Rgba([red, green, blue, u8::try_from(alpha).unwrap_or(0)])
    })
}

fn to_8_bit(value: f32) -> u8 {
    (value.clamp(0.0, 1.0) * 255.0).round() as u8
}

fn sample(x: u32, y: u32, width: u32, height: u32, seed: u32) -> [f32; 3] {
    let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
    let clouds = noise(u * 6.0, v * 6.0, seed) * 0.5 + noise(u * 23.0, v * 23.0, seed + 1) * 0.2;
    let texture = noise(u * 120.0, v * 120.0, seed + 2) * 0.12;
    let grain = (hash(x, y, seed + 3) - 0.5) * 0.02;
    // A dark disc with a sharp rim.
    let rim = ((u - 0.62).hypot((v - 0.45) * height as f32 / width as f32)) < 0.18;
    let light = 0.25 + 0.45 * (1.0 - v) + clouds * 0.4 + texture + grain;
    let light = if rim { light * 0.35 } else { light };
    [light * (0.75 + 0.35 * u), light * 0.85, light * (1.05 - 0.45 * u)]
}

/// Smooth noise, 0–1.
fn noise(x: f32, y: f32, seed: u32) -> f32 {
    let (column, row) = (x.floor(), y.floor());
    let (fx, fy) = (ease(x - column), ease(y - row));
    let at = |dx: u32, dy: u32| hash(column as u32 + dx, row as u32 + dy, seed);
    let top = at(0, 0) + (at(1, 0) - at(0, 0)) * fx;
    let bottom = at(0, 1) + (at(1, 1) - at(0, 1)) * fx;
    top + (bottom - top) * fy
}

fn ease(t: f32) -> f32 {
    t * t * (3.0 - 2.0 * t)
}

/// A number of 0–1 that depends on nothing but its arguments.
fn hash(x: u32, y: u32, seed: u32) -> f32 {
    let mut h =
        x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77) ^ seed.wrapping_mul(0xc2b2_ae3d);
    h = (h ^ (h >> 15)).wrapping_mul(0x2c1b_3c6d);
    h = (h ^ (h >> 12)).wrapping_mul(0x297a_2d39);
    ((h ^ (h >> 15)) >> 8) as f32 / 16_777_216.0
}
