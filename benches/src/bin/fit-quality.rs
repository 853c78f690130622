//! Fits the quality scale: for each point of it, the setting of every lossy engine at which
//! pictures have the scale's mean SSIMULACRA2 score.
//!
//! `FLX_CORPUS=… just fit-quality [kodak,clic [N]]` prints the tables that stand in the encoders,
//! fitted on every Nth picture of these folders (default: on all), and what each format scores at
//! each quality with the tables as they are.

use std::error::Error;
use std::io::Write;

use flx_benches::pictures::{Picture, photographs};
use flx_benches::score::ssimulacra2;
use flx_core::{Effort, Engine, Format, fitting};
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
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} pictures of {}", pictures.len(), folders.join(", "))?;
    let lossy = Format::ALL.into_iter().filter(|format| *format != Format::Png);
    // The engine of the default effort, at which pictures are encoded here.
    let engines = lossy.map(|format| Engine::of(format, Effort::default()));
    for engine in engines.clone() {
        check(&mut out, &pictures, engine.format, engine.name)?;
    }
    for engine in engines {
        fit(&mut out, &pictures, engine.format, engine.name)?;
    }
    Ok(())
}

/// What the format scores with its table as it is.
fn check(
    out: &mut impl Write,
    pictures: &[Picture],
    format: Format,
    engine: &str,
) -> Result<(), Box<dyn Error>> {
    writeln!(out, "\n{format} by {engine}: quality, score wanted, score now, bytes")?;
    for (quality, wanted) in fitting::SCALE {
        let now = measure(pictures, format, f32::from(quality), None)?;
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
fn fit(
    out: &mut impl Write,
    pictures: &[Picture],
    format: Format,
    engine: &str,
) -> Result<(), Box<dyn Error>> {
    // JPEG's chroma is halved below the top of the scale only, so each kind is measured whole.
    for (kind, quality) in [("below the top", 82.0), ("at the top", 100.0)] {
        if quality > 99.0 && format != Format::Jpeg {
            continue;
        }
        let curve = GRID
            .iter()
            .map(|setting| measure(pictures, format, quality, Some(f32::from(*setting))))
            .collect::<Result<Vec<_>, _>>()?;
        writeln!(out, "\n{format} by {engine}, as {kind} of the scale: quality → setting")?;
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
    format: Format,
    quality: f32,
    setting: Option<f32>,
) -> Result<Measured, Box<dyn Error>> {
    let results = pictures
        .par_iter()
        .map(|picture| {
            let (width, height) = picture.pixels.dimensions();
            let one = || -> Result<(f64, f64), Box<dyn Error>> {
                let file =
                    fitting::encode_at(&picture.pixels, width, height, format, quality, setting)?;
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
