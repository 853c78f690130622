//! From interleaved samples to planes.

use std::borrow::Cow;

use super::matte::under_alpha;
use super::planes::{Chroma, Depth, Layers, Planes, Samples};

/// A sample of a picture, 8 or 16 bit.
pub(super) trait Code: Copy + PartialEq {
    const MAX: Self;

    fn value(self) -> f32;

    /// Rounds a value that lies within the range.
    fn of(value: f32) -> Self;
}

impl Code for u8 {
    const MAX: Self = u8::MAX;

    fn value(self) -> f32 {
        f32::from(self)
    }

    fn of(value: f32) -> Self {
        (value + 0.5) as u8
    }
}

impl Code for u16 {
    const MAX: Self = u16::MAX;

    fn value(self) -> f32 {
        f32::from(self)
    }

    fn of(value: f32) -> Self {
        (value + 0.5) as u16
    }
}

/// Planes of samples with one (grey) to four (RGB and alpha) channels.
pub(super) fn layers<S: Code>(
    samples: &[S],
    channels: usize,
    width: usize,
    depth: Depth,
    chroma: Chroma,
) -> Layers<'static> {
    let has_alpha = channels.is_multiple_of(2);
    let is_opaque = |pixel: &[S]| pixel.last() == Some(&S::MAX);
    if !has_alpha || samples.chunks_exact(channels).all(is_opaque) {
        return Layers { colour: colour(samples, channels, width, depth, chroma), alpha: None };
    }
    let shown = under_alpha(samples, channels, width);
    let alphas: Vec<S> =
        samples.chunks_exact(channels).filter_map(|pixel| pixel.last().copied()).collect();
    Layers {
        colour: colour(&shown, channels, width, depth, chroma),
        alpha: Some(colour(&alphas, 1, width, depth, chroma)),
    }
}

fn colour<S: Code>(
    samples: &[S],
    channels: usize,
    width: usize,
    depth: Depth,
    chroma: Chroma,
) -> Planes<'static> {
    let grid = Grid { samples, channels, width };
    let eight = |codes| Samples::Eight(Cow::Owned(codes));
    let (luma, both) = match depth {
        Depth::Eight => {
            let (luma, both) = grid.coded::<u8>(255.0, chroma);
            (eight(luma), both.map(|planes| planes.map(eight)))
        }
        Depth::Ten => {
            let (luma, both) = grid.coded::<u16>(1023.0, chroma);
            (Samples::Ten(luma), both.map(|planes| planes.map(Samples::Ten)))
        }
    };
    let height = samples.len() / (channels * width).max(1);
    Planes {
        width: width as u32,
        height: height as u32,
        depth,
        luma,
        chroma: both.map(|planes| (chroma, planes)),
    }
}

struct Grid<'a, S> {
    samples: &'a [S],
    channels: usize,
    width: usize,
}

impl<S: Code> Grid<'_, S> {
    /// Luma, then blue and red unless the samples are grey, as codes from 0 to `max`.
    fn coded<T: Code>(&self, max: f32, chroma: Chroma) -> (Vec<T>, Option<[Vec<T>; 2]>) {
        let scale = max / S::MAX.value();
        if self.channels < 3 {
            let grey = |pixel: &[S]| pixel.first().map_or(0.0, |code| code.value() * scale);
            let codes = self.samples.chunks_exact(self.channels).map(|pixel| T::of(grey(pixel)));
            return (codes.collect(), None);
        }
        let count = self.samples.len() / self.channels;
        let mut luma = Vec::with_capacity(count);
        let step = if chroma == Chroma::Full { 1 } else { 2 };
        let mut both = [(); 2].map(|()| Vec::with_capacity(count / (step * step) + self.width));
        let [blues, reds] = &mut both;
        let middle = ((max + 1.0) / 2.0).floor();
        let code = |sum: f32, count: usize| T::of((sum / count as f32 + middle).clamp(0.0, max));
        let mut sums = vec![(0.0, 0.0); self.width.div_ceil(step)];
        for rows in self.samples.chunks(step * self.width * self.channels) {
            sums.fill((0.0, 0.0));
            for row in rows.chunks_exact(self.width * self.channels) {
                for (cell, (blue, red)) in row.chunks(step * self.channels).zip(&mut sums) {
                    for pixel in cell.chunks_exact(self.channels) {
                        let [r, g, b, ..] = pixel else { continue };
                        let (r, g, b) = (r.value() * scale, g.value() * scale, b.value() * scale);
                        let grey = 0.299 * r + 0.587 * g + 0.114 * b;
                        luma.push(T::of(grey));
                        *blue += (b - grey) * (1.0 / 1.772);
                        *red += (r - grey) * (1.0 / 1.402);
                    }
                }
            }
            let lines = rows.len() / (self.width * self.channels);
            for (index, (blue, red)) in sums.iter().enumerate() {
                let count = lines * step.min(self.width - index * step);
                blues.push(code(*blue, count));
                reds.push(code(*red, count));
            }
        }
        (luma, Some(both))
    }
}
