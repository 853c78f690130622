//! What kind of picture it is, judged from a few thousand of its pixels.
//!
//! Lossy coding serves photographs; drawings keep their edges better, and often in fewer bytes,
//! without loss or with a palette. What tells them apart is noise: next to no pixel of a photograph
//! repeats its neighbour, nearly every one of a drawing does, or else belongs to an edge.

use std::collections::HashSet;
use std::num::NonZeroU16;

use image::{DynamicImage, GenericImageView};

use crate::raster::Raster;

/// What a picture shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Noise and soft transitions; also a drawing that holds a photograph of some size.
    Photograph,
    /// Even areas, exact repeats and sharp edges: screenshots, charts, logos, text, pixel art.
    Graphic,
}

/// A judgement of a picture's content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) kind: Kind,
    /// Different colours in the whole picture, alpha counted as part of a colour, where there are
    /// at most 256. Counted in 8-bit graphics only.
    pub(crate) colours: Option<NonZeroU16>,
}

/// Side in pixels of the blocks looked at.
const SIDE: u32 = 16;

/// Blocks looked at, across and down.
const GRID: u32 = 16;

/// A difference between neighbours, in 8-bit code values, from which on it is an edge.
const EDGE: u8 = 32;

/// Judges a picture in well under two per cent of the time that encoding it takes.
pub(crate) fn judge(raster: &Raster) -> Content {
    let (width, height) = (raster.width(), raster.height());
    let mut tally = Tally::default();
    for top in starts(height) {
        for left in starts(width) {
            let block = Block::read(raster, (left, top), (width, height));
            tally.add(block.texture());
        }
    }
    let kind = tally.kind();
    let colours = match (kind, raster) {
        (Kind::Graphic, Raster::Image(image)) => count_colours(image),
        _ => None,
    };
    Content { kind, colours }
}

/// Where along one axis the blocks begin: evenly spread, side by side where the picture is small.
fn starts(length: u32) -> impl Iterator<Item = u32> {
    let blocks = length.div_ceil(SIDE).min(GRID);
    let room = u64::from(length.saturating_sub(SIDE));
    let gaps = u64::from(blocks.saturating_sub(1).max(1));
    (0..blocks).map(move |index| (room * u64::from(index) / gaps) as u32)
}

/// What the pixels of one block look like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Texture {
    /// One colour all over.
    Even,
    /// Repeats without an edge: a drawn gradient, but also a clear sky.
    Soft,
    /// Few colours that repeat and meet at edges.
    Drawn,
    /// Pixels that differ from their neighbours everywhere.
    Noisy,
}

/// Pixels in 8-bit RGBA, row by row; the colour of invisible ones is left out.
struct Block {
    pixels: Vec<[u8; 4]>,
    width: usize,
}

impl Block {
    fn read(raster: &Raster, (left, top): (u32, u32), (width, height): (u32, u32)) -> Self {
        let (right, bottom) = ((left + SIDE).min(width), (top + SIDE).min(height));
        let places = (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y)));
        let pixels = match raster {
            Raster::Image(image) => {
                let visible = |pixel: [u8; 4]| if pixel[3] == 0 { [0; 4] } else { pixel };
                places.map(|(x, y)| visible(image.get_pixel(x, y).0)).collect()
            }
            Raster::Ycc(planes) => {
                let grey = |luma: u8| [luma, luma, luma, u8::MAX];
                places.map(|(x, y)| grey(planes.luma.get_pixel(x, y).0[0])).collect()
            }
        };
        Self { pixels, width: (right - left) as usize }
    }

    fn texture(&self) -> Texture {
        let (mut pairs, mut repeats, mut edges) = (0_u32, 0_u32, 0_u32);
        let mut compare = |one: &[u8; 4], other: &[u8; 4]| {
            pairs += 1;
            repeats += u32::from(one == other);
            edges += u32::from(one.iter().zip(other).any(|(a, b)| a.abs_diff(*b) >= EDGE));
        };
        let mut above: Option<&[[u8; 4]]> = None;
        for row in self.pixels.chunks(self.width.max(1)) {
            row.iter().zip(row.iter().skip(1)).for_each(|(left, right)| compare(left, right));
            if let Some(above) = above {
                above.iter().zip(row).for_each(|(upper, lower)| compare(upper, lower));
            }
            above = Some(row);
        }
        if repeats == pairs {
            Texture::Even
        } else if repeats * 2 < pairs && !self.has_few_colours() {
            Texture::Noisy
        } else if edges > 0 {
            Texture::Drawn
        } else {
            Texture::Soft
        }
    }

    /// Pixel art and dithering repeat colours rather than neighbours.
    fn has_few_colours(&self) -> bool {
        let mut seen: Vec<[u8; 4]> = Vec::with_capacity(FEW);
        for pixel in &self.pixels {
            if !seen.contains(pixel) {
                if seen.len() == FEW {
                    return false;
                }
                seen.push(*pixel);
            }
        }
        self.pixels.len() > FEW * 4
    }
}

/// Colours of a block that are few among its 256 pixels.
const FEW: usize = 8;

#[derive(Debug, Default)]
struct Tally {
    even: u32,
    soft: u32,
    drawn: u32,
    noisy: u32,
}

impl Tally {
    fn add(&mut self, texture: Texture) {
        *match texture {
            Texture::Even => &mut self.even,
            Texture::Soft => &mut self.soft,
            Texture::Drawn => &mut self.drawn,
            Texture::Noisy => &mut self.noisy,
        } += 1;
    }

