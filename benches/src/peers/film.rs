//! Animations as they are seen: frames, and when each begins.

use image::RgbImage;
use image::imageops::crop_imm;

use super::scope::spread;

/// A frame of an animation.
pub struct Shown {
    /// When it begins, in milliseconds from the start.
    pub start: u32,
    /// What is seen of it, on white.
    pub picture: RgbImage,
}

/// Frames that are looked at of a longer animation.
const LOOKED_AT: usize = 10;

/// Frames that stand one below the other, with the milliseconds of each.
#[must_use]
pub fn frames(strip: &RgbImage, delays: &[u32]) -> Vec<Shown> {
    let count = u32::try_from(delays.len()).unwrap_or(u32::MAX).max(1);
    let height = strip.height() / count;
    let mut start = 0;
    (0..count)
        .zip(delays)
        .map(|(place, delay)| {
            let picture = crop_imm(strip, 0, place * height, strip.width(), height).to_image();
            let shown = Shown { start, picture };
            // As browsers and flx take it: what is shown for less is shown for a tenth of a second.
            start += if *delay <= 10 { 100 } else { *delay };
            shown
        })
        .collect()
}

/// Pairs of what is to be seen and what is seen at that time, evenly spread: programs join frames
/// that repeat.
pub fn pairs<'a>(
    wanted: &'a [Shown],
    shown: &'a [Shown],
) -> impl Iterator<Item = (&'a RgbImage, &'a RgbImage)> {
    spread(wanted, LOOKED_AT).into_iter().filter_map(|one| {
        let other = shown.iter().rev().find(|other| other.start <= one.start)?;
        Some((&one.picture, &other.picture))
    })
}
