//! A job from its first picture to its last, and the memory it takes.

use std::error::Error;

use image::{Rgb, RgbImage};

use super::files::{write, write_png};
use super::finished::Finished;
use super::job::Job;
use super::judge::Judge;
use super::material::{Kind, Material, Source};
use super::program::{Home, Program};
use super::rounds::{Measured, Ready, measure, setting};
use super::runner::{Memory, Runner, memory};
use super::scope::Scope;
use super::task::Task;
use super::turns::Patience;
use crate::pictures::Picture;

/// The score at which memory is measured.
const SCORE_OF_MEMORY: f64 = 80.0;

/// Everything that a run has at hand.
pub struct Race {
    /// Where things are.
    pub home: Home,
    /// How much is measured.
    pub scope: Scope,
    /// Rounds at each point.
    pub count: usize,
    /// The pictures.
    pub material: Material,
    /// Who looks at results.
    pub judge: Judge,
}

impl Race {
    /// Has a job done; none when flx or every peer is missing.
    ///
    /// # Errors
    /// When pictures cannot be made.
    pub fn run(&self, job: &'static Job) -> Result<Option<Finished>, Box<dyn Error>> {
        let mut ready = Vec::new();
        let mut places = Vec::new();
        for (place, entrant) in job.entrants.iter().enumerate() {
            let single = Runner::start(entrant.program, &self.home, 1);
            let double = Runner::start(entrant.program, &self.home, 2);
            if let (Ok(single), Ok(double)) = (single, double) {
                ready.push(Ready { entrant: *entrant, single, double, warm: false });
                places.push(place);
            }
        }
        if places.first() != Some(&0) || places.len() < 2 {
            return Ok(None);
        }
        let (compared, timed) = (self.scope.compared(job.weight), self.scope.timed(job.weight));
        let sources = self.material.sources(job.kind, compared, timed, &self.home, &self.judge)?;
        let patience = Patience { count: self.count, seconds: self.scope.patience_seconds() };
        let pictures: Vec<(String, Vec<Measured>)> = sources
            .used
            .iter()
            .map(|source| {
                let measured = measure(job, source, &mut ready, patience, &self.judge, &self.home);
                (source.name.clone(), measured)
            })
            .collect();
        let memory = ready
            .iter()
            .enumerate()
            .map(|(place, ready)| {
                let source = sources.used.first()?;
                let all = &pictures.first()?.1;
                let setting = setting(job, all.get(place)?, all, SCORE_OF_MEMORY)?;
                self.memory(job, ready, source, setting).ok()
            })
            .collect();
        let (asked, left_out) = (self.count, sources.left_out);
        Ok(Some(Finished { job, places, pictures, memory, asked, left_out }))
    }

    fn memory(
        &self,
        job: &Job,
        ready: &Ready,
        source: &Source,
        setting: u32,
    ) -> Result<Memory, Box<dyn Error>> {
        let task = source.task(job.format, ready.entrant.variant, setting);
        let idle = Task { width: None, input: speck(job.kind, &self.home)?, ..task.clone() };
        memory(ready.entrant.program, &self.home, &idle, &task)
    }

    /// Name and version of each program of the jobs, or why it is not there.
    #[must_use]
    pub fn programs(&self, jobs: &[&Job]) -> Vec<(Program, Result<String, String>)> {
        let mut programs: Vec<Program> = Vec::new();
        for entrant in jobs.iter().flat_map(|job| job.entrants) {
            if !programs.contains(&entrant.program) {
                programs.push(entrant.program);
            }
        }
        let version = |program| {
            let runner =
                Runner::start(program, &self.home, 1).map_err(|error| error.to_string())?;
            Ok(runner.version().to_owned())
        };
        programs.into_iter().map(|program| (program, version(program))).collect()
    }
}

/// A picture of a few pixels, for a process to have done before its memory counts.
///
/// # Errors
/// When it cannot be written.
pub fn speck(kind: Kind, home: &Home) -> Result<std::path::PathBuf, Box<dyn Error>> {
    let pixels = RgbImage::from_fn(16, 16, |x, y| Rgb([x as u8 * 9, y as u8 * 7, 90]));
    match kind {
        Kind::Png => write_png(home, "speck.png", &pixels),
        _ => {
            let picture = Picture { name: "speck".to_owned(), pixels };
            write(home, "speck.jpg", &picture.camera_jpeg()?)
        }
    }
}
