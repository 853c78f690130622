//! Compresses a file: `compress_file INPUT OUTPUT [QUALITY [MAX_WIDTH]]`, where the output's
//! ending names the format.

use std::error::Error;
use std::path::Path;

use flx_core::{Format, Limits, Options, Quality, compress};

#[allow(clippy::print_stdout, reason = "an example that is run by hand")]
fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, rest @ ..] = arguments.as_slice() else {
        return Err("usage: compress_file INPUT OUTPUT [QUALITY [MAX_WIDTH]]".into());
    };
    let ending = Path::new(output).extension().and_then(|ending| ending.to_str());
    let mut options = Options::new(ending.unwrap_or_default().parse::<Format>()?);
    if let Some(quality) = rest.first() {
        options = options.with_quality(Quality::new(quality.parse()?)?);
    }
    if let Some(width) = rest.get(1) {
        options = options.with_max_width(width.parse()?);
    }
    let original = std::fs::read(input)?;
    let result = compress(&original, &options, &Limits::default())?;
    println!(
        "{} {}×{} px, {} bytes → {} {}×{} px, {} bytes{}",
        result.source().format(),
        result.source().width(),
        result.source().height(),
        original.len(),
        result.format(),
        result.width(),
        result.height(),
        result.bytes().len(),
        if result.unchanged() { ", unchanged" } else { "" },
    );
    for (stage, time) in result.timings().iter() {
        println!("  {stage:<10} {:>8.1} ms", time.as_secs_f64() * 1000.0);
    }
    std::fs::write(output, result.into_bytes())?;
    Ok(())
}
