//! The picture that the frames of an animation are laid on, one after the other.

use image::{Rgba, RgbaImage};

/// Where a frame stands, in pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) left: u32,
    pub(super) top: u32,
    pub(super) width: u32,
    pub(super) height: u32,
}

/// How a frame comes onto what is there, and what becomes of its place once its time is over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Laying {
    /// Whether what is there shows through; it is replaced otherwise, alpha too.
    pub(super) over: bool,
    pub(super) disposal: Disposal,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Disposal {
    Keep,
    /// To nothing.
    Clear,
    /// To what was there before.
    #[cfg_attr(not(feature = "png"), allow(dead_code, reason = "only APNG has it"))]
    Restore,
}

/// All that earlier frames left, and what is to be done to it before the next one.
pub(super) struct Canvas {
    shown: RgbaImage,
    undo: Undo,
}

enum Undo {
    Nothing,
    Clear(Place),
    Restore(Place, RgbaImage),
}

impl Canvas {
    /// One that shows nothing.
    pub(super) fn new(width: u32, height: u32) -> Self {
        Self { shown: RgbaImage::new(width, height), undo: Undo::Nothing }
    }

    /// The picture with this frame, which is as large as its place. What of it lies outside is left
    /// out.
    pub(super) fn lay(&mut self, frame: &RgbaImage, place: Place, laying: Laying) -> &RgbaImage {
        match std::mem::replace(&mut self.undo, Undo::Nothing) {
            Undo::Nothing => {}
            Undo::Clear(place) => {
                within(&mut self.shown, place).for_each(|pixel| *pixel = Rgba([0; 4]));
            }
            Undo::Restore(place, before) => {
                for (pixel, old) in within(&mut self.shown, place).zip(before.pixels()) {
                    *pixel = *old;
                }
            }
        }
        self.undo = match laying.disposal {
            Disposal::Keep => Undo::Nothing,
            Disposal::Clear => Undo::Clear(place),
            Disposal::Restore => {
                let mut before = RgbaImage::new(place.width, place.height);
                for (old, pixel) in before.pixels_mut().zip(within(&mut self.shown, place)) {
                    *old = *pixel;
                }
                Undo::Restore(place, before)
            }
        };
        for (under, above) in within(&mut self.shown, place).zip(frame.pixels()) {
            *under = if laying.over { over(*under, *above) } else { *above };
        }
        &self.shown
    }
}

/// The canvas's pixels at a frame's place, row by row. Readers have checked that the place lies
/// inside.
fn within(canvas: &mut RgbaImage, place: Place) -> impl Iterator<Item = &mut Rgba<u8>> {
    let (left, columns) = (place.left as usize, place.width as usize);
    canvas
        .enumerate_rows_mut()
        .skip(place.top as usize)
        .take(place.height as usize)
        .flat_map(move |(_, row)| row.skip(left).take(columns))
        .map(|(_, _, pixel)| pixel)
}

/// Source-over with straight alpha (Porter and Duff, 1984), rounded.
fn over(under: Rgba<u8>, above: Rgba<u8>) -> Rgba<u8> {
    let (Rgba([.., below]), Rgba([red, green, blue, alpha])) = (under, above);
    match (alpha, below) {
        (0, _) => return under,
        (u8::MAX, _) | (_, 0) => return above,
        _ => {}
    }
    let whole = u32::from(u8::MAX);
    let share = u32::from(alpha) * whole;
    let rest = u32::from(below) * (whole - u32::from(alpha));
    let total = share + rest;
    let Rgba([under_red, under_green, under_blue, _]) = under;
    // A mean of two samples, and so a sample.
    let mixed = |above: u8, under: u8| {
        ((u32::from(above) * share + u32::from(under) * rest + total / 2) / total) as u8
    };
    Rgba([
        mixed(red, under_red),
        mixed(green, under_green),
        mixed(blue, under_blue),
        ((total + whole / 2) / whole) as u8,
    ])
}
