//! How well the search for a look does: encodes it takes, how near its results come to the target,
//! and what they take against one fixed quality for all pictures.
//!
//! `FLX_CORPUS=… just bench-auto [kodak,clic [N]]` on every Nth picture of these folders.

use std::error::Error;
use std::io::Write;
use std::num::NonZeroU32;

use flx_benches::pictures::{Picture, photographs};
use flx_core::{AutoQuality, Compressed, Format, Limits, Options, compress};
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn Error>> {
    let folders = std::env::args().nth(1).unwrap_or_else(|| "kodak,clic".to_owned());
    let folders: Vec<&str> = folders.split(',').collect();
    let step = std::env::args().nth(2).map_or(Ok(1), |step| step.parse())?;
    let pictures: Vec<Picture> = photographs(&folders)?.into_iter().step_by(step).collect();
    let sources = pictures.iter().map(Picture::to_png).collect::<Result<Vec<_>, _>>()?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{} pictures of {}", sources.len(), folders.join(", "))?;
    writeln!(
        out,
        "| format | look | target | encodes, mean (most) | score, lowest / mean / highest | quality, lowest–highest |"
    )?;
    writeln!(out, "|---|---|---|---|---|---|")?;
    let mut all = Vec::new();
    for format in Format::ALL {
        if format == Format::Png {
            continue;
        }
        for look in AutoQuality::ALL {
            let results = sources
                .par_iter()
                .map(|source| {
                    let options =
                        Options::new(format).with_auto_quality(look).with_threads(NonZeroU32::MIN);
                    compress(source, &options, &Limits::default())
                })
                .collect::<Result<Vec<Compressed>, _>>()?;
            let encodes: Vec<f64> = results.iter().map(|r| f64::from(r.encodes())).collect();
            let scores: Vec<f64> =
                results.iter().filter_map(|r| r.score().map(f64::from)).collect();
            let qualities: Vec<f64> =
                results.iter().filter_map(|r| r.quality().map(f64::from)).collect();
            writeln!(
                out,
                "| {format} | {look} | {:.0} | {:.2} ({:.0}) | {:.2} / {:.2} / {:.2} | {:.0}–{:.0} |",
                look.target(),
                mean(&encodes),
                most(&encodes),
                least(&scores),
                mean(&scores),
                most(&scores),
                least(&qualities),
                most(&qualities),
            )?;
            all.extend(encodes);
        }
    }
    writeln!(out, "\nencodes a picture, mean over all: {:.2}", mean(&all))?;
    Ok(())
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}
