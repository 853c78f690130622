//! Rows as a decoder gives them: kept as they are, or scaled while they arrive, so that a picture
//! that is scaled never stands in memory whole.

use std::ops::Range;

use flx_resize::{
    FilterType, Image, ImageRef, PixelType, ResizeAlg, ResizeOptions, Resizer, resize_samples,
};

use crate::resize::TargetSize;

/// Lobes of the Lanczos filter.
const LOBES: f64 = 3.0;

/// Strips of the result that a picture is scaled in. The filter's horizontal weights are computed
/// for each anew, so there must not be many.
const STRIPS: u32 = 4;

/// Rows of a picture, or of a plane, that are filled one after the other.
pub(super) struct Rows {
    /// Samples across, and rows.
    source: TargetSize,
    /// The part of them that is shown, from the upper left corner: the last halved sample of an odd
    /// side is half outside.
    shown: (f64, f64),
    target: TargetSize,
    channels: Channels,
    /// Rows that are still needed.
    window: Vec<u8>,
    /// The number of the first of them.
    first: u32,
    /// Rows that have been filled.
    filled: u32,
    scaler: Option<Scaler>,
}

/// Interleaved samples a pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Channels {
    One,
    Three,
}

impl Channels {
    const fn count(self) -> usize {
        match self {
            Self::One => 1,
            Self::Three => 3,
        }
    }

    const fn pixel_type(self) -> PixelType {
        match self {
            Self::One => PixelType::U8,
            Self::Three => PixelType::U8x3,
        }
    }
}

/// What is done of the result.
struct Scaler {
    resizer: Resizer,
    samples: Vec<u8>,
    done: u32,
}

impl Rows {
    /// All of `source` is shown at the size of `target`.
    pub(super) fn new(source: TargetSize, target: TargetSize, channels: Channels) -> Self {
        let shown = (f64::from(source.width), f64::from(source.height));
        Self::showing(source, shown, target, channels)
    }

    /// So many columns and rows of `source` are shown at the size of `target`.
    pub(super) fn showing(
        source: TargetSize,
        shown: (f64, f64),
        target: TargetSize,
        channels: Channels,
    ) -> Self {
        let scaler = (source != target).then(|| Scaler {
            resizer: Resizer::new(),
            samples: vec![0; size(target, channels)],
            done: 0,
        });
        let mut rows = Self {
            source,
            shown,
            target,
            channels,
            window: Vec::new(),
            first: 0,
            filled: 0,
            scaler,
        };
        let kept = if rows.scaler.is_some() { rows.most_rows() } else { source.height };
        rows.window.reserve_exact(kept as usize * rows.stride());
        rows
    }

    /// The next row, to be filled.
    pub(super) fn next(&mut self) -> &mut [u8] {
        let start = (self.filled - self.first) as usize * self.stride();
        self.window.resize(start + self.stride(), 0);
        self.window.get_mut(start..).unwrap_or_default()
    }

    /// The row that `next` gave is filled. `None` where the picture cannot be scaled.
    pub(super) fn advance(&mut self) -> Option<()> {
        self.filled += 1;
        while let Some(strip) = self.strip() {
            self.scale(strip)?;
        }
        Some(())
    }

    /// The samples of the result; `None` where rows are missing.
    pub(super) fn finish(self) -> Option<Vec<u8>> {
        let samples = match self.scaler {
            Some(scaler) if scaler.done == self.target.height => scaler.samples,
            Some(_) => return None,
            None => self.window,
        };
        (samples.len() == size(self.target, self.channels)).then_some(samples)
    }

    fn stride(&self) -> usize {
        self.source.width as usize * self.channels.count()
    }

    /// Rows of the source for one of the result.
    fn ratio(&self) -> f64 {
        self.shown.1 / f64::from(self.target.height.max(1))
    }

    /// The rows that a strip of the result is made of, and one more on either side for rounding.
    fn needed(&self, strip: &Range<u32>) -> Range<u32> {
        let ratio = self.ratio();
        let reach = LOBES * ratio.max(1.0) + 1.0;
        let first = (f64::from(strip.start) + 0.5) * ratio - reach;
        let last = (f64::from(strip.end) - 0.5) * ratio + reach;
        first.max(0.0) as u32..(last.ceil() as u32).min(self.source.height)
    }

    fn strip_from(&self, start: u32) -> Range<u32> {
        let height = self.target.height.div_ceil(STRIPS).max(1);
        start..start.saturating_add(height).min(self.target.height)
    }

    fn most_rows(&self) -> u32 {
        let height = self.strip_from(0).end;
        ((f64::from(height) + 2.0 * LOBES) * self.ratio() + 2.0 * LOBES + 4.0) as u32
    }

