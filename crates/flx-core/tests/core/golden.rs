//! Sizes and scores of a few pictures by every engine at every effort, against a committed table:
//! what an engine's new version or a changed setting does to them is seen, and meant.
//!
//! `just golden` writes the table anew.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::{env, fs};

use flx_core::{Effort, Engine, Format, Limits, Options, compress};
use image::{Rgb, RgbImage};

use crate::fixtures::{decoded, photograph, picture, png, px, score};

/// Share of bytes by which a result may be larger or smaller.
const BYTES: f64 = 0.03;
/// SSIMULACRA2 by which it may look better or worse.
const SCORE: f64 = 1.0;

/// Even areas, straight and round edges, thin lines.
fn drawing(width: u32, height: u32) -> RgbImage {
    RgbImage::from_fn(width, height, |x, y| {
        let from_middle = x.abs_diff(width / 3).pow(2) + y.abs_diff(height / 2).pow(2);
        if from_middle < (height / 4).pow(2) {
            Rgb([204, 40, 52])
        } else if x > width * 2 / 3 && (y / 11).is_multiple_of(2) && x % 9 < 6 {
            Rgb([24, 24, 32])
        } else if (x + y).is_multiple_of(37) {
            Rgb([40, 96, 168])
        } else if y < height / 5 {
            Rgb([226, 232, 240])
        } else {
            Rgb([250, 250, 248])
        }
    })
}

/// By picture, format, engine and effort: bytes and score.
type Table = BTreeMap<String, (usize, f64)>;

fn measured() -> Table {
    let pictures = [
        ("photograph", photograph(480, 320)),
        ("soft", picture(400, 300)),
        ("drawing", drawing(480, 320)),
    ];
    let mut table = Table::new();
    for (name, picture) in pictures {
        let file = png(picture.clone());
        for format in Format::ALL {
            for effort in Effort::ALL {
                // Tiles follow threads, and bytes follow tiles.
                let options = Options::new(format).with_effort(effort).with_threads(px(1));
                let result = compress(&file, &options, &Limits::default()).unwrap();
                let row = format!("{name} {format} {} {effort}", Engine::of(format, effort).name);
                let score = score(&picture, &decoded(result.bytes()));
                table.insert(row, (result.bytes().len(), score));
            }
        }
    }
    table
}

fn path() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden.txt"))
}

fn committed() -> Table {
    let Ok(text) = fs::read_to_string(path()) else { return Table::new() };
    let row = |line: &str| {
        let (rest, score) = line.rsplit_once(' ').unwrap();
        let (row, bytes) = rest.rsplit_once(' ').unwrap();
        (row.to_owned(), (bytes.parse().unwrap(), score.parse().unwrap()))
    };
    text.lines().filter(|line| !line.starts_with('#')).map(row).collect()
}

#[test]
fn bytes_and_scores_are_those_of_the_table() {
    let committed = committed();
    let mut wrong = String::new();
    for (row, (bytes, score)) in measured() {
        match committed.get(&row) {
            None => writeln!(wrong, "{row}: not in the table").unwrap(),
            Some((then, looked))
                if (bytes as f64 / *then as f64 - 1.0).abs() > BYTES
                    || (score - looked).abs() > SCORE =>
            {
                writeln!(wrong, "{row}: {then} bytes at {looked}, now {bytes} at {score:.2}")
                    .unwrap();
            }
            Some(_) => {}
        }
    }
    assert!(wrong.is_empty(), "\n{wrong}If that is meant, run `just golden` and commit its table.");
}

#[test]
#[ignore = "just golden runs it"]
fn the_table_is_written_anew() {
    // Rows of engines that this build has not stay.
    let mut table = committed();
    table.extend(measured());
    let mut text =
        "# picture, format, engine, effort, bytes, SSIMULACRA2: just golden\n".to_owned();
    for (row, (bytes, score)) in table {
        writeln!(text, "{row} {bytes} {score:.2}").unwrap();
    }
    fs::write(path(), text).unwrap();
}
