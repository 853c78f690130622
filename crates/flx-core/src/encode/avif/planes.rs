//! Pixels in the layout that AV1 codes: luma and chroma by BT.601 in full range, or luma alone.

use std::borrow::Cow;

use image::{DynamicImage, GrayImage};

use super::layers::layers;
use crate::planes::Ycc;
use crate::raster::Raster;

/// Bits a sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Depth {
    Eight,
    Ten,
}

impl Depth {
    pub(super) const fn bits(self) -> u32 {
        match self {
            Self::Eight => 8,
            Self::Ten => 10,
        }
    }
}

/// How much chroma there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Chroma {
    /// As many samples as luma (4:4:4).
    Full,
    /// Half across and down, rounded up (4:2:0).
    Halved,
}

/// Rows of samples without gaps; ten-bit ones in the lower bits of 16.
pub(super) enum Samples<'a> {
    Eight(Cow<'a, [u8]>),
    Ten(Vec<u16>),
}

/// One AV1 frame before it is coded.
pub(super) struct Planes<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) depth: Depth,
    pub(super) luma: Samples<'a>,
    /// Blue and red; none of a grey picture.
    pub(super) chroma: Option<(Chroma, [Samples<'a>; 2])>,
}

/// What is coded of a picture: its colours, and alpha where some pixel is not opaque.
pub(super) struct Layers<'a> {
    pub(super) colour: Planes<'a>,
    pub(super) alpha: Option<Planes<'a>>,
}

impl<'a> Layers<'a> {
    /// The planes of a JPEG go in as they are, or with fewer samples of chroma; deep pictures are
    /// coded at ten bits whatever the depth asked for.
    pub(super) fn of(raster: &'a Raster, depth: Depth, chroma: Chroma) -> Self {
        match raster {
            Raster::Ycc(planes) => match of_ycc(planes, depth, chroma) {
                Some(colour) => Self { colour, alpha: None },
                None => of_image(&raster.image(), depth, chroma),
            },
            Raster::Image(image) => of_image(image, depth, chroma),
        }
    }
}

fn of_image(image: &DynamicImage, depth: Depth, chroma: Chroma) -> Layers<'static> {
    let size = image.width() as usize;
    let ten = Depth::Ten;
    match image {
        DynamicImage::ImageLuma8(pixels) => layers(pixels.as_raw(), 1, size, depth, chroma),
        DynamicImage::ImageLumaA8(pixels) => layers(pixels.as_raw(), 2, size, depth, chroma),
        DynamicImage::ImageRgb8(pixels) => layers(pixels.as_raw(), 3, size, depth, chroma),
        DynamicImage::ImageRgba8(pixels) => layers(pixels.as_raw(), 4, size, depth, chroma),
        DynamicImage::ImageLuma16(pixels) => layers(pixels.as_raw(), 1, size, ten, chroma),
        DynamicImage::ImageLumaA16(pixels) => layers(pixels.as_raw(), 2, size, ten, chroma),
        DynamicImage::ImageRgb16(pixels) => layers(pixels.as_raw(), 3, size, ten, chroma),
        DynamicImage::ImageRgba16(pixels) => layers(pixels.as_raw(), 4, size, ten, chroma),
        other if other.color().has_alpha() => {
            layers(other.to_rgba16().as_raw(), 4, size, ten, chroma)
        }
        other => layers(other.to_rgb16().as_raw(), 3, size, ten, chroma),
    }
}

/// None when chroma is halved one way only, which AVIF's main profiles lack.
fn of_ycc(planes: &Ycc, depth: Depth, wanted: Chroma) -> Option<Planes<'_>> {
    let (width, height) = planes.luma.dimensions();
    let halves = (width.div_ceil(2), height.div_ceil(2));
    let sides = planes.blue.dimensions();
    if planes.red.dimensions() != sides {
        return None;
    }
    let (layout, chroma) = if sides == halves && sides != (width, height) {
        (
            Chroma::Halved,
            [&planes.blue, &planes.red].map(|plane| Cow::Borrowed(plane.as_raw().as_slice())),
        )
    } else if sides != (width, height) {
        return None;
    } else if wanted == Chroma::Full {
        (
            Chroma::Full,
            [&planes.blue, &planes.red].map(|plane| Cow::Borrowed(plane.as_raw().as_slice())),
        )
    } else {
        (Chroma::Halved, [&planes.blue, &planes.red].map(|plane| Cow::Owned(halved(plane))))
    };
    let in_depth = |codes, chroma| match depth {
        Depth::Eight => Samples::Eight(codes),
        Depth::Ten => Samples::Ten(widened(&codes, chroma)),
    };
    let luma = in_depth(Cow::Borrowed(planes.luma.as_raw().as_slice()), false);
    let chroma = chroma.map(|codes| in_depth(codes, true));
    Some(Planes { width, height, depth, luma, chroma: Some((layout, chroma)) })
}

/// Means of two by two samples; at odd edges of those there are.
fn halved(plane: &GrayImage) -> Vec<u8> {
    let width = plane.width() as usize;
    let mut means = Vec::with_capacity(width.div_ceil(2) * plane.height().div_ceil(2) as usize);
    for rows in plane.chunks(2 * width) {
        let (upper, lower) = rows.split_at(width);
        let lower = if lower.is_empty() { upper } else { lower };
        for (above, below) in upper.chunks(2).zip(lower.chunks(2)) {
            let sum: usize = above.iter().chain(below).map(|code| usize::from(*code)).sum();
            let count = above.len() + below.len();
            means.push(((sum + count / 2) / count) as u8);
        }
    }
    means
}

/// The same at ten bits. Of chroma the code of no colour stays in the middle.
fn widened(codes: &[u8], chroma: bool) -> Vec<u16> {
    let code = |code: &u8| {
        let code = i32::from(*code);
        let wide = if chroma {
            512 + ((code - 128) as f32 * (1023.0 / 255.0)).round() as i32
        } else {
            (code * 1023 + 127) / 255
        };
        wide.clamp(0, 1023) as u16
    };
    codes.iter().map(code).collect()
}
