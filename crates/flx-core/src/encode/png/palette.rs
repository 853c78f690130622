//! Reducing a picture to a palette.

use image::{DynamicImage, GenericImageView};
use oxipng::{BitDepth, ColorType, RGBA8, RawImage};
use quantizr::{Image, Options, QuantizeResult};

use super::{failed, raw};
use crate::{Error, Format};

/// A picture in the colours of a palette, and whether these are all the colours that it has.
pub(super) struct Reduced {
    pub(super) raw: RawImage,
    pub(super) is_lossless: bool,
}

/// The picture in at most 256 colours, dithered by error diffusion.
///
/// From quality 70 on the palette is as large as PNG allows; below it shrinks, to 64 colours at
/// quality 40. A picture that has no more colours than that keeps every pixel.
pub(super) fn reduced(image: &DynamicImage, quality: f32) -> Result<Reduced, Error> {
    let refused = |error: quantizr::Error| failed(Format::Png, error);
    let mut rgba = image.to_rgba8();
    let invisible = rgba.pixels().any(|pixel| pixel.0[3] == 0);
    for pixel in rgba.pixels_mut().filter(|pixel| pixel.0[3] == 0) {
        // All that is invisible is one colour.
        pixel.0 = [0; 4];
    }
    let (width, height) = (rgba.width() as usize, rgba.height() as usize);
    let source = Image::new(rgba.as_raw(), width, height).map_err(refused)?;
    let mut options = Options::default();
    options.set_max_colors(colours(quality) - i32::from(invisible)).map_err(refused)?;
    let mut result = QuantizeResult::quantize(&source, &options);
    result.set_dithering_level(1.0).map_err(refused)?;
    let mut indices = vec![0; width * height];
    result.remap_image(&source, &mut indices).map_err(refused)?;
    let palette = result.get_palette();
    let mut palette: Vec<RGBA8> = palette
        .entries
        .iter()
        .take(palette.count as usize)
        .map(|colour| RGBA8::new(colour.r, colour.g, colour.b, colour.a))
        .collect();
    if result.get_error() > 0.0 {
        // What was opaque must not shine through because of a mean with its neighbours.
        palette.iter_mut().filter(|entry| entry.a >= NEARLY_OPAQUE).for_each(|entry| entry.a = 255);
    }
    // Diffused errors may have made visible what was not, and let shine through what was opaque.
    let nothing = if invisible { transparent(&mut palette) } else { 0 };
    for (index, pixel) in indices.iter_mut().zip(rgba.pixels()) {
        match pixel.0[3] {
            0 => *index = nothing,
            255 if palette.get(usize::from(*index)).is_some_and(|entry| entry.a < 255) => {
                *index = nearest_opaque(&palette, pixel.0).unwrap_or(*index);
            }
            _ => {}
        }
    }
    let is_lossless = holds_every_pixel(image, &palette, &indices);
    let raw = raw(image, ColorType::Indexed { palette }, BitDepth::Eight, indices)?;
    Ok(Reduced { raw, is_lossless })
}

/// Whether each pixel of an 8-bit picture is its entry in the palette, alpha and all.
fn holds_every_pixel(image: &DynamicImage, palette: &[RGBA8], indices: &[u8]) -> bool {
    let is_deep = image.color().bytes_per_pixel() > image.color().channel_count();
    let entry = |index: &u8| palette.get(usize::from(*index));
    let mut pairs = indices.iter().map(entry).zip(image.pixels());
    !is_deep
        && pairs.all(|(entry, (_, _, pixel))| {
            entry.is_some_and(|entry| [entry.r, entry.g, entry.b, entry.a] == pixel.0)
        })
}

/// Alpha of entries that are meant to be opaque.
const NEARLY_OPAQUE: u8 = 250;

/// The entry of what is invisible, for which there is room.
fn transparent(palette: &mut Vec<RGBA8>) -> u8 {
    let place = palette.iter().position(|entry| entry.a == 0).unwrap_or_else(|| {
        palette.push(RGBA8::new(0, 0, 0, 0));
        palette.len() - 1
    });
    u8::try_from(place).unwrap_or(u8::MAX)
}

/// The opaque entry that is most like a pixel, if there is one.
fn nearest_opaque(palette: &[RGBA8], [red, green, blue, _]: [u8; 4]) -> Option<u8> {
    let squared = |one: u8, other: u8| u32::from(one.abs_diff(other)).pow(2);
    let (index, _) = palette.iter().enumerate().filter(|(_, entry)| entry.a == 255).min_by_key(
        |(_, entry)| squared(entry.r, red) + squared(entry.g, green) + squared(entry.b, blue),
    )?;
    u8::try_from(index).ok()
}

fn colours(quality: f32) -> i32 {
    let share = ((quality - 40.0) / 30.0).clamp(0.0, 1.0);
    (64.0 + 192.0 * share).round() as i32
}
