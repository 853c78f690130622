//! Animated GIFs to measure with: some made in code, and those of `FLX_CORPUS`.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use image::codecs::gif::{GifEncoder, Repeat};
use image::imageops::crop_imm;
use image::{Delay, DynamicImage, Frame, Rgb, RgbImage};

use crate::pictures::{Picture, corpus, small};

/// A GIF of several frames with a name for tables.
pub struct Animation {
    /// Folder and file name, or what was made.
    pub name: String,
    /// The file.
    pub file: Vec<u8>,
}

/// Sides of what is made, in pixels.
const SIZE: (u32, u32) = (400, 300);

/// Frames of what is made, and milliseconds of each.
const FRAMES: u32 = 12;
const SHOWN_MS: u32 = 80;

/// Scores of smaller pictures say little.
const LEAST_SIDE: u32 = 64;

/// A view that moves over a photograph, a disc that moves over one that stands still, a chart that
/// grows; then every animated GIF under `FLX_CORPUS`, by name.
///
/// # Errors
/// When a file cannot be read or made.
pub fn animations() -> Result<Vec<Animation>, Box<dyn Error>> {
    let photograph = small()?;
    let mut animations = vec![
        made("pan", |at| pan(&photograph, at))?,
        made("overlay", |at| overlay(&photograph, at))?,
        made("chart", chart)?,
    ];
    if let Some(folder) = corpus() {
        let mut paths = Vec::new();
        gather(&folder, &mut paths)?;
        paths.sort();
        for path in paths {
            let file = fs::read(&path)?;
            let moves = flx_core::probe(&file).is_ok_and(|info| {
                info.frames() > 1 && info.width().min(info.height()) >= LEAST_SIDE
            });
            if moves {
                let name = path.strip_prefix(&folder).unwrap_or(&path).display().to_string();
                animations.push(Animation { name, file });
            }
        }
    }
    Ok(animations)
}

fn gather(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Box<dyn Error>> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(&path, paths)?;
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gif")) {
            paths.push(path);
        }
    }
    Ok(())
}

fn made(name: &str, frame: impl Fn(u32) -> RgbImage) -> Result<Animation, Box<dyn Error>> {
    let mut file = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut file, 10);
    encoder.set_repeat(Repeat::Infinite)?;
    for at in 0..FRAMES {
        let image = DynamicImage::ImageRgb8(frame(at)).into_rgba8();
        let delay = Delay::from_numer_denom_ms(SHOWN_MS, 1);
        encoder.encode_frame(Frame::from_parts(image, 0, 0, delay))?;
    }
    drop(encoder);
    Ok(Animation { name: format!("made: {name}"), file })
}

fn pan(photograph: &Picture, at: u32) -> RgbImage {
    crop_imm(&photograph.pixels, at * 11, at * 5, SIZE.0, SIZE.1).to_image()
}

fn overlay(photograph: &Picture, at: u32) -> RgbImage {
    let mut frame = crop_imm(&photograph.pixels, 60, 40, SIZE.0, SIZE.1).to_image();
    let centre = (60.0 + at as f32 * 24.0, 90.0 + at as f32 * 9.0);
    for (x, y, pixel) in frame.enumerate_pixels_mut() {
        if (x as f32 - centre.0).hypot(y as f32 - centre.1) < 40.0 {
            *pixel = Rgb([230, 120, 30]);
        }
    }
    frame
}

fn chart(at: u32) -> RgbImage {
    RgbImage::from_fn(SIZE.0, SIZE.1, |x, y| {
        let bar = x / 40;
        let height = 40 + (bar * 37 % 180) * (at + 1) / FRAMES;
        let is_bar = (6..34).contains(&(x % 40)) && SIZE.1 - y < height;
        Rgb(match (is_bar, bar % 3, y % 50) {
            (true, 0, _) => [30, 90, 200],
            (true, 1, _) => [220, 60, 50],
            (true, ..) => [40, 160, 90],
            (false, _, 0) => [210; 3],
            (false, ..) => [250; 3],
        })
    })
}
