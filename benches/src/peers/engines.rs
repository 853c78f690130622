//! What each engine of flx takes per megapixel: time, memory in a process of its own, and bytes
//! against those of another effort.

use std::error::Error;
use std::path::{Path, PathBuf};

use flx_core::{Format, Limits, Options, compress};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use super::files::{write, write_png};
use super::material::Kind;
use super::program::{Home, Program};
use super::race::speck;
use super::runner::Memory;
use super::scope::Scope;
use super::task::{Request, Task};
use super::turns::median;
use super::worker::Worker;
use crate::pictures::Picture;

/// One engine.
pub struct Engine {
    /// What goes in or comes out.
    pub name: String,
    /// The effort, for encoders.
    pub effort: &'static str,
    /// At each of the two sizes; none where it failed or would have taken minutes.
    pub at: [Option<Load>; 2],
}

/// What one picture took.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Pixels of the source, in millions.
    pub megapixels: f64,
    /// Median wall time in milliseconds, with one thread.
    pub wall_ms: f64,
    /// How many rounds that is of; 0 when only the first, cold one was waited for.
    pub rounds: usize,
    /// Of a process that did this one picture.
    pub memory: Memory,
    /// Size of the result.
    pub bytes: u64,
}

impl Engine {
    /// Bytes as a share of what another engine makes of the same picture, of the largest that both
    /// did.
    #[must_use]
    pub fn bytes_against(&self, other: &Self) -> Option<f64> {
        let both = self.at.iter().zip(&other.at).rev();
        both.filter_map(|(own, other)| Some((own.as_ref()?.bytes, other.as_ref()?.bytes)))
            .map(|(own, other)| own as f64 / other as f64)
            .next()
    }
}

/// An engine that took longer than this for the smaller picture is not given the larger one, and
/// nothing that took longer is repeated.
const PATIENCE_MS: f64 = 8_000.0;

/// What a task takes in a process of its own: memory the first time, then the median time of so many
/// repetitions, or of fewer when they take long. The first time is cold and does not count, unless
/// it is the only one.
///
/// # Errors
/// When flx fails.
pub fn load(
    program: Program,
    home: &Home,
    task: &Task,
    megapixels: f64,
    rounds: usize,
) -> Result<Load, Box<dyn Error>> {
    let command = program.worker(home, task.threads).ok_or("flx stays")?;
    let untold = "the system does not tell a process's peak memory";
    let mut worker = Worker::start(command)?;
    let idle = Task { input: speck(Kind::Jpeg, home)?, width: None, ..task.clone() };
    worker.ask(&Request::one(idle))?;
    let idle = worker.peak_bytes().ok_or(untold)?;
    let request = Request::one(task.clone());
    let first = worker.ask(&request)?;
    let memory = Memory { peak: worker.peak_bytes().ok_or(untold)?, idle };
    let mut walls = Vec::new();
    while first.wall_ms <= PATIENCE_MS
        && walls.len() < rounds
        && walls.iter().sum::<f64>() < PATIENCE_MS / 4.0
    {
        walls.push(worker.ask(&request)?.wall_ms);
    }
    let rounds = walls.len();
    let wall_ms = median(walls).unwrap_or(first.wall_ms);
    Ok(Load { megapixels, wall_ms, rounds, memory, bytes: first.bytes })
}

/// Every encoder at every effort, from a baseline JPEG of the same size, those of a portable build
/// too; then every decoder, to a JPEG of an eighth of its width.
///
/// # Errors
/// When pictures cannot be made or flx fails.
pub fn measure(
    picture: &Picture,
    home: &Home,
    scope: Scope,
    rounds: usize,
) -> Result<Vec<Engine>, Box<dyn Error>> {
    let sides = match scope {
        Scope::Quick => [(768, 512), (1536, 1024)],
        _ => [(2048, 1365), (4096, 2730)],
    };
    let pictures = sides.map(|(width, height)| picture.mirrored(width, height));
    let mut engines = Vec::new();
    let mut run = |program: Program,
                   name: &str,
                   effort: &'static str,
                   task: &dyn Fn(&Picture) -> Made| {
        let mut at = [None, None];
        for (picture, place) in pictures.iter().zip(&mut at) {
            let megapixels =
                f64::from(picture.pixels.width()) * f64::from(picture.pixels.height()) / 1e6;
            // A size that an engine refuses or does not survive has no figures.
            let Ok(load) = load(program, home, &task(picture)?, megapixels, rounds) else { break };
            *place = Some(load);
            if load.wall_ms > PATIENCE_MS {
                break;
            }
        }
        engines.push(Engine { name: name.to_owned(), effort, at });
        Ok::<(), Box<dyn Error>>(())
    };
    for (name, format, palette) in [
        ("WebP", "webp", ""),
        ("AVIF", "avif", ""),
        ("JPEG", "jpg", ""),
        ("PNG", "png", ""),
        ("PNG of a palette", "png", "+palette"),
    ] {
        for effort in ["fast", "balanced", "small"] {
            run(Program::Flx, &format!("to {name}"), effort, &|picture| {
                let input = write(home, "engine.jpg", &picture.camera_jpeg()?)?;
                Ok(task(&input, format, &format!("{effort}{palette}"), None))
            })?;
        }
    }
    // Only these two formats have another engine in a portable build.
    for (name, format) in [("AVIF by rav1e", "avif"), ("JPEG by mozjpeg", "jpg")] {
        for effort in ["fast", "balanced", "small"] {
            run(Program::FlxPortable, &format!("to {name}"), effort, &|picture| {
                let input = write(home, "engine.jpg", &picture.camera_jpeg()?)?;
                Ok(task(&input, format, effort, None))
            })?;
        }
    }
    for from in ["JPEG", "progressive JPEG", "PNG", "WebP", "AVIF"] {
        run(Program::Flx, &format!("from {from}"), "", &|picture| {
            let width = (picture.pixels.width() / 8).max(1);
            Ok(task(&file(picture, from, home)?, "jpg", "fast", Some(width)))
        })?;
    }
    Ok(engines)
}

type Made = Result<Task, Box<dyn Error>>;

fn task(input: &Path, format: &str, variant: &str, width: Option<u32>) -> Task {
    let (format, variant) = (format.to_owned(), variant.to_owned());
    Task { input: input.to_owned(), output: None, format, variant, setting: 82, width, threads: 1 }
}

fn file(picture: &Picture, format: &str, home: &Home) -> Result<PathBuf, Box<dyn Error>> {
    let by_flx = |format| -> Result<Vec<u8>, Box<dyn Error>> {
        let options = Options::new(format);
        Ok(compress(&picture.camera_jpeg()?, &options, &Limits::default())?.into_bytes())
    };
    match format {
        "progressive JPEG" => write(home, "engine.jpg", &progressive_jpeg(picture)?),
        "PNG" => write_png(home, "engine.png", &picture.pixels),
        "WebP" => write(home, "engine.webp", &by_flx(Format::WebP)?),
        "AVIF" => write(home, "engine.avif", &by_flx(Format::Avif)?),
        _ => write(home, "engine.jpg", &picture.camera_jpeg()?),
    }
}

/// As [`Picture::camera_jpeg`], but progressive.
///
/// # Errors
/// When a side is too long for JPEG.
pub fn progressive_jpeg(picture: &Picture) -> Result<Vec<u8>, Box<dyn Error>> {
    let (width, height) = picture.pixels.dimensions();
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 95);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(true);
    encoder.encode(&picture.pixels, width.try_into()?, height.try_into()?, ColorType::Rgb)?;
    Ok(file)
}
