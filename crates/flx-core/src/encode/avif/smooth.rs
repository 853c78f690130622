//! Whether a picture is mostly smooth: sky, walls, blurred backgrounds.

use super::planes::{Planes, Samples};

/// Side in pixels of the blocks looked at.
const SIDE: usize = 8;

/// Rows and columns of blocks looked at, at most.
const GRID: usize = 64;

/// A block is even when its luma strays by less than this from its mean, in 8-bit code values.
const EVEN: f32 = 2.0;

/// So many of a smooth picture's blocks are even.
const SHARE: f32 = 0.4;

/// Whether more than two fifths of the picture are even. Steep matrices take from smooth areas what
/// is left to see in them: there, flat ones save 5 to 15 % at equal score.
pub(super) fn is_smooth(planes: &Planes<'_>) -> bool {
    let (width, height) = (planes.width as usize, planes.height as usize);
    let (mut even, mut all) = (0_u32, 0_u32);
    for top in starts(height) {
        for left in starts(width) {
            let deviation = match &planes.luma {
                Samples::Eight(luma) => deviation(luma, width, (left, top), f32::from),
                Samples::Ten(luma) => {
                    deviation(luma, width, (left, top), |code| f32::from(code) / 4.0)
                }
            };
            all += 1;
            even += u32::from(deviation < EVEN);
        }
    }
    even as f32 > all as f32 * SHARE
}

/// Where along one axis the blocks begin, evenly spread.
fn starts(length: usize) -> impl Iterator<Item = usize> + Clone {
    let blocks = (length / SIDE).clamp(1, GRID);
    let room = length.saturating_sub(SIDE);
    (0..blocks).map(move |index| room * index / blocks.saturating_sub(1).max(1))
}

/// Standard deviation of a block's samples.
fn deviation<T: Copy>(
    samples: &[T],
    stride: usize,
    (left, top): (usize, usize),
    code: impl Fn(T) -> f32,
) -> f32 {
    let (mut sum, mut squares, mut count) = (0.0_f32, 0.0_f32, 0.0_f32);
    for row in samples.chunks(stride.max(1)).skip(top).take(SIDE) {
        for sample in row.iter().skip(left).take(SIDE) {
            let value = code(*sample);
            sum += value;
            squares += value * value;
            count += 1.0;
        }
    }
    let count = count.max(1.0);
    (squares / count - (sum / count).powi(2)).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use std::borrow::Cow;

    use super::super::planes::Depth;
    use super::*;

    fn planes(luma: &[u8], width: u32) -> Planes<'_> {
        let height = luma.len() as u32 / width;
        let luma = Samples::Eight(Cow::Borrowed(luma));
        Planes { width, height, depth: Depth::Eight, luma, chroma: None }
    }

    #[test]
    fn a_gradient_is_smooth_and_grain_is_not() {
        let ramp: Vec<u8> = (0..200 * 100).map(|at| (at % 200 / 2) as u8).collect();
        assert!(is_smooth(&planes(&ramp, 200)));
        let grain: Vec<u8> = (0..200 * 100_u32).map(|at| (at * 7919 % 251) as u8).collect();
        assert!(!is_smooth(&planes(&grain, 200)));
    }

    #[test]
    fn half_a_sky_suffices_and_pictures_of_a_pixel_are_judged_too() {
        let half: Vec<u8> = (0..160 * 160_u32)
            .map(|at| if at < 80 * 160 { 200 } else { (at * 7919 % 251) as u8 })
            .collect();
        assert!(is_smooth(&planes(&half, 160)));
        assert!(is_smooth(&planes(&[7], 1)));
    }
}
