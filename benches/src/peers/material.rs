//! The pictures of a run, as files that every program reads, and what results are held against.

use std::error::Error;
use std::path::PathBuf;

use image::RgbImage;
use image::imageops::{FilterType, resize};

use super::files::{write, write_png, write_ppm};
use super::film;
use super::judge::{Judge, Reference};
use super::program::Home;
use super::scope::{Share, spread};
use super::task::Task;
use crate::animations::{Animation, animations};
use crate::pictures::{Picture, corpus, generated, photographs};

/// How a picture comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// As a camera's JPEG.
    Jpeg,
    /// As a PNG.
    Png,
    /// As a camera's JPEG of 24 MP, to be made 1600 px wide.
    Huge,
    /// As an animated GIF.
    Animation,
}

/// The width that [`Kind::Huge`] is scaled to, in pixels.
pub const SCALED_WIDTH: u32 = 1600;

/// A picture to be compressed.
pub struct Source {
    /// For tables.
    pub name: String,
    /// The file that programs read.
    pub file: PathBuf,
    /// The result's width, when it is to be scaled.
    pub width: Option<u32>,
    /// What a perfect result would look like: the decoded file, scaled in full by Lanczos3.
    pub reference: Reference,
    /// Whether it is timed too.
    pub timed: bool,
}

/// The pictures of a job.
pub struct Sources {
    /// Those that are measured.
    pub used: Vec<Source>,
    /// Names of those that cannot be judged, and why.
    pub left_out: Vec<String>,
}

/// Photographs by size.
pub struct Material {
    large: Vec<Picture>,
    small: Vec<Picture>,
    animations: Vec<Animation>,
}

impl Material {
    /// Reads the photographs of `FLX_CORPUS`, or generates some.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn gather() -> Result<Self, Box<dyn Error>> {
        let animations = animations()?;
        if corpus().is_some() {
            let (large, small) = (photographs(&["clic"])?, photographs(&["kodak"])?);
            return Ok(Self { large, small, animations });
        }
        let make = |width, height, seed| Picture {
            name: format!("generated {width}×{height} {seed}"),
            pixels: generated(width, height, seed),
        };
        let large = (1..=4).map(|seed| make(2048, 1365, seed)).collect();
        let small = (5..=10).map(|seed| make(768, 512, seed)).collect();
        Ok(Self { large, small, animations })
    }

    /// Where the photographs are from.
    #[must_use]
    pub fn origin(&self) -> &'static str {
        if corpus().is_some() {
            "clic (2–3 MP) and kodak (0.4 MP), animations made of it and its animated GIFs"
        } else {
            "generated pictures and animations"
        }
    }

    /// The first large photograph.
    #[must_use]
    pub fn first(&self) -> Option<&Picture> {
        self.large.first()
    }

    /// The first so many photographs, large and small in turn.
    pub fn mixed(&self, count: usize) -> impl Iterator<Item = &Picture> {
        let (large, small) = (self.large.iter().cycle(), self.small.iter().cycle());
        large.zip(small).flat_map(|(large, small)| [large, small]).take(count)
    }

    /// Writes the files of one kind and looks at them as users will.
    ///
    /// # Errors
    /// When a file cannot be written or read.
    pub fn sources(
        &self,
        kind: Kind,
        compared: Share,
        timed: Share,
        home: &Home,
        judge: &Judge,
    ) -> Result<Sources, Box<dyn Error>> {
        if kind == Kind::Animation {
            // They are small, so there is time for all of them.
            return film::sources(&self.animations, home, judge);
        }
        let (large, small) = match kind {
            Kind::Huge => (spread(&self.large, compared.huge), Vec::new()),
            _ => (spread(&self.large, compared.large), spread(&self.small, compared.small)),
        };
        let timed_large = if kind == Kind::Huge { timed.huge } else { timed.large };
        let with_timing = |count: usize| move |(place, picture)| (picture, place < count);
        let large = large.into_iter().enumerate().map(with_timing(timed_large));
        let small = small.into_iter().enumerate().map(with_timing(timed.small));
        let used = large
            .chain(small)
            .map(|(picture, timed)| source(picture, kind, timed, home, judge))
            .collect::<Result<_, _>>()?;
        Ok(Sources { used, left_out: Vec::new() })
    }
}

fn source(
    picture: &Picture,
    kind: Kind,
    timed: bool,
    home: &Home,
    judge: &Judge,
) -> Result<Source, Box<dyn Error>> {
    let name: String = picture.name.chars().take(14).collect();
    let stem = picture.name.replace(['/', ' '], "-");
    let (file, width) = match kind {
        Kind::Jpeg => (write(home, &format!("{stem}.jpg"), &picture.camera_jpeg()?)?, None),
        Kind::Png | Kind::Animation => {
            (write_png(home, &format!("{stem}.png"), &picture.pixels)?, None)
        }
        Kind::Huge => {
            let file = picture.mirrored(6000, 4000).camera_jpeg()?;
            (write(home, &format!("{stem}-24mp.jpg"), &file)?, Some(SCALED_WIDTH))
        }
    };
    let shown = judge.view(&file)?;
    if kind == Kind::Jpeg {
        write_ppm(&file.with_extension("ppm"), &shown)?;
    }
    Ok(Source { name, file, width, reference: perfect(shown, width), timed })
}

/// What a perfect result would look like: all of the picture, scaled in full when a width is given.
#[must_use]
pub fn perfect(shown: RgbImage, width: Option<u32>) -> Reference {
    let Some(width) = width else { return Reference::Still(shown) };
    let height = f64::from(shown.height()) * f64::from(width) / f64::from(shown.width());
    Reference::Still(resize(&shown, width, height.round() as u32, FilterType::Lanczos3))
}

impl Source {
    /// A task on this picture, with one thread and no output.
    #[must_use]
    pub fn task(&self, format: &str, variant: &str, setting: u32) -> Task {
        Task {
            input: self.file.clone(),
            output: None,
            format: format.to_owned(),
            variant: variant.to_owned(),
            setting,
            width: self.width,
            threads: 1,
        }
    }
}
