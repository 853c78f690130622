//! Before and after, as a Markdown table: `FLX_CORPUS=… just sizes [kodak,clic]`.
//!
//! Each photograph is written as a camera would write it, at quality 95, and then compressed at
//! the default quality. The score compares the result with that JPEG, as its owner would.

use std::error::Error;
use std::io::Write;
use std::num::NonZeroU32;

use flx_benches::pictures::{Picture, corpus, photographs};
use flx_benches::score::ssimulacra2;
use flx_core::{Format, Limits, Options, compress, fitting};
use rayon::prelude::*;

const FORMATS: [(&str, Format); 3] =
    [("webp", Format::WebP), ("avif", Format::Avif), ("jpg", Format::Jpeg)];

/// A photograph before and after, in bytes, and how alike the two look.
struct Size {
    before: usize,
    after: usize,
    score: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let folders = std::env::args().nth(1).unwrap_or_else(|| "kodak,clic".to_owned());
    let folders: Vec<&str> =
        if corpus().is_some() { folders.split(',').collect() } else { vec!["generated"] };
    let mut out = std::io::stdout().lock();
    writeln!(out, "| photographs | JPEG of a camera | to | at quality 82 | saved | SSIMULACRA2 |")?;
    writeln!(out, "|---|---:|---|---:|---:|---:|")?;
    for folder in folders {
        let pictures = photographs(&[folder])?;
        for (name, format) in FORMATS {
            let sizes =
                pictures.par_iter().map(|picture| size(picture, format)).collect::<Vec<_>>();
            let sizes = sizes.into_iter().collect::<Result<Vec<_>, _>>()?;
            let before: usize = sizes.iter().map(|size| size.before).sum();
            let after: usize = sizes.iter().map(|size| size.after).sum();
            let score = sizes.iter().map(|size| size.score).sum::<f64>() / sizes.len() as f64;
            writeln!(
                out,
                "| {folder}, {} | {} | {name} | {} | {:.0} % | {score:.0} |",
                pictures.len(),
                kilobytes(before),
                kilobytes(after),
                (1.0 - after as f64 / before as f64) * 100.0,
            )?;
        }
    }
    Ok(())
}

fn size(picture: &Picture, format: Format) -> Result<Size, String> {
    let one = || -> Result<Size, Box<dyn Error>> {
        let (width, height) = picture.pixels.dimensions();
        let file = picture.camera_jpeg()?;
        let options = Options::new(format).with_threads(NonZeroU32::MIN);
        let smaller = compress(&file, &options, &Limits::default())?;
        let (original, shown) =
            (fitting::decode_rgb8(&file)?, fitting::decode_rgb8(smaller.bytes())?);
        let score = ssimulacra2(&original, &shown, width, height)?;
        Ok(Size { before: file.len(), after: smaller.bytes().len(), score })
    };
    one().map_err(|error| format!("{}: {error}", picture.name))
}

fn kilobytes(bytes: usize) -> String {
    format!("{} kB", bytes.div_ceil(1000))
}
