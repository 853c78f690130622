//! Where a picture has most to show: by the entropy of its histogram, or by what draws the eye.
//!
//! Both look at a small copy. What they find is given as shares of the free width and height that
//! lie left of and above the part to be kept.

use flx_resize::FilterType;
use image::{DynamicImage, RgbaImage};

use crate::Gravity;
use crate::geometry::Geometry;
use crate::resize::{TargetSize, resized_by};

/// Longest side of the copy that is looked at, in pixels.
const LOOK: u32 = 128;

/// Skin of all tones has about this direction in the colour cube of sRGB.
const SKIN: [f32; 3] = [0.77, 0.53, 0.36];

/// Darker pixels have colours by accident.
const DARK: f32 = 13.0;

/// The anchor of the most interesting part, or none when the gravity is a point.
pub(crate) fn anchor(
    image: &DynamicImage,
    geometry: &Geometry,
    gravity: Gravity,
) -> Option<(f64, f64)> {
    if matches!(gravity, Gravity::Point(_)) {
        return None;
    }
    let small = small(image);
    let part = geometry.part_of(small.width(), small.height());
    let window = ((part.width.round() as u32).max(1), (part.height.round() as u32).max(1));
    Some(match gravity {
        Gravity::Attention => attention(&small, window),
        _ => entropy(&small, window),
    })
}

fn small(image: &DynamicImage) -> RgbaImage {
    let size = TargetSize { width: image.width(), height: image.height() };
    let look = std::num::NonZeroU32::new(LOOK);
    resized_by(image, size.fit(look, look), FilterType::Box).into_rgba8()
}

/// Invisible pixels show nothing, so they count as black.
fn pixel(image: &RgbaImage, x: u32, y: u32) -> [f32; 3] {
    let [r, g, b, alpha] = image.get_pixel_checked(x, y).map_or([0; 4], |pixel| pixel.0);
    [r, g, b].map(|channel| f32::from(channel) * f32::from(alpha) / 255.0)
}

