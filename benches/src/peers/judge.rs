//! Looks at results and scores them, by other code than the product's: decoded by sharp where it is
//! installed, scored by the `ssimulacra2` crate.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use flx_core::{fitting, probe};
use image::RgbImage;
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

use super::program::{Home, Program};
use super::task::{Request, Task};
use super::worker::Worker;

/// Decodes and scores.
pub struct Judge {
    viewer: Option<Mutex<Worker>>,
    /// Scores that were found before, by the hash of reference and file.
    known: PathBuf,
    views: PathBuf,
    next_view: AtomicU32,
}

impl Judge {
    /// A judge that looks through sharp, or through flx's own decoders where there is none.
    ///
    /// # Errors
    /// When its folders cannot be made.
    pub fn new(home: &Home) -> Result<Self, Box<dyn Error>> {
        let (known, views) = (home.0.join("scores"), home.0.join("views"));
        fs::create_dir_all(&known)?;
        fs::create_dir_all(&views)?;
        let command = Program::Sharp.worker(home, 1).ok_or("sharp stays")?;
        let viewer = Worker::start(command).ok().map(Mutex::new);
        Ok(Self { viewer, known, views, next_view: AtomicU32::new(0) })
    }

    /// Who decodes.
    #[must_use]
    pub fn viewer(&self) -> &'static str {
        if self.viewer.is_some() { "sharp" } else { "flx (sharp is not installed)" }
    }

    /// The picture in a file, as 8-bit sRGB.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub fn view(&self, file: &Path) -> Result<RgbImage, Box<dyn Error>> {
        let (width, height, pixels) = match &self.viewer {
            Some(viewer) => {
                let number = self.next_view.fetch_add(1, Ordering::Relaxed);
                let output = self.views.join(format!("{number}.raw"));
                let task = Task {
                    input: file.to_owned(),
                    output: Some(output.clone()),
                    format: "raw".to_owned(),
                    variant: String::new(),
                    setting: 0,
                    width: None,
                    threads: 1,
                };
                let done =
                    viewer.lock().map_err(|_| "the viewer is broken")?.ask(&Request::one(task))?;
                let pixels = fs::read(&output)?;
                fs::remove_file(output)?;
                (done.width, done.height, pixels)
            }
            None => {
                let bytes = fs::read(file)?;
                let info = probe(&bytes)?;
                (info.width(), info.height(), fitting::decode_rgb8(&bytes)?)
            }
        };
        let count = pixels.len();
        let picture = RgbImage::from_raw(width, height, pixels);
        Ok(picture.ok_or_else(|| format!("{count} bytes are not {width}×{height} px"))?)
    }

    /// SSIMULACRA2 of the picture in a file; 100 exactly when no pixel differs.
    ///
    /// # Errors
    /// When it cannot be decoded or has another size.
    pub fn score(&self, reference: &RgbImage, file: &Path) -> Result<f64, Box<dyn Error>> {
        let mut hash = blake3::Hasher::new();
        hash.update(self.viewer().as_bytes());
        hash.update(reference.as_raw());
        hash.update(&fs::read(file)?);
        let known = self.known.join(hash.finalize().to_hex().as_str());
        if let Some(score) = fs::read_to_string(&known).ok().and_then(|text| text.parse().ok()) {
            return Ok(score);
        }
        let shown = self.view(file)?;
        if shown.dimensions() != reference.dimensions() {
            let (found, asked) = (shown.dimensions(), reference.dimensions());
            return Err(format!("{found:?} px in place of {asked:?}").into());
        }
        let score = if shown == *reference {
            100.0
        } else {
            compute_frame_ssimulacra2(srgb(reference)?, srgb(&shown)?)?
        };
        fs::write(known, score.to_string())?;
        Ok(score)
    }
}

fn srgb(picture: &RgbImage) -> Result<Rgb, Box<dyn Error>> {
    let pixels = picture.pixels().map(|pixel| pixel.0.map(|value| f32::from(value) / 255.0));
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (transfer, primaries) = (TransferCharacteristic::SRGB, ColorPrimaries::BT709);
    Ok(Rgb::new(pixels.collect(), width, height, transfer, primaries)?)
}
