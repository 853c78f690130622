//! Fits the quality scale: for each point of it, the setting of every lossy engine at which
//! pictures have the scale's mean SSIMULACRA2 score.
//!
//! `FLX_CORPUS=… just fit-quality [kodak,clic [N [EFFORTS [FORMATS]]]]` prints what each format
//! scores at each quality with the tables as they are, and the tables that would meet the scale, by
//! every Nth picture of these folders (default: all). EFFORTS and FORMATS are lists; the default is
//! balanced, and every lossy format.

use std::error::Error;
use std::fmt;
use std::io::Write;

use flx_benches::pictures::{Picture, photographs};
use flx_benches::score::ssimulacra2;
use flx_core::{Effort, Format, fitting};
use rayon::prelude::*;

/// Settings at which each engine is measured; between them scores are interpolated.
const GRID: [u8; 18] = [20, 28, 35, 40, 46, 52, 58, 64, 70, 75, 80, 84, 88, 91, 94, 96, 98, 100];

/// Mean score and bytes at one setting.
#[derive(Clone, Copy)]
struct Measured {
    setting: f64,
    score: f64,
    bytes: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folders = std::env::args().nth(1).unwrap_or_else(|| "kodak,clic".to_owned());
    let folders: Vec<&str> = folders.split(',').collect();
    let step = std::env::args().nth(2).map_or(Ok(1), |step| step.parse())?;
    let pictures: Vec<Picture> = photographs(&folders)?.into_iter().step_by(step).collect();
    let efforts = std::env::args().nth(3).unwrap_or_else(|| "balanced".to_owned());
    let formats = std::env::args().nth(4).unwrap_or_else(|| "webp,avif,jpg".to_owned());
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} pictures of {}", pictures.len(), folders.join(", "))?;
    let efforts = efforts.split(',').map(str::parse).collect::<Result<Vec<Effort>, _>>()?;
    for format in formats.split(',') {
        for effort in &efforts {
            let engine = Writer { format: format.parse()?, effort: *effort };
            check(&mut out, &pictures, engine)?;
            fit(&mut out, &pictures, engine)?;
        }
    }
    Ok(())
}

/// What writes: each format has a table of its own, and some have one for each effort.
#[derive(Clone, Copy)]
struct Writer {
    format: Format,
    effort: Effort,
}

impl fmt::Display for Writer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, effort {}", self.format, self.effort)
    }
}

/// What the format scores with its table as it is.
fn check(out: &mut impl Write, pictures: &[Picture], writer: Writer) -> Result<(), Box<dyn Error>> {
    writeln!(out, "\n{writer}: quality, score wanted, score now, bytes")?;
    for (quality, wanted) in fitting::SCALE {
        let now = measure(pictures, writer, f32::from(quality), None)?;
        writeln!(
            out,
            "    {quality:3}  {wanted:5.1}  {:5.1} ({:+.1})  {:.0}k",
            now.score,
            now.score - f64::from(wanted),
            now.bytes / 1000.0
        )?;
    }
    Ok(())
}

/// The table that meets the scale.
fn fit(out: &mut impl Write, pictures: &[Picture], writer: Writer) -> Result<(), Box<dyn Error>> {
    // JPEG's chroma is halved below the top of the scale only, so each kind is measured whole.
    for (kind, quality) in [("below the top", 82.0), ("at the top", 100.0)] {
        if quality > 99.0 && writer.format != Format::Jpeg {
            continue;
        }
        let curve = GRID
            .iter()
            .map(|setting| measure(pictures, writer, quality, Some(f32::from(*setting))))
            .collect::<Result<Vec<_>, _>>()?;
        writeln!(out, "\n{writer}, as {kind} of the scale: quality → setting")?;
        for (point, wanted) in fitting::SCALE {
            match meet(&curve, f64::from(wanted)) {
                Some(met) => writeln!(
                    out,
                    "    ({point}, {:.1}), // {wanted:.1}, {:.0}k",
                    met.setting,
                    met.bytes / 1000.0
                )?,
                None => writeln!(out, "    // {point}: {wanted:.1} is not reached")?,
            }
        }
    }
    Ok(())
}

/// Codes every picture, at the engine's own setting where one is given.
fn measure(
    pictures: &[Picture],
    Writer { format, effort }: Writer,
    quality: f32,
    setting: Option<f32>,
) -> Result<Measured, Box<dyn Error>> {
    let results = pictures
        .par_iter()
        .map(|picture| {
            let size @ (width, height) = picture.pixels.dimensions();
            let one = || -> Result<(f64, f64), Box<dyn Error>> {
                let file =
                    fitting::encode_at(&picture.pixels, size, format, effort, quality, setting)?;
                let shown = fitting::decode_rgb8(&file)?;
                let score = ssimulacra2(&picture.pixels, &shown, width, height)?;
                Ok((score, file.len() as f64))
            };
            one().map_err(|error| format!("{}: {error}", picture.name))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let count = results.len() as f64;
    Ok(Measured {
        setting: f64::from(setting.unwrap_or(quality)),
        score: results.iter().map(|result| result.0).sum::<f64>() / count,
        bytes: results.iter().map(|result| result.1).sum::<f64>(),
    })
}

/// The point of a rising curve at a score, between its two neighbours.
fn meet(curve: &[Measured], score: f64) -> Option<Measured> {
    curve.windows(2).find_map(|pair| {
        let [low, high] = pair else { return None };
        if !(low.score <= score && score <= high.score) {
            return None;
        }
        let share = (score - low.score) / (high.score - low.score).max(f64::EPSILON);
        let between = |a: f64, b: f64| a + (b - a) * share;
        Some(Measured {
            setting: between(low.setting, high.setting),
            score,
            bytes: between(low.bytes, high.bytes),
        })
    })
}