    /// Even blocks say nothing: a photograph of a product stands on white as a logo does.
    fn kind(&self) -> Kind {
        let telling = self.soft + self.drawn + self.noisy;
        let noisy = self.noisy * 4 > telling;
        let drawn = self.drawn * 4 >= telling;
        if noisy || !drawn { Kind::Photograph } else { Kind::Graphic }
    }
}

/// Counts the colours of an 8-bit picture, and gives up beyond 256.
fn count_colours(image: &DynamicImage) -> Option<NonZeroU16> {
    match image {
        DynamicImage::ImageLuma8(pixels) => count(pixels.as_raw().as_chunks::<1>().0),
        DynamicImage::ImageLumaA8(pixels) => count(pixels.as_raw().as_chunks::<2>().0),
        DynamicImage::ImageRgb8(pixels) => count(pixels.as_raw().as_chunks::<3>().0),
        DynamicImage::ImageRgba8(pixels) => count(pixels.as_raw().as_chunks::<4>().0),
        _ => None,
    }
}

fn count<const N: usize>(pixels: &[[u8; N]]) -> Option<NonZeroU16> {
    let mut seen = HashSet::with_capacity(257);
    let mut last = None;
    for pixel in pixels {
        // Runs are what such pictures are made of.
        if last != Some(pixel) {
            last = Some(pixel);
            seen.insert(pixel);
            if seen.len() > 256 {
                return None;
            }
        }
    }
    NonZeroU16::new(seen.len() as u16)
}

#[cfg(test)]
mod tests {
    use image::{Rgb, RgbImage, Rgba, RgbaImage};

    use super::*;

    fn judged(image: impl Into<DynamicImage>) -> Content {
        judge(&Raster::Image(image.into()))
    }

    /// Even numbers without a pattern, the same at every run.
    fn noise(x: u32, y: u32) -> u8 {
        let mixed = (x ^ y.rotate_left(16)).wrapping_mul(0x9e37_79b1);
        let mixed = (mixed ^ (mixed >> 15)).wrapping_mul(0x85eb_ca6b);
        (mixed >> 24) as u8 % 12
    }

    fn noisy_gradient(width: u32, height: u32) -> RgbImage {
        RgbImage::from_fn(width, height, |x, y| {
            let (across, down) = (x * 200 / width, y * 200 / height);
            let grain = noise(x, y);
            Rgb([across as u8 + grain, down as u8 + grain, (across / 2 + down / 2) as u8 + grain])
        })
    }

    /// A window with a title bar, a border and lines of text-like strokes.
    fn screenshot() -> RgbImage {
        RgbImage::from_fn(640, 400, |x, y| {
            let text = y % 16 < 9 && x % 7 < 2 && (x / 7 * 13 + y / 16 * 29) % 5 != 0;
            match (x, y) {
                (_, 0..30) => Rgb([40, 60, 120]),
                (0..3 | 637.., _) => Rgb([90, 90, 90]),
                _ if text => Rgb([20, 20, 20]),
                _ => Rgb([250, 250, 250]),
            }
        })
    }

    /// A disc with soft edges on nothing.
    fn logo() -> RgbaImage {
        RgbaImage::from_fn(200, 200, |x, y| {
            let distance = (x as f32 - 99.5).hypot(y as f32 - 99.5);
            let alpha = ((80.5 - distance).clamp(0.0, 1.0) * 255.0) as u8;
            Rgba([220, 30 + x as u8 / 4, 50, alpha])
        })
    }

    #[test]
    fn noise_over_soft_colours_is_a_photograph() {
        for (width, height) in [(640, 400), (97, 61), (16, 16)] {
            let content = judged(noisy_gradient(width, height));
            assert_eq!(content, Content { kind: Kind::Photograph, colours: None });
        }
        let grey = DynamicImage::from(noisy_gradient(640, 400)).into_luma8();
        assert_eq!(judged(grey).kind, Kind::Photograph);
    }

    #[test]
    fn a_photograph_on_a_white_ground_stays_one() {
        let mut page = RgbImage::from_pixel(800, 600, Rgb([255; 3]));
        image::imageops::replace(&mut page, &noisy_gradient(300, 200), 250, 200);
        assert_eq!(judged(page).kind, Kind::Photograph);
    }

    #[test]
    fn a_clear_sky_is_no_graphic() {
        let sky = RgbImage::from_fn(300, 200, |_, y| Rgb([90, 140 + (y / 9) as u8, 230]));
        assert_eq!(judged(sky).kind, Kind::Photograph);
    }

    #[test]
    fn screenshots_are_graphics_and_their_colours_are_counted() {
        let content = judged(screenshot());
        assert_eq!(content, Content { kind: Kind::Graphic, colours: NonZeroU16::new(4) });
    }

    #[test]
    fn a_logo_with_soft_edges_is_a_graphic() {
        assert_eq!(judged(logo()).kind, Kind::Graphic);
    }

    #[test]
    fn pixel_art_is_a_graphic_though_its_neighbours_differ() {
        let board = RgbImage::from_fn(64, 64, |x, y| Rgb([(x + y) as u8 % 2 * 200, 0, 0]));
        let content = judged(board);
        assert_eq!(content, Content { kind: Kind::Graphic, colours: NonZeroU16::new(2) });
    }

    #[test]
    fn the_smallest_pictures_are_judged_too() {
        for (width, height) in [(1, 1), (1, 17), (17, 1), (3, 5)] {
            let dot = RgbImage::from_pixel(width, height, Rgb([7; 3]));
            assert_eq!(judged(dot).colours, NonZeroU16::new(1));
        }
    }
}