    /// The next strip, where all rows are there that it is made of.
    fn strip(&self) -> Option<Range<u32>> {
        let done = self.scaler.as_ref()?.done;
        let strip = self.strip_from(done);
        (!strip.is_empty() && self.filled >= self.needed(&strip).end).then_some(strip)
    }

    fn scale(&mut self, strip: Range<u32>) -> Option<()> {
        let (ratio, stride) = (self.ratio(), self.stride());
        let keep_from = self.needed(&self.strip_from(strip.end)).start.min(self.filled);
        let line = size(TargetSize { height: 1, ..self.target }, self.channels);
        let kind = self.channels.pixel_type();
        let scaler = self.scaler.as_mut()?;

        let held = self.filled - self.first;
        let rows = self.window.get(..held as usize * stride)?;
        let rows = ImageRef::new(self.source.width, held, rows, kind).ok()?;
        let part = line * strip.start as usize..line * strip.end as usize;
        let height = strip.end - strip.start;
        let part = scaler.samples.get_mut(part)?;
        let mut part = Image::from_slice_u8(self.target.width, height, part, kind).ok()?;
        let top = f64::from(strip.start) * ratio - f64::from(self.first);
        // The last strip ends where the picture does, whatever the quotients rounded to.
        let shown = (f64::from(height) * ratio).min(f64::from(held) - top);
        let options = ResizeOptions::new()
            .resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3))
            .crop(0.0, top, self.shown.0, shown);
        resize_samples(&mut scaler.resizer, &rows, &mut part, &options).ok()?;
        scaler.done = strip.end;

        self.window.drain(..(keep_from - self.first) as usize * stride);
        self.first = keep_from;
        Some(())
    }
}

fn size(target: TargetSize, channels: Channels) -> usize {
    target.width as usize * target.height as usize * channels.count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::geometry::Part;
    use crate::resize::convolved;
    use image::{DynamicImage, GrayImage, RgbImage};

    fn sample(at: usize) -> u8 {
        ((at * 7919) % 251) as u8 / 2 + ((at / 97) % 120) as u8
    }

    fn by_rows(image: &[u8], mut rows: Rows) -> Vec<u8> {
        for row in image.chunks_exact(rows.stride()) {
            rows.next().copy_from_slice(row);
            rows.advance().unwrap();
        }
        rows.finish().unwrap()
    }

    #[test]
    fn rows_at_their_own_size_stay_as_they_are() {
        let size = TargetSize { width: 5, height: 4 };
        let samples: Vec<u8> = (0..60).map(sample).collect();
        assert_eq!(by_rows(&samples, Rows::new(size, size, Channels::Three)), samples);
    }

    #[test]
    fn a_picture_scaled_by_rows_is_the_one_scaled_whole() {
        let sizes = [(300, 200, 160, 107), (97, 301, 13, 40), (64, 64, 64, 63), (5, 3, 4, 1)];
        for (width, height, across, down) in sizes {
            let rgb = RgbImage::from_fn(width, height, |x, y| {
                let at = (y * width + x) as usize * 3;
                image::Rgb([sample(at), sample(at + 1), sample(at + 2)])
            });
            let source = TargetSize { width, height };
            let target = TargetSize { width: across, height: down };
            let scaled = by_rows(&rgb, Rows::new(source, target, Channels::Three));
            let image = DynamicImage::ImageRgb8(rgb);
            let whole = convolved(&image, Part::whole(source), target, FilterType::Lanczos3);
            let worst = scaled.iter().zip(whole.as_bytes()).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(worst <= Some(1), "{width}×{height} → {across}×{down}: {worst:?}");
        }
    }

    #[test]
    fn halved_planes_of_odd_sides_are_shown_in_part() {
        let plane = GrayImage::from_fn(51, 41, |x, y| image::Luma([sample((y * 51 + x) as usize)]));
        let (source, target) =
            (TargetSize { width: 51, height: 41 }, TargetSize { width: 60, height: 48 });
        let rows = Rows::showing(source, (50.5, 40.5), target, Channels::One);
        let scaled = by_rows(&plane, rows);
        let part = Part { left: 0.0, top: 0.0, width: 50.5, height: 40.5 };
        let image = DynamicImage::ImageLuma8(plane);
        let whole = convolved(&image, part, target, FilterType::Lanczos3);
        let worst = scaled.iter().zip(whole.as_bytes()).map(|(a, b)| a.abs_diff(*b)).max();
        assert!(worst <= Some(1), "{worst:?}");
    }

    #[test]
    fn missing_rows_are_told() {
        let source = TargetSize { width: 40, height: 40 };
        let target = TargetSize { width: 10, height: 10 };
        let mut rows = Rows::new(source, target, Channels::One);
        for _ in 0..39 {
            rows.next().fill(7);
            rows.advance().unwrap();
        }
        assert!(rows.finish().is_none());
    }
}