/// Luma of BT.601, 0–255.
fn brightness([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

/// Cuts slices off both ends, each time the one that tells less, until the window is left.
fn entropy(image: &RgbaImage, window: (u32, u32)) -> (f64, f64) {
    let free = (image.width().saturating_sub(window.0), image.height().saturating_sub(window.1));
    if free.0 == 0 && free.1 == 0 {
        return (0.5, 0.5);
    }
    let across = free.0 >= free.1;
    let (side, window, free) =
        if across { (image.width(), window.0, free.0) } else { (image.height(), window.1, free.1) };
    let step = free.div_ceil(8).max(1);
    let (mut start, mut end) = (0, side);
    while end - start > window {
        let slice = step.min(end - start - window);
        let of = |from: u32| slice_entropy(image, across, from..from + slice);
        if of(start) < of(end - slice) {
            start += slice;
        } else {
            end -= slice;
        }
    }
    let share = f64::from(start) / f64::from(free);
    if across { (share, 0.5) } else { (0.5, share) }
}

/// Shannon's entropy of the values in some columns (or rows), in bits, over the three colours: in
/// grey a face may be no other than the wall behind it.
fn slice_entropy(image: &RgbaImage, columns: bool, range: std::ops::Range<u32>) -> f64 {
    let mut histograms = [[0u32; 256]; 3];
    let mut count = 0u32;
    for (x, y, _) in image.enumerate_pixels() {
        if range.contains(if columns { &x } else { &y }) {
            for (histogram, value) in histograms.iter_mut().zip(pixel(image, x, y)) {
                if let Some(bin) = histogram.get_mut(value as usize) {
                    *bin += 1;
                }
            }
            count += 1;
        }
    }
    let total = f64::from(count.max(1));
    let bits = |bin: &u32| {
        let share = f64::from(*bin) / total;
        -share * share.log2()
    };
    histograms.iter().flatten().filter(|bin| **bin > 0).map(bits).sum()
}

/// Centres the window on the greatest smoothed sum of edges, saturation and skin.
fn attention(image: &RgbaImage, window: (u32, u32)) -> (f64, f64) {
    let (width, height) = image.dimensions();
    let scores: Vec<f32> = (0..height)
        .flat_map(|y| (0..width).map(move |x| (x, y)))
        .map(|(x, y)| notice(image, x, y))
        .collect();
    let sigma = (f64::from(window.0).hypot(f64::from(window.1)) / 10.0).max(1.0);
    let across = smoothed(&scores, width as usize, sigma as f32);
    let smooth = transposed(
        &smoothed(&transposed(&across, width as usize), height as usize, sigma as f32),
        height as usize,
    );
    // Of all that come near the greatest the one nearest the middle, so that a plain picture, whose
    // sums differ by rounding only, is cut evenly.
    let greatest = smooth.iter().copied().fold(0.0f32, f32::max);
    let columns = width.max(1);
    let off_middle =
        |at: u32| (at % columns).abs_diff(width / 2) + (at / columns).abs_diff(height / 2);
    let best = (0u32..)
        .zip(&smooth)
        .filter(|(_, sum)| **sum >= greatest * 0.999)
        .map(|(at, _)| at)
        .min_by_key(|at| off_middle(*at))
        .unwrap_or_default();
    let share = |centre: u32, side: u32, window: u32| {
        let free = f64::from(side) - f64::from(window);
        if free < 1.0 {
            return 0.5;
        }
        ((f64::from(centre) + 0.5 - f64::from(window) / 2.0) / free).clamp(0.0, 1.0)
    };
    (share(best % columns, width, window.0), share(best / columns, height, window.1))
}

/// How much one pixel draws the eye.
fn notice(image: &RgbaImage, x: u32, y: u32) -> f32 {
    let colour = pixel(image, x, y);
    let here = brightness(colour);
    let next = |dx: i32, dy: i32| {
        let column = x.saturating_add_signed(dx).min(image.width() - 1);
        let row = y.saturating_add_signed(dy).min(image.height() - 1);
        brightness(pixel(image, column, row))
    };
    let edge = (4.0 * here - next(-1, 0) - next(1, 0) - next(0, -1) - next(0, 1)).abs();
    if here < DARK {
        return 5.0 * edge;
    }
    let [r, g, b] = colour;
    let saturation = r.max(g).max(b) - r.min(g).min(b);
    let length = (r * r + g * g + b * b).sqrt().max(1.0);
    let off: f32 = colour
        .iter()
        .zip(SKIN)
        .map(|(channel, skin)| (channel / length - skin).powi(2))
        .sum::<f32>()
        .sqrt();
    let skin = (1.0 - off / 0.3).max(0.0) * 100.0;
    5.0 * edge + saturation + skin
}

/// A Gaussian along the rows. Beyond the edges lies nothing.
fn smoothed(values: &[f32], width: usize, sigma: f32) -> Vec<f32> {
    let reach = (sigma * 3.0).ceil() as usize;
    let weights: Vec<f32> =
        (0..=reach).map(|at| (-0.5 * (at as f32 / sigma).powi(2)).exp()).collect();
    let mut out = Vec::with_capacity(values.len());
    for row in values.chunks(width.max(1)) {
        for at in 0..row.len() {
            let from = at.saturating_sub(reach);
            let near = row.get(from..(at + reach + 1).min(row.len())).unwrap_or_default();
            let weighted = near.iter().enumerate().map(|(index, value)| {
                value * weights.get((from + index).abs_diff(at)).copied().unwrap_or_default()
            });
            out.push(weighted.sum());
        }
    }
    out
}

fn transposed(values: &[f32], width: usize) -> Vec<f32> {
    let width = width.max(1);
    (0..width).flat_map(|x| values.iter().skip(x).step_by(width)).copied().collect()
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn noise(x: u32, y: u32) -> Rgba<u8> {
        let value = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(40_503)) >> 7;
        Rgba([value as u8, (value >> 3) as u8, (value >> 5) as u8, 255])
    }

    #[test]
    fn entropy_keeps_the_end_that_has_detail() {
        let right =
            RgbaImage::from_fn(
                120,
                40,
                |x, y| {
                    if x > 70 { noise(x, y) } else { Rgba([90, 90, 90, 255]) }
                },
            );
        assert!(entropy(&right, (40, 40)).0 > 0.8);
        let top =
            RgbaImage::from_fn(
                40,
                120,
                |x, y| {
                    if y < 40 { noise(x, y) } else { Rgba([90, 90, 90, 255]) }
                },
            );
        assert!(entropy(&top, (40, 40)).1 < 0.2);
    }

    #[test]
    fn attention_finds_skin_and_edges() {
        let face = RgbaImage::from_fn(120, 40, |x, y| {
            let near = (x as f32 - 95.0).hypot(y as f32 - 20.0) < 12.0;
            if near { Rgba([215, 150, 110, 255]) } else { Rgba([80, 85, 90, 255]) }
        });
        let (x, _) = attention(&face, (40, 40));
        assert!((x - 75.0 / 80.0).abs() < 0.1, "{x}");
    }

    #[test]
    fn a_plain_picture_is_cut_in_the_middle() {
        let plain = RgbaImage::from_pixel(120, 40, Rgba([90, 90, 90, 255]));
        let (x, y) = attention(&plain, (40, 40));
        assert!((x - 0.5).abs() < 0.1 && (y - 0.5).abs() < 1e-9, "{x} {y}");
    }
}
