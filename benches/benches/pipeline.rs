//! `flx_core::compress` from a camera's JPEG to each output format: `just bench pipeline`.

use std::error::Error;
use std::num::NonZeroU32;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, SamplingMode, Throughput};
use flx_benches::pictures::{self, Picture};
use flx_core::{Format, Limits, Options, compress};

const FORMATS: [(&str, Format); 4] =
    [("webp", Format::WebP), ("avif", Format::Avif), ("jpg", Format::Jpeg), ("png", Format::Png)];

fn main() -> Result<(), Box<dyn Error>> {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_millis(200))
        .measurement_time(Duration::from_secs(2))
        .configure_from_args();
    for (size, picture) in [("0.4 MP", pictures::small()?), ("2 MP", pictures::two_megapixels()?)] {
        for (name, format) in FORMATS {
            one(&mut criterion, &format!("jpg to {name}"), size, &picture, &Options::new(format))?;
        }
    }
    let wide =
        Options::new(Format::WebP).with_max_width(NonZeroU32::new(1600).ok_or("1600 is not zero")?);
    let picture = pictures::twenty_four_megapixels()?;
    one(&mut criterion, "jpg to 1600 px wide webp", "24 MP", &picture, &wide)?;
    criterion.final_summary();
    Ok(())
}

fn one(
    criterion: &mut Criterion,
    name: &str,
    size: &str,
    picture: &Picture,
    options: &Options,
) -> Result<(), Box<dyn Error>> {
    let file = picture.camera_jpeg()?;
    let limits = Limits::default();
    // Once before, so that an error ends the run instead of being measured.
    compress(&file, options, &limits)?;
    let mut group = criterion.benchmark_group(name);
    let (width, height) = picture.pixels.dimensions();
    group
        .sampling_mode(SamplingMode::Flat)
        .throughput(Throughput::Elements(u64::from(width) * u64::from(height)))
        .bench_function(BenchmarkId::from_parameter(size), |bencher| {
            bencher.iter(|| compress(&file, options, &limits));
        });
    group.finish();
    Ok(())
}
