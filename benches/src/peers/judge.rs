//! Looks at results and scores them, by other code than the product's: decoded by sharp, AVIF by Pillow,
//! where they are installed, and scored by the `ssimulacra2` crate.

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use flx_core::{fitting, probe};
use image::RgbImage;
use ssimulacra2::{ColorPrimaries, Rgb, TransferCharacteristic, compute_frame_ssimulacra2};

use super::film::{self, Shown};
use super::program::{Home, Program};
use super::task::{Request, Task};
use super::worker::Worker;
use crate::locked;

/// What a result is held against.
pub enum Reference {
    /// A picture.
    Still(RgbImage),
    /// The frames of an animation.
    Moving(Vec<Shown>),
}

/// How files are looked at and scored. To be raised with every change to that which versions of
/// programs do not show, so that no score of before is taken for one of now.
const METHOD: u32 = 2;

/// A program that shows what is in files.
struct Viewer {
    worker: Mutex<Worker>,
    /// Everything that scores depend on besides reference and file.
    way: String,
}

impl Viewer {
    /// None when it is not installed.
    fn start(program: Program, home: &Home) -> Option<Self> {
        let worker = Worker::start(program.worker(home, 1)?).ok()?;
        let way = format!("{METHOD}, {}, {}", worker.version(), locked::named("ssimulacra2"));
        Some(Self { worker: Mutex::new(worker), way })
    }
}

/// Decodes and scores.
pub struct Judge {
    sharp: Option<Viewer>,
    /// Shows AVIF as browsers do, by libavif with chroma interpolated. sharp's libheif repeats samples
    /// of chroma where there are fewer, which no user sees.
    pillow: Option<Viewer>,
    /// Scores that were found before, by the hash of way, reference and file.
    known: PathBuf,
    views: PathBuf,
    next_view: AtomicU32,
}

impl Judge {
    /// A judge that looks through sharp and Pillow, or through flx's own decoders where they are not
    /// installed.
    ///
    /// # Errors
    /// When its folders cannot be made.
    pub fn new(home: &Home) -> Result<Self, Box<dyn Error>> {
        let (known, views) = (home.0.join("scores"), home.0.join("views"));
        fs::create_dir_all(&known)?;
        fs::create_dir_all(&views)?;
        let sharp = Viewer::start(Program::Sharp, home);
        let pillow =
            Viewer::start(Program::Pillow, home).filter(|viewer| viewer.way.contains("libavif"));
        Ok(Self { sharp, pillow, known, views, next_view: AtomicU32::new(0) })
    }

