//! Fits the quality scale: for each point of it, the settings of mozjpeg and ravif at which
//! pictures score the same SSIMULACRA2 as libwebp's at the setting of that number.
//!
//! `FLX_CORPUS=… just fit-quality [kodak,clic [N]]` prints the tables that stand in the encoders,
//! fitted on every Nth picture of these folders (default: on all).

use std::error::Error;
use std::io::Write;

use flx_benches::pictures::{Picture, photographs};
use flx_benches::score::ssimulacra2;
use flx_core::{Format, fitting};
use rayon::prelude::*;

const POINTS: [u8; 10] = [40, 50, 60, 70, 75, 82, 88, 93, 97, 100];

/// Settings at which each engine is measured; between them scores are interpolated.
const GRID: [u8; 16] = [25, 32, 40, 46, 52, 58, 64, 70, 75, 80, 84, 88, 92, 95, 98, 100];

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

    let webp = POINTS
        .iter()
        .map(|point| measure(&pictures, Format::WebP, *point, *point))
        .collect::<Result<Vec<_>, _>>()?;
    // Below and above 93 JPEG differs in chroma subsampling, so both are measured whole.
    for (name, format, quality) in [
        ("jpeg 4:2:0", Format::Jpeg, 82),
        ("jpeg 4:4:4", Format::Jpeg, 100),
        ("avif", Format::Avif, 82),
    ] {
        let curve = GRID
            .iter()
            .map(|setting| measure(&pictures, format, quality, *setting))
            .collect::<Result<Vec<_>, _>>()?;
        writeln!(out, "\n{name}: quality → setting (score of WebP; bytes of WebP, of {name})")?;
        for (point, target) in POINTS.iter().zip(&webp) {
            match meet(&curve, target.score) {
                Some(met) => writeln!(
                    out,
                    "    ({point}, {:.1}), // {:.1}; {:.0}k, {:.0}k",
                    met.setting,
                    target.score,
                    target.bytes / 1000.0,
                    met.bytes / 1000.0
                )?,
                None => writeln!(
                    out,
                    "    ({point}, –), // {:.1} is outside {:.1}–{:.1}",
                    target.score,
                    curve.first().map_or(0.0, |measured| measured.score),
                    curve.last().map_or(0.0, |measured| measured.score)
                )?,
            }
        }
        out.flush()?;
    }
    Ok(())
}

fn measure(
    pictures: &[Picture],
    format: Format,
    quality: u8,
    setting: u8,
) -> Result<Measured, Box<dyn Error>> {
    let results = pictures
        .par_iter()
        .map(|picture| {
            let (width, height) = picture.pixels.dimensions();
            let one = || -> Result<(f64, f64), Box<dyn Error>> {
                let file = fitting::encode_at(
                    &picture.pixels,
                    width,
                    height,
                    format,
                    f32::from(quality),
                    f32::from(setting),
                )?;
                let shown = fitting::decode_rgb8(&file)?;
                let score = ssimulacra2(&picture.pixels, &shown, width, height)?;
                Ok((score, file.len() as f64))
            };
            one().map_err(|error| format!("{}: {error}", picture.name))
        })
        .collect::<Result<Vec<_>, _>>()?;
    let count = results.len() as f64;
    Ok(Measured {
        setting: f64::from(setting),
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
