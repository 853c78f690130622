//! One number looks the same in every format: the scale held over photographs.

use std::fs;
use std::path::PathBuf;

use flx_core::{Format, Limits, Options, Quality, compress, fitting};
use flx_tests::look;

/// How far the mean of a format may be from the scale, in points of SSIMULACRA2.
const AWAY: f64 = 1.5;

/// Every so manieth picture of the two folders.
const STEP: usize = 4;

#[test]
#[ignore = "takes minutes: just test-corpus"]
fn every_format_scores_as_the_scale_says_over_kodak_and_clic() {
    let Some(corpus) = std::env::var_os("FLX_CORPUS").map(PathBuf::from) else {
        println!("NOT CHECKED: the quality scale, as FLX_CORPUS is not set");
        return;
    };
    let pictures: Vec<_> = ["kodak", "clic"]
        .iter()
        .flat_map(|folder| {
            let files = fs::read_dir(corpus.join(folder)).expect("a folder of photographs");
            let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
            files.sort();
            files
        })
        .filter(|file| file.extension().is_some_and(|ending| ending == "png"))
        .step_by(STEP)
        .map(|file| fs::read(file).unwrap())
        .collect();
    assert!(pictures.len() >= 8, "{} pictures are too few", pictures.len());
    let mut faults = Vec::new();
    for format in [Format::WebP, Format::Avif, Format::Jpeg] {
        for (quality, wanted) in fitting::SCALE {
            let options = Options::new(format).with_quality(Quality::new(quality).unwrap());
            let score = |file: &Vec<u8>| {
                let made = compress(file, &options, &Limits::default()).unwrap();
                let original = look::decode(file).into_rgb8();
                let (width, height) = original.dimensions();
                let shown = fitting::decode_rgb8(made.bytes()).unwrap();
                let shown = image::RgbImage::from_raw(width, height, shown).unwrap();
                look::ssimulacra2(&original, &shown)
            };
            let mean = pictures.iter().map(score).sum::<f64>() / pictures.len() as f64;
            let away = mean - f64::from(wanted);
            println!("{format} at {quality}: {mean:.1}, {away:+.1} of the scale");
            if away.abs() > AWAY {
                faults.push(format!("{format} at {quality} is {away:+.1} away"));
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("; "));
}
