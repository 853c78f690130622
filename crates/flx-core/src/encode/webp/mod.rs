//! WebP by libwebp.
//!
//! Colours go through libwebp's own conversion from RGB, which averages chroma in linear light; grey
//! pictures are luma already.

pub(crate) mod animation;
mod libwebp;
mod planes;
mod settings;

use image::DynamicImage;
use libwebp_sys::WebPConfig;

use super::pixels::Pixels;
use super::{Coding, How, failed};
use crate::raster::Raster;
use crate::{Error, Format};
use libwebp::{Layout, Picture, Source};
use planes::Planes;

pub(super) fn encode(raster: &Raster, coding: Coding, how: &How<'_>) -> Result<Vec<u8>, Error> {
    let layout = if coding == Coding::Lossless { Layout::Packed } else { Layout::Planes };
    encode_with(raster, layout, settings::config(coding, how)?, how)
}

/// Without loss but for the last bits of colours; `level` is libwebp's, 0–100.
pub(super) fn nearly_lossless(raster: &Raster, level: u8, how: &How<'_>) -> Result<Vec<u8>, Error> {
    encode_with(raster, Layout::Packed, settings::nearly_lossless(level, how)?, how)
}

fn encode_with(
    raster: &Raster,
    layout: Layout,
    config: WebPConfig,
    how: &How<'_>,
) -> Result<Vec<u8>, Error> {
    let (width, height) = (raster.width(), raster.height());
    let limit = Format::WebP.max_side();
    if width == 0 || height == 0 || width > limit || height > limit {
        return Err(refused(format!("{width}×{height} px, at most {limit} px a side")));
    }
    if layout == Layout::Planes
        && let Some(mut planes) = ready_planes(raster)
    {
        return Picture::of_planes(&mut planes)?.encode(&config, how.limits);
    }
    let picture = match Pixels::of(raster) {
        Pixels::Rgb(pixels) => {
            Picture::of(&Source::new(pixels.as_raw(), width, height, 3)?, layout)?
        }
        Pixels::Rgba(pixels) => {
            Picture::of(&Source::new(pixels.as_raw(), width, height, 4)?, layout)?
        }
    };
    picture.encode(&config, how.limits)
}

/// libwebp's planes, where the picture has no chroma.
fn ready_planes(raster: &Raster) -> Option<Planes> {
    match raster {
        Raster::Image(DynamicImage::ImageLuma8(luma)) => Some(Planes::of_grey(luma)),
        Raster::Image(_) | Raster::Ycc(_) => None,
    }
}

fn refused(reason: impl ToString) -> Error {
    failed(Format::WebP, reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Effort, Limits, Options};
    use image::{GrayImage, Luma, Rgba, RgbaImage};

    fn coded(raster: &Raster, coding: Coding, effort: Effort) -> DynamicImage {
        let limits = Limits::default();
        let how = How { effort, ..How::of(&Options::default(), &limits) };
        let file = encode(raster, coding, &how).unwrap();
        image::load_from_memory(&file).unwrap()
    }

    #[test]
    fn grey_stays_grey_and_as_light_as_it_was() {
        let grey = GrayImage::from_fn(61, 40, |x, y| Luma([(x * 2 + y * 3) as u8]));
        let shown =
            coded(&Raster::Image(grey.clone().into()), Coding::Lossy(95.0), Effort::Balanced);
        for (shown, grey) in shown.into_rgb8().pixels().zip(grey.pixels()) {
            let [red, green, blue] = shown.0;
            // The decoder rounds each channel by itself.
            assert!(red.abs_diff(green) < 2 && green.abs_diff(blue) < 2, "{shown:?}");
            assert!(red.abs_diff(grey.0[0]) < 8, "{shown:?} for {grey:?}");
        }
    }

    #[test]
    fn lossless_keeps_every_pixel_and_what_transparency_hides_at_every_effort() {
        let picture = RgbaImage::from_fn(45, 31, |x, y| {
            Rgba([(x * 5) as u8, (y * 8) as u8, (x * y) as u8, (x * 6) as u8])
        });
        for effort in Effort::ALL {
            let shown = coded(&Raster::Image(picture.clone().into()), Coding::Lossless, effort);
            assert_eq!(shown.into_rgba8(), picture, "{effort}");
        }
    }
}
