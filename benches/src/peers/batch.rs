//! Twenty mixed pictures on two cores, as a gallery is prepared.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use super::files::{write, write_png};
use super::judge::{Judge, Reference};
use super::material::{Material, SCALED_WIDTH, perfect};
use super::program::{Home, Program};
use super::task::{Request, Task};
use super::turns::{median, turns};
use super::worker::Worker;

/// How many pictures a batch has.
pub const COUNT: usize = 20;

/// One way to do the batch.
#[derive(Debug, Clone)]
pub struct Way {
    /// For tables.
    pub name: &'static str,
    program: Program,
    threads: u32,
    lanes: usize,
    setting: u32,
    /// Median wall time of the whole batch; none when the program is missing.
    pub wall_ms: Option<f64>,
    /// Median user and system time.
    pub cpu_ms: Option<f64>,
    /// The most memory in use, in bytes.
    pub peak: Option<u64>,
    /// Sum of the results' sizes.
    pub bytes: u64,
    /// What each result scores.
    pub scores: Vec<f64>,
}

/// Measures every way in turns, at settings of flx and of sharp that look alike. What it does first
/// is looked at instead of timed, so that none begins cold.
///
/// # Errors
/// When pictures cannot be made.
pub fn measure(
    material: &Material,
    home: &Home,
    judge: &Judge,
    settings: (u32, u32),
    rounds: usize,
) -> Result<Vec<Way>, Box<dyn Error>> {
    let way = |name, program, threads, lanes| Way {
        name,
        program,
        threads,
        lanes,
        setting: if program == Program::Flx { settings.0 } else { settings.1 },
        wall_ms: None,
        cpu_ms: None,
        peak: None,
        bytes: 0,
        scores: Vec::new(),
    };
    let mut ways = [
        way("flx, two at a time with one thread each", Program::Flx, 1, 2),
        way("flx, one at a time with two threads", Program::Flx, 2, 1),
        way("sharp, two at a time with one thread each", Program::Sharp, 1, 2),
        way("sharp, one at a time with two threads", Program::Sharp, 2, 1),
    ];
    let files = files(material, home, judge)?;
    let mut workers: Vec<Option<Worker>> =
        ways.iter().map(|way| Worker::start(way.program.worker(home, way.threads)?).ok()).collect();
    let mut times = vec![(Vec::new(), Vec::new()); ways.len()];
    for (way, worker) in ways.iter_mut().zip(&mut workers) {
        let Some(worker) = worker else { continue };
        way.look(worker, &files, home, judge)?;
    }
    for round in 0..rounds {
        for place in turns(ways.len(), round) {
            let (Some(way), Some(Some(worker)), Some(times)) =
                (ways.get_mut(place), workers.get_mut(place), times.get_mut(place))
            else {
                continue;
            };
            let done = worker.ask(&way.request(&files))?;
            times.0.push(done.wall_ms);
            times.1.push(done.cpu_ms);
            way.bytes = done.bytes;
            way.peak = worker.peak_bytes();
        }
    }
    for (way, (walls, cpus)) in ways.iter_mut().zip(times) {
        (way.wall_ms, way.cpu_ms) = (median(walls), median(cpus));
    }
    Ok(ways.to_vec())
}

impl Way {
    fn request(&self, files: &[Item]) -> Request {
        let variant = if self.program == Program::Flx { "balanced" } else { "" };
        let task = |item: &Item| Task {
            input: item.file.clone(),
            output: None,
            format: "webp".to_owned(),
            variant: variant.to_owned(),
            setting: self.setting,
            width: item.width,
            threads: self.threads,
        };
        Request { tasks: files.iter().map(task).collect(), lanes: self.lanes }
    }

    /// Does the batch once and scores every result.
    fn look(
        &mut self,
        worker: &mut Worker,
        files: &[Item],
        home: &Home,
        judge: &Judge,
    ) -> Result<(), Box<dyn Error>> {
        let mut request = self.request(files);
        for (place, task) in request.tasks.iter_mut().enumerate() {
            task.output = Some(write(home, &format!("batch-result-{place}.webp"), &[])?);
        }
        worker.ask(&request)?;
        for (item, task) in files.iter().zip(request.tasks) {
            let output = task.output.ok_or("a result without a file")?;
            self.scores.push(judge.score(&item.reference, &output)?);
            fs::remove_file(output)?;
        }
        Ok(())
    }
}

/// A picture of the batch, the width it is scaled to, and what it should look like then.
struct Item {
    file: PathBuf,
    width: Option<u32>,
    reference: Reference,
}

/// Two of 24 MP, four PNG, the others JPEG; half of them large, half small.
fn files(material: &Material, home: &Home, judge: &Judge) -> Result<Vec<Item>, Box<dyn Error>> {
    let mut files = Vec::new();
    for (place, picture) in material.mixed(COUNT).enumerate() {
        let name = |ending: &str| format!("batch-{place}.{ending}");
        let huge = place == 8 || place == 14;
        let file = if huge {
            write(home, &name("jpg"), &picture.mirrored(6000, 4000).camera_jpeg()?)?
        } else if place % 5 == 1 {
            write_png(home, &name("png"), &picture.pixels)?
        } else {
            write(home, &name("jpg"), &picture.camera_jpeg()?)?
        };
        let scaled = huge || picture.pixels.width() > SCALED_WIDTH;
        let width = scaled.then_some(SCALED_WIDTH);
        let reference = perfect(judge.view(&file)?, width);
        files.push(Item { file, width, reference });
    }
    Ok(files)
}
