//! From the planes of an AV1 frame to RGB (ITU-T H.273, section 8.3).

use image::{DynamicImage, ImageBuffer};
use re_rav1d::dav1d::{Picture as Frame, PixelLayout, PlanarImageComponent as Component, Plane};

use crate::isobmff::Cicp;
use crate::probe::corrupt;
use crate::{Error, SourceFormat};

/// A picture into which frames are drawn, tile by tile: 8 bit, or 16 bit for deeper streams.
pub(super) struct Canvas {
    width: u32,
    height: u32,
    channels: usize,
    samples: Samples,
}

/// Whether a canvas holds colours.
#[derive(Debug, Clone, Copy)]
pub(super) enum Colours {
    Grey,
    Rgb,
}

enum Samples {
    Eight(Vec<u8>),
    Sixteen(Vec<u16>),
}

impl Canvas {
    /// A canvas that keeps what a stream of this bit depth holds.
    pub(super) fn new(width: u32, height: u32, bit_depth: u8, colours: Colours) -> Self {
        let samples =
            if bit_depth > 8 { Samples::Sixteen(Vec::new()) } else { Samples::Eight(Vec::new()) };
        let channels = match colours {
            Colours::Grey => 1,
            Colours::Rgb => 3,
        };
        Self { width, height, channels: 0, samples }.with_channels(channels)
    }

    /// Adds an alpha channel. The canvas must still be blank.
    pub(super) fn with_alpha(self) -> Self {
        let channels = self.channels + 1;
        self.with_channels(channels)
    }

    fn with_channels(mut self, channels: usize) -> Self {
        let count = self.width as usize * self.height as usize * channels;
        self.channels = channels;
        match &mut self.samples {
            Samples::Eight(samples) => samples.resize(count, 0),
            Samples::Sixteen(samples) => samples.resize(count, 0),
        }
        self
    }

    /// Draws the frame's colours with its upper left corner at a place; what lies outside is cut.
    pub(super) fn draw_colour(
        &mut self,
        frame: &Frame,
        cicp: Cicp,
        left: u32,
        top: u32,
    ) -> Result<(), Error> {
        if self.channels < 3 && frame.pixel_layout() != PixelLayout::I400 {
            return Err(corrupt(SourceFormat::Avif, "a stream said to be grey has colours"));
        }
        let conversion = Conversion::new(frame, cicp)?;
        let mut rows = Rows::new(frame);
        self.draw(frame, left, top, |y, pixels| {
            rows.load(y);
            for (pixel, ((y, u), v)) in pixels.zip(rows.luma.iter().zip(&rows.u).zip(&rows.v)) {
                pixel.set_rgb(conversion.rgb(*y, *u, *v));
            }
        });
        Ok(())
    }

    /// Takes the frame's luma as alpha.
    pub(super) fn draw_alpha(&mut self, frame: &Frame, left: u32, top: u32) -> Result<(), Error> {
        use re_rav1d::dav1d::pixel::YUVRange;
        let full_range = matches!(frame.color_range(), YUVRange::Full);
        let range = Range::new(bit_depth(frame), full_range);
        let luma = frame.plane(Component::Y);
        let stride = frame.stride(Component::Y) as usize;
        let mut row = vec![0.0; frame.width() as usize];
        self.draw(frame, left, top, |y, pixels| {
            load_row(&luma, stride, y, bit_depth(frame), &mut row);
            for (pixel, value) in pixels.zip(&row) {
                pixel.set_alpha(range.luma(*value));
            }
        });
        Ok(())
    }

