//! Animations as they are seen: frames, and when each begins; and which can be judged at all.

use std::error::Error;
use std::fs;

use image::RgbImage;
use image::imageops::crop_imm;

use super::command_line;
use super::files::write;
use super::judge::{Judge, Reference};
use super::material::{Source, Sources};
use super::program::{Home, Program};
use super::scope::spread;
use crate::animations::Animation;

/// A frame of an animation.
pub struct Shown {
    /// When it begins, in milliseconds from the start.
    pub start: u32,
    /// What is seen of it, on white.
    pub picture: RgbImage,
}

/// Frames that are looked at of a longer animation.
const LOOKED_AT: usize = 10;

/// What a WebP without loss scores at least where its GIF is seen as the encoder saw it.
const LOSSLESS: f64 = 99.0;

/// Writes animations as files and looks at them. Some decoders of GIF do not agree on: what encoders
/// make of these cannot be held against what the judge sees, so they are left out.
///
/// # Errors
/// When a file cannot be written or read.
pub fn sources(
    animations: &[Animation],
    home: &Home,
    judge: &Judge,
) -> Result<Sources, Box<dyn Error>> {
    let mut sources = Sources { used: Vec::new(), left_out: Vec::new() };
    for animation in animations {
        let stem = animation.name.trim_end_matches(".gif").replace(['/', ' ', ':'], "-");
        let file = write(home, &format!("{stem}.gif"), &animation.file)?;
        let reference = Reference::Moving(judge.watch(&file)?);
        let name = animation.name.rsplit('/').next().unwrap_or_default().chars().take(20).collect();
        let source = Source { name, file, width: None, reference, timed: true };
        match lossless_score(&source, home, judge) {
            Some(score) if score < LOSSLESS => {
                sources.left_out.push(format!("{} ({score:.1})", source.name));
            }
            _ => sources.used.push(source),
        }
    }
    Ok(sources)
}

/// The score of a WebP without loss by libwebp's own tool; none where that is not installed.
fn lossless_score(source: &Source, home: &Home, judge: &Judge) -> Option<f64> {
    let output = home.0.join("lossless.webp");
    let mut task = source.task("webp", "", 75);
    task.output = Some(output.clone());
    command_line::run(Program::Gif2webp, home, &task).ok()?;
    let score = judge.score(&source.reference, &output).ok()?;
    // Left behind it is written over by the next.
    let _ = fs::remove_file(output);
    Some(score)
}

/// Frames that stand one below the other, with the milliseconds of each.
#[must_use]
pub fn frames(strip: &RgbImage, delays: &[u32]) -> Vec<Shown> {
    let count = u32::try_from(delays.len()).unwrap_or(u32::MAX).max(1);
    let height = strip.height() / count;
    let mut start = 0;
    (0..count)
        .zip(delays)
        .map(|(place, delay)| {
            let picture = crop_imm(strip, 0, place * height, strip.width(), height).to_image();
            let shown = Shown { start, picture };
            // As browsers and flx take it: what is shown for less is shown for a tenth of a second.
            start += if *delay <= 10 { 100 } else { *delay };
            shown
        })
        .collect()
}

/// Pairs of what is to be seen and what is seen at that time, evenly spread: programs join frames
/// that repeat.
pub fn pairs<'a>(
    wanted: &'a [Shown],
    shown: &'a [Shown],
) -> impl Iterator<Item = (&'a RgbImage, &'a RgbImage)> {
    spread(wanted, LOOKED_AT).into_iter().filter_map(|one| {
        let other = shown.iter().rev().find(|other| other.start <= one.start)?;
        Some((&one.picture, &other.picture))
    })
}
