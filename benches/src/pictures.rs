//! Pictures to measure with: photographs of `FLX_CORPUS`, or generated ones without it.

use std::error::Error;
use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};

/// A picture with a name for tables.
pub struct Picture {
    /// Folder and file name, or what was generated.
    pub name: String,
    /// The pixels.
    pub pixels: RgbImage,
}

/// Every PNG photograph in the named folders of `FLX_CORPUS`, sorted by name; two generated
/// pictures when the variable is not set.
///
/// # Errors
/// When a folder or file cannot be read.
pub fn photographs(folders: &[&str]) -> Result<Vec<Picture>, Box<dyn Error>> {
    let Some(corpus) = corpus() else {
        return Ok(vec![
            Picture { name: "generated 768×512".into(), pixels: generated(768, 512, 1) },
            Picture { name: "generated 2048×1365".into(), pixels: generated(2048, 1365, 2) },
        ]);
    };
    let mut pictures = Vec::new();
    for folder in folders {
        let mut files: Vec<PathBuf> = std::fs::read_dir(corpus.join(folder))?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<_, _>>()?;
        files.retain(|path| path.extension().is_some_and(|ending| ending == "png"));
        files.sort();
        for path in files {
            let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let pixels = image::open(&path)?.into_rgb8();
            pictures.push(Picture { name: format!("{folder}/{file}"), pixels });
        }
    }
    Ok(pictures)
}

/// The folder that `FLX_CORPUS` names.
#[must_use]
pub fn corpus() -> Option<PathBuf> {
    std::env::var_os("FLX_CORPUS").map(|folder| Path::new(&folder).to_owned())
}

/// A picture with soft gradients, edges and grain, the same for the same seed.
#[must_use]
pub fn generated(width: u32, height: u32, seed: u32) -> RgbImage {
    let mut state = seed.wrapping_mul(2_654_435_761).max(1);
    RgbImage::from_fn(width, height, |x, y| {
        // xorshift32: grain needs no better generator.
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let grain = (state % 9) as f32 - 4.0;
        let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
        let wave = ((u * 37.0 + seed as f32).sin() * (v * 23.0).cos() * 40.0).abs();
        let edge = if ((u * 9.0) as u32 + (v * 6.0) as u32).is_multiple_of(2) { 25.0 } else { 0.0 };
        let channel = |base: f32| (base + wave + edge + grain).clamp(0.0, 255.0) as u8;
        Rgb([channel(u * 160.0), channel(v * 150.0), channel((1.0 - u) * 120.0)])
    })
}