    fn draw(
        &mut self,
        frame: &Frame,
        left: u32,
        top: u32,
        mut row: impl FnMut(usize, &mut dyn Iterator<Item = Pixel<'_>>),
    ) {
        let stride = self.width as usize * self.channels;
        let visible = frame.width().min(self.width.saturating_sub(left)) as usize;
        let start = left as usize * self.channels;
        let end = start + visible * self.channels;
        let lines = frame.height() as usize;
        match &mut self.samples {
            Samples::Eight(samples) => {
                let targets = samples.chunks_exact_mut(stride).skip(top as usize).take(lines);
                for (y, target) in targets.enumerate() {
                    let part = target.get_mut(start..end).unwrap_or_default();
                    row(y, &mut part.chunks_exact_mut(self.channels).map(Pixel::Eight));
                }
            }
            Samples::Sixteen(samples) => {
                let targets = samples.chunks_exact_mut(stride).skip(top as usize).take(lines);
                for (y, target) in targets.enumerate() {
                    let part = target.get_mut(start..end).unwrap_or_default();
                    row(y, &mut part.chunks_exact_mut(self.channels).map(Pixel::Sixteen));
                }
            }
        }
    }

    pub(super) fn into_image(self) -> Option<DynamicImage> {
        let (width, height) = (self.width, self.height);
        let from_8 = |samples| match self.channels {
            1 => ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageLuma8),
            2 => ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageLumaA8),
            3 => ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgb8),
            _ => ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgba8),
        };
        let from_16 = |samples| match self.channels {
            1 => ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageLuma16),
            2 => ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageLumaA16),
            3 => ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgb16),
            _ => ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgba16),
        };
        match self.samples {
            Samples::Eight(samples) => from_8(samples),
            Samples::Sixteen(samples) => from_16(samples),
        }
    }
}

/// One pixel of the canvas; values are set from 0–1.
enum Pixel<'a> {
    Eight(&'a mut [u8]),
    Sixteen(&'a mut [u16]),
}

impl Pixel<'_> {
    /// Sets the colours; a grey pixel takes the first of three that are equal.
    fn set_rgb(self, rgb: [f32; 3]) {
        // Casts from float saturate, so that no clamping is needed.
        match self {
            Self::Eight(samples) => {
                samples.iter_mut().zip(rgb).for_each(|(s, v)| *s = (v * 255.0 + 0.5) as u8);
            }
            Self::Sixteen(samples) => {
                samples.iter_mut().zip(rgb).for_each(|(s, v)| *s = (v * 65_535.0 + 0.5) as u16);
            }
        }
    }

    fn set_alpha(self, value: f32) {
        match self {
            Self::Eight([.., alpha]) => *alpha = (value * 255.0 + 0.5) as u8,
            Self::Sixteen([.., alpha]) => *alpha = (value * 65_535.0 + 0.5) as u16,
            _ => {}
        }
    }
}

/// From code values to 0–1 (luma) and −0.5–0.5 (chroma).
#[derive(Clone, Copy)]
struct Range {
    black: f32,
    luma_scale: f32,
    middle: f32,
    chroma_scale: f32,
}

impl Range {
    fn new(bit_depth: u8, full_range: bool) -> Self {
        let unit = f32::from(1u16 << (bit_depth - 8));
        let middle = 128.0 * unit;
        if full_range {
            let scale = 1.0 / (256.0 * unit - 1.0);
            Self { black: 0.0, luma_scale: scale, middle, chroma_scale: scale }
        } else {
            Self {
                black: 16.0 * unit,
                luma_scale: 1.0 / (219.0 * unit),
                middle,
                chroma_scale: 1.0 / (224.0 * unit),
            }
        }
    }

    fn luma(self, code: f32) -> f32 {
        (code - self.black) * self.luma_scale
    }

    fn chroma(self, code: f32) -> f32 {
        (code - self.middle) * self.chroma_scale
    }
}

/// How luma and chroma make RGB.
#[derive(Clone, Copy)]
enum Matrix {
    Grey,
    /// The planes are green, blue and red.
    Identity,
    YCgCo,
    /// By the weights of red and blue in luma.
    Weights {
        red: f32,
        blue: f32,
    },
}