    /// Who decodes.
    #[must_use]
    pub const fn viewers(&self) -> &'static str {
        match (&self.sharp, &self.pillow) {
            (Some(_), Some(_)) => "sharp, AVIF by Pillow as browsers show it",
            (Some(_), None) => "sharp (no Pillow that reads AVIF is installed)",
            (None, Some(_)) => "flx, AVIF by Pillow (sharp is not installed)",
            (None, None) => "flx (neither sharp nor a Pillow that reads AVIF is installed)",
        }
    }

    /// Who shows a file; none when flx must.
    fn viewer(&self, file: &Path) -> Option<&Viewer> {
        let is_avif = file.extension().is_some_and(|extension| extension == "avif");
        self.pillow.as_ref().filter(|_| is_avif).or(self.sharp.as_ref())
    }

    /// The picture in a file, as 8-bit sRGB.
    ///
    /// # Errors
    /// When it cannot be decoded.
    pub fn view(&self, file: &Path) -> Result<RgbImage, Box<dyn Error>> {
        if let Some(viewer) = self.viewer(file) {
            return Ok(self.shown(viewer, file, "")?.0);
        }
        let bytes = fs::read(file)?;
        let info = probe(&bytes)?;
        picture(info.width(), info.height(), fitting::decode_rgb8(&bytes)?)
    }

    /// The frames of an animation.
    ///
    /// # Errors
    /// When it cannot be decoded, or sharp is not installed.
    pub fn watch(&self, file: &Path) -> Result<Vec<Shown>, Box<dyn Error>> {
        let sharp = self.sharp.as_ref().ok_or("only sharp shows animations")?;
        let (strip, delays) = self.shown(sharp, file, "animated")?;
        Ok(film::frames(&strip, &delays))
    }

    /// What a program shows, and for how long if that moves.
    fn shown(
        &self,
        viewer: &Viewer,
        file: &Path,
        variant: &str,
    ) -> Result<(RgbImage, Vec<u32>), Box<dyn Error>> {
        let number = self.next_view.fetch_add(1, Ordering::Relaxed);
        let output = self.views.join(format!("{number}.raw"));
        let task = Task {
            input: file.to_owned(),
            output: Some(output.clone()),
            format: "raw".to_owned(),
            variant: variant.to_owned(),
            setting: 0,
            width: None,
            threads: 1,
        };
        let mut worker = viewer.worker.lock().map_err(|_| "the viewer is broken")?;
        let done = worker.ask(&Request::one(task))?;
        drop(worker);
        let pixels = fs::read(&output)?;
        fs::remove_file(output)?;
        Ok((picture(done.width, done.height, pixels)?, done.delays))
    }

    /// SSIMULACRA2 of the picture in a file, or the mean over frames of an animation; 100 exactly
    /// when no pixel differs.
    ///
    /// # Errors
    /// When it cannot be decoded or has another size.
    pub fn score(&self, reference: &Reference, file: &Path) -> Result<f64, Box<dyn Error>> {
        let Some(known) = self.place(reference, file)? else { return self.judged(reference, file) };
        if let Some(score) = fs::read_to_string(&known).ok().and_then(|text| text.parse().ok()) {
            return Ok(score);
        }
        let score = self.judged(reference, file)?;
        fs::write(known, score.to_string())?;
        Ok(score)
    }

    /// Where the score of a file is kept.
    fn place(&self, reference: &Reference, file: &Path) -> Result<Option<PathBuf>, Box<dyn Error>> {
        // flx's own decoders change without a new version, so what they show is scored each time.
        let Some(viewer) = self.viewer(file) else { return Ok(None) };
        let mut hash = blake3::Hasher::new();
        hash.update(viewer.way.as_bytes());
        match reference {
            Reference::Still(picture) => {
                hash.update(picture.as_raw());
            }
            Reference::Moving(frames) => {
                for frame in frames {
                    hash.update(&frame.start.to_le_bytes());
                    hash.update(frame.picture.as_raw());
                }
            }
        }
        hash.update(&fs::read(file)?);
        Ok(Some(self.known.join(hash.finalize().to_hex().as_str())))
    }

    fn judged(&self, reference: &Reference, file: &Path) -> Result<f64, Box<dyn Error>> {
        match reference {
            Reference::Still(picture) => alike(picture, &self.view(file)?),
            Reference::Moving(frames) => {
                let shown = self.watch(file)?;
                let scores: Vec<f64> = film::pairs(frames, &shown)
                    .map(|(wanted, shown)| alike(wanted, shown))
                    .collect::<Result<_, _>>()?;
                Ok(scores.iter().sum::<f64>() / scores.len().max(1) as f64)
            }
        }
    }
}

fn alike(wanted: &RgbImage, shown: &RgbImage) -> Result<f64, Box<dyn Error>> {
    if shown.dimensions() != wanted.dimensions() {
        let (found, asked) = (shown.dimensions(), wanted.dimensions());
        return Err(format!("{found:?} px in place of {asked:?}").into());
    }
    if shown == wanted {
        return Ok(100.0);
    }
    Ok(compute_frame_ssimulacra2(srgb(wanted)?, srgb(shown)?)?)
}

fn picture(width: u32, height: u32, pixels: Vec<u8>) -> Result<RgbImage, Box<dyn Error>> {
    let count = pixels.len();
    let picture = RgbImage::from_raw(width, height, pixels);
    Ok(picture.ok_or_else(|| format!("{count} bytes are not {width}×{height} px"))?)
}

fn srgb(picture: &RgbImage) -> Result<Rgb, Box<dyn Error>> {
    let pixels = picture.pixels().map(|pixel| pixel.0.map(|value| f32::from(value) / 255.0));
    let (width, height) = (picture.width() as usize, picture.height() as usize);
    let (transfer, primaries) = (TransferCharacteristic::SRGB, ColorPrimaries::BT709);
    Ok(Rgb::new(pixels.collect(), width, height, transfer, primaries)?)
}
