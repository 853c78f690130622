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
mod scan {
    use super::*;
    #[test]
    fn scan() {
        let Ok(list) = std::env::var("SCAN") else { return };
        for path in list.split_whitespace() {
            let Ok(image) = image::load_from_memory(&std::fs::read(path).unwrap()) else {
                continue;
            };
            let name: String =
                path.chars().rev().take(28).collect::<Vec<_>>().into_iter().rev().collect();
            let show = |what: &str, raster: &Raster| {
                let mut t = Tally::default();
                let (w, h) = (raster.width(), raster.height());
                for top in starts(h) {
                    for left in starts(w) {
                        t.add(Block::read(raster, (left, top), (w, h)).texture());
                    }
                }
                let start = std::time::Instant::now();
                let c = judge(raster);
                println!(
                    "{name} {what} {w}x{h} {:?} {:?} e{} s{} d{} n{} {:?}",
                    c.kind,
                    c.colours,
                    t.even,
                    t.soft,
                    t.drawn,
                    t.noisy,
                    start.elapsed()
                );
            };
            show("full", &Raster::Image(image.clone()));
            if image.width() > 400 {
                show(
                    "400w",
                    &Raster::Image(image.resize(400, 400, image::imageops::FilterType::Lanczos3)),
                );
                show("grey", &Raster::Image(DynamicImage::ImageLuma8(image.to_luma8())));
                for q in [30u8, 60, 90] {
                    let rgb = image.to_rgb8();
                    let mut bytes = Vec::new();
                    jpeg_encoder::Encoder::new(&mut bytes, q)
                        .encode(
                            &rgb,
                            rgb.width() as u16,
                            rgb.height() as u16,
                            jpeg_encoder::ColorType::Rgb,
                        )
                        .unwrap();
                    let back = crate::fitting::decode_rgb8(&bytes).unwrap();
                    show(
                        &format!("jpeg{q}"),
                        &Raster::Image(DynamicImage::ImageRgb8(
                            image::RgbImage::from_raw(rgb.width(), rgb.height(), back).unwrap(),
                        )),
                    );
                }
            }
        }
    }
}
