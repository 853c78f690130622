//! Pictures to measure with: photographs of `FLX_CORPUS`, or generated ones without it.

use std::error::Error;
use std::path::{Path, PathBuf};

use image::imageops::crop_imm;
use image::{Rgb, RgbImage};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

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
        for path in files(&corpus.join(folder))? {
            pictures.push(open(folder, &path)?);
        }
    }
    Ok(pictures)
}

/// A photograph of 0.4 MP: the first of `kodak`, or a generated one.
///
/// # Errors
/// When it cannot be read.
pub fn small() -> Result<Picture, Box<dyn Error>> {
    first("kodak", 768, 512)
}

/// A photograph of 2.8 MP: the first of `clic`, or a generated one.
///
/// # Errors
/// When it cannot be read.
pub fn large() -> Result<Picture, Box<dyn Error>> {
    first("clic", 1365, 2048)
}

/// The upper part of [`large`] that has 2 MP.
///
/// # Errors
/// When it cannot be read.
pub fn two_megapixels() -> Result<Picture, Box<dyn Error>> {
    let Picture { name, pixels } = large()?;
    let height = (2_000_000 / pixels.width().max(1)).min(pixels.height());
    let pixels = crop_imm(&pixels, 0, 0, pixels.width(), height).to_image();
    Ok(Picture { name, pixels })
}

/// 6000×4000 px: [`large`] beside its mirror images, so that no seam makes an edge.
///
/// # Errors
/// When it cannot be read.
pub fn twenty_four_megapixels() -> Result<Picture, Box<dyn Error>> {
    Ok(large()?.mirrored(6000, 4000))
}

impl Picture {
    /// A picture of any size: this one beside and below its mirror images, so that no seam makes an
    /// edge; or its corner.
    #[must_use]
    pub fn mirrored(&self, new_width: u32, new_height: u32) -> Self {
        let (width, height) = self.pixels.dimensions();
        let fold = |at: u32, side: u32| {
            let within = at % (2 * side);
            if within < side { within } else { 2 * side - 1 - within }
        };
        let pixels = RgbImage::from_fn(new_width, new_height, |x, y| {
            *self.pixels.get_pixel(fold(x, width), fold(y, height))
        });
        Self { name: self.name.clone(), pixels }
    }

    /// The picture as a PNG file.
    ///
    /// # Errors
    /// When the encoder refuses it.
    pub fn to_png(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        let mut file = std::io::Cursor::new(Vec::new());
        self.pixels.write_to(&mut file, image::ImageFormat::Png)?;
        Ok(file.into_inner())
    }

    /// The picture as a camera or telephone writes it: baseline JPEG at quality 95 with halved
    /// chroma and the standard Huffman tables.
    ///
    /// # Errors
    /// When a side is too long for JPEG.
    pub fn camera_jpeg(&self) -> Result<Vec<u8>, Box<dyn Error>> {
        let (width, height) = self.pixels.dimensions();
        let mut file = Vec::new();
        let mut encoder = Encoder::new(&mut file, 95);
        encoder.set_sampling_factor(SamplingFactor::F_2_2);
        encoder.encode(&self.pixels, width.try_into()?, height.try_into()?, ColorType::Rgb)?;
        Ok(file)
    }
}

fn first(folder: &str, width: u32, height: u32) -> Result<Picture, Box<dyn Error>> {
    let Some(corpus) = corpus() else {
        let name = format!("generated {width}×{height}");
        return Ok(Picture { name, pixels: generated(width, height, 1) });
    };
    let files = files(&corpus.join(folder))?;
    open(folder, files.first().ok_or_else(|| format!("{folder} has no PNG"))?)
}

/// The PNG files of a folder, sorted by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let read = |error| format!("{}: {error}", folder.display());
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .map_err(read)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|path| path.extension().is_some_and(|ending| ending == "png"));
    files.sort();
    Ok(files)
}

fn open(folder: &str, path: &Path) -> Result<Picture, Box<dyn Error>> {
    let file = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    Ok(Picture { name: format!("{folder}/{file}"), pixels: image::open(path)?.into_rgb8() })
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
