//! How cost grows with pixels, from 0.1 to 50 MP.

use std::error::Error;

use super::engines::{Load, load, progressive_jpeg};
use super::files::write;
use super::program::{Home, Program};
use super::scope::Scope;
use super::task::Task;
use crate::pictures::Picture;

/// One kind of work at every size.
pub struct Growth {
    /// What is done, for tables and the plot.
    pub name: &'static str,
    /// By rising size, without those that failed.
    pub loads: Vec<Load>,
}

/// How often each is timed, where that does not take long.
pub const ROUNDS: usize = 3;

/// Sides in the shape of 3:2 of 0.1, 0.4, 1.6, 6.3, 25 and 50 MP.
const SIDES: [(u32, u32); 6] =
    [(390, 260), (774, 516), (1550, 1033), (3074, 2050), (6124, 4082), (8660, 5774)];

/// Name, output format, width of the result, whether the source is progressive.
const KINDS: [(&str, &str, Option<u32>, bool); 5] = [
    ("JPEG → WebP", "webp", None, false),
    ("JPEG → AVIF", "avif", None, false),
    ("JPEG → JPEG", "jpg", None, false),
    ("JPEG → 2000 wide → WebP", "webp", Some(2000), false),
    ("progressive JPEG → 2000 wide → WebP", "webp", Some(2000), true),
];

/// Measures every kind at every size that the scope has time for.
///
/// # Errors
/// When pictures cannot be made or flx fails.
pub fn measure(
    picture: &Picture,
    home: &Home,
    scope: Scope,
) -> Result<Vec<Growth>, Box<dyn Error>> {
    let sizes = if scope == Scope::Quick { 3 } else { SIDES.len() };
    let mut growths = KINDS.map(|(name, ..)| Growth { name, loads: Vec::new() });
    for (width, height) in SIDES.into_iter().take(sizes) {
        let picture = picture.mirrored(width, height);
        let baseline = write(home, "growth.jpg", &picture.camera_jpeg()?)?;
        let progressive = write(home, "growth-progressive.jpg", &progressive_jpeg(&picture)?)?;
        for (growth, (_, format, result_width, by_scans)) in growths.iter_mut().zip(KINDS) {
            let task = Task {
                input: if by_scans { progressive.clone() } else { baseline.clone() },
                output: None,
                format: format.to_owned(),
                variant: "balanced".to_owned(),
                setting: 82,
                width: result_width,
                threads: 1,
            };
            let megapixels = f64::from(width) * f64::from(height) / 1e6;
            growth.loads.extend(load(Program::Flx, home, &task, megapixels, ROUNDS));
        }
    }
    Ok(growths.into())
}