/// The weights of red and blue that follow from primaries (ITU-T H.273, equations 39 to 44).
const fn derived(primaries: u8) -> Option<(f32, f32)> {
    match primaries {
        // BT.709
        1 | 2 => Some((0.2126, 0.0722)),
        // BT.470 BG, of PAL
        5 => Some((0.2220, 0.0713)),
        // BT.601 and SMPTE 170M, of NTSC
        6 => Some((0.2124, 0.0866)),
        // BT.2020
        9 => Some((0.2627, 0.0593)),
        // P3, taken for one whatever its white
        11 | 12 => Some((0.2290, 0.0793)),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Conversion {
    range: Range,
    matrix: Matrix,
}

impl Conversion {
    fn new(frame: &Frame, cicp: Cicp) -> Result<Self, Error> {
        let layout = frame.pixel_layout();
        let weights = |red, blue| Matrix::Weights { red, blue };
        let matrix = match cicp.matrix {
            _ if layout == PixelLayout::I400 => Matrix::Grey,
            0 if layout == PixelLayout::I444 => Matrix::Identity,
            1 => weights(0.2126, 0.0722),
            4 => weights(0.30, 0.11),
            // Unspecified means BT.601, as other readers take it.
            2 | 5 | 6 => weights(0.299, 0.114),
            7 => weights(0.212, 0.087),
            8 => Matrix::YCgCo,
            9 => weights(0.2627, 0.0593),
            other => {
                let derived = if other == 12 { derived(cicp.primaries) } else { None };
                let (red, blue) = derived.ok_or_else(|| Error::UnsupportedVariant {
                    format: SourceFormat::Avif,
                    variant: format!("matrix coefficients {other} with {layout:?}"),
                })?;
                weights(red, blue)
            }
        };
        Ok(Self { range: Range::new(bit_depth(frame), cicp.full_range), matrix })
    }

    fn rgb(&self, y: f32, u: f32, v: f32) -> [f32; 3] {
        let range = self.range;
        let luma = range.luma(y);
        match self.matrix {
            Matrix::Grey => [luma; 3],
            Matrix::Identity => [range.luma(v), luma, range.luma(u)],
            Matrix::YCgCo => {
                let (green, orange) = (range.chroma(u), range.chroma(v));
                [luma - green + orange, luma + green, luma - green - orange]
            }
            Matrix::Weights { red, blue } => {
                let (cb, cr) = (range.chroma(u), range.chroma(v));
                let r = luma + 2.0 * (1.0 - red) * cr;
                let b = luma + 2.0 * (1.0 - blue) * cb;
                [r, (luma - red * r - blue * b) / (1.0 - red - blue), b]
            }
        }
    }
}

/// The rows of a frame as code values, chroma interpolated to the size of luma.
struct Rows {
    planes: [Plane; 3],
    strides: [usize; 3],
    bit_depth: u8,
    layout: PixelLayout,
    chroma_height: usize,
    luma: Vec<f32>,
    u: Vec<f32>,
    v: Vec<f32>,
    narrow: [Vec<f32>; 2],
}

impl Rows {
    fn new(frame: &Frame) -> Self {
        let width = frame.width() as usize;
        let layout = frame.pixel_layout();
        let grey = layout == PixelLayout::I400;
        // A grey frame has no chroma planes to name; its luma stands in and is not read as such.
        let chroma = |component| if grey { Component::Y } else { component };
        let components = [Component::Y, chroma(Component::U), chroma(Component::V)];
        let narrow_width = match layout {
            PixelLayout::I420 | PixelLayout::I422 => width.div_ceil(2),
            _ => width,
        };
        let height = frame.height() as usize;
        Self {
            planes: components.map(|component| frame.plane(component)),
            strides: components.map(|component| frame.stride(component) as usize),
            bit_depth: bit_depth(frame),
            layout,
            chroma_height: if layout == PixelLayout::I420 { height.div_ceil(2) } else { height },
            luma: vec![0.0; width],
            u: vec![0.0; width],
            v: vec![0.0; width],
            narrow: [vec![0.0; narrow_width], vec![0.0; narrow_width]],
        }
    }

    fn load(&mut self, y: usize) {
        let [luma, u, v] = &self.planes;
        let [luma_stride, u_stride, v_stride] = self.strides;
        load_row(luma, luma_stride, y, self.bit_depth, &mut self.luma);
        if self.layout == PixelLayout::I400 {
            return;
        }
        for (plane, stride, wide) in [(u, u_stride, &mut self.u), (v, v_stride, &mut self.v)] {
            let depth = self.bit_depth;
            match self.layout {
                PixelLayout::I444 => load_row(plane, stride, y, depth, wide),
                PixelLayout::I422 => {
                    let [near, _] = &mut self.narrow;
                    load_row(plane, stride, y, depth, near);
                    widen(near, wide);
                }
                _ => {
                    // Chroma sits in the middle of 2×2 luma samples: three parts of the nearer
                    // row, one of the other.
                    let [near, far] = &mut self.narrow;
                    let other =
                        if y.is_multiple_of(2) { (y / 2).saturating_sub(1) } else { y / 2 + 1 };
                    load_row(plane, stride, y / 2, depth, near);
                    load_row(plane, stride, other.min(self.chroma_height - 1), depth, far);
                    near.iter_mut().zip(far).for_each(|(a, b)| *a = *a * 0.75 + *b * 0.25);
                    widen(near, wide);
                }
            }
        }
    }
}

/// Doubles a row with three parts of the nearer and one of the farther sample.
fn widen(narrow: &[f32], wide: &mut [f32]) {
    let before = narrow.first().into_iter().chain(narrow);
    let after = narrow.iter().skip(1).chain(narrow.last());
    for (pair, ((here, before), after)) in
        wide.chunks_mut(2).zip(narrow.iter().zip(before).zip(after))
    {
        for (target, other) in pair.iter_mut().zip([before, after]) {
            *target = here * 0.75 + other * 0.25;
        }
    }
}

fn load_row(plane: &Plane, stride: usize, y: usize, bit_depth: u8, row: &mut [f32]) {
    let bytes: &[u8] = plane.as_ref();
    let line = bytes.get(y * stride..).unwrap_or_default();
    if bit_depth == 8 {
        row.iter_mut().zip(line).for_each(|(target, byte)| *target = f32::from(*byte));
    } else {
        let (pairs, _) = line.as_chunks::<2>();
        row.iter_mut()
            .zip(pairs)
            .for_each(|(target, pair)| *target = f32::from(u16::from_ne_bytes(*pair)));
    }
}

fn bit_depth(frame: &Frame) -> u8 {
    frame.bits_per_component().map_or(8, |bits| bits.0.clamp(8, 16) as u8)
}

#[cfg(test)]
mod tests {
    use super::derived;

    /// What makes D65 white of three primaries, from their chromaticities.
    fn weights(xy: [[f64; 2]; 3]) -> (f64, f64) {
        let xyz = |[x, y]: [f64; 2]| [x / y, 1.0, (1.0 - x - y) / y];
        let [red, green, blue] = xy.map(xyz);
        let white = xyz([0.3127, 0.3290]);
        let volume = |a: [f64; 3], b: [f64; 3], c: [f64; 3]| {
            a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
                + a[2] * (b[0] * c[1] - b[1] * c[0])
        };
        let all = volume(red, green, blue);
        (volume(white, green, blue) / all, volume(red, green, white) / all)
    }

    #[test]
    fn derived_weights_follow_from_the_primaries() {
        for (number, primaries) in [
            (1, [[0.64, 0.33], [0.30, 0.60], [0.15, 0.06]]),
            (5, [[0.64, 0.33], [0.29, 0.60], [0.15, 0.06]]),
            (6, [[0.630, 0.340], [0.310, 0.595], [0.155, 0.070]]),
            (9, [[0.708, 0.292], [0.170, 0.797], [0.131, 0.046]]),
            (12, [[0.680, 0.320], [0.265, 0.690], [0.150, 0.060]]),
        ] {
            let (red, blue) = derived(number).unwrap();
            let (expected_red, expected_blue) = weights(primaries);
            assert!((f64::from(red) - expected_red).abs() < 1e-4, "{number}: {expected_red}");
            assert!((f64::from(blue) - expected_blue).abs() < 1e-4, "{number}: {expected_blue}");
        }
        assert_eq!(derived(200), None);
    }
}
