//! One job on its pictures: first what each encoder makes of them at every setting, then, at
//! settings that look alike, how long each takes, in turns.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use super::curve::{Curve, Point};
use super::job::{Entrant, Job};
use super::judge::Judge;
use super::material::Source;
use super::program::Home;
use super::runner::Runner;
use super::task::Task;
use super::turns::{self, Patience, Time};

/// Scores at which encoders are compared.
pub const SCORES: [f64; 4] = [60.0, 70.0, 80.0, 90.0];

/// The score at which two threads are measured as well.
const SCORE_OF_TWO_THREADS: f64 = 80.0;

/// What one program did to one picture.
#[derive(Debug, Clone, Default)]
pub struct Measured {
    /// Bytes by score.
    pub curve: Curve,
    /// Medians, at each score of [`SCORES`] that was reached; for a job that is not swept, one.
    pub times: Vec<Time>,
    /// Why there is nothing, when there is nothing.
    pub failure: Option<String>,
}

impl Measured {
    /// Whether it was measured how long it takes.
    #[must_use]
    pub fn timed(&self) -> bool {
        !self.times.is_empty()
    }

    /// What was measured at one score, 0 in a job that is not swept.
    #[must_use]
    pub fn time(&self, score: f64, threads: u32) -> Option<&Time> {
        self.times.iter().find(|time| time.score == score && time.threads == threads)
    }
}

/// A program in a job, running with one thread and with two.
pub struct Ready {
    /// What it is asked.
    pub entrant: Entrant,
    /// With 1 thread.
    pub single: Runner,
    /// With 2 threads.
    pub double: Runner,
    /// Whether the one with 2 threads has worked before.
    pub warm: bool,
}

impl Ready {
    /// The one with so many threads.
    pub fn runner(&mut self, threads: u32) -> &mut Runner {
        if threads == 1 { &mut self.single } else { &mut self.double }
    }

    /// Has one that stays and never worked do a task that does not count. The one with 1 thread has
    /// worked through every setting by the time it is timed.
    pub fn warm_up(&mut self, task: &Task) {
        if task.threads > 1 && !self.warm && self.double.stays() {
            // What fails here fails again where it is timed.
            let _ = self.double.ask(task);
            self.warm = true;
        }
    }
}

/// Measures one picture with every program; the order is theirs.
pub fn measure(
    job: &Job,
    source: &Source,
    ready: &mut [Ready],
    patience: Patience,
    judge: &Judge,
    home: &Home,
) -> Vec<Measured> {
    let mut measured = explore(job, source, ready, judge, home);
    if !source.timed {
        return measured;
    }
    let points = if job.swept { SCORES.as_slice() } else { &[0.0] };
    for &score in points {
        let settings: Vec<Option<u32>> =
            measured.iter().map(|of| setting(job, of, &measured, score)).collect();
        let task = |(setting, ready): (&Option<u32>, &Ready)| {
            Some(source.task(job.format, ready.entrant.variant, (*setting)?))
        };
        let tasks: Vec<Option<Task>> = settings.iter().zip(ready.iter()).map(task).collect();
        turns::take(&tasks, ready, 1, score, patience, &mut measured);
        if !job.swept || score == SCORE_OF_TWO_THREADS {
            turns::take(&tasks, ready, 2, score, patience, &mut measured);
        }
    }
    measured
}

/// Every setting of every program once; the programs side by side, as nothing is timed.
fn explore(
    job: &Job,
    source: &Source,
    ready: &mut [Ready],
    judge: &Judge,
    home: &Home,
) -> Vec<Measured> {
    let sweep = |Ready { entrant, single, .. }: &mut Ready| {
        let mut measured = Measured::default();
        let mut add = |setting, measured: &mut Measured| {
            let task = source.task(job.format, entrant.variant, setting);
            note(point(&task, single, source, judge, home), measured);
        };
        for setting in entrant.settings {
            add(*setting, &mut measured);
        }
        // What would be interpolated is measured too, for a closer curve.
        for score in SCORES {
            let met = measured.curve.setting_at(score).filter(|_| job.swept);
            if let Some(setting) = met.filter(|setting| !measured.curve.knows(*setting)) {
                add(setting, &mut measured);
            }
        }
        measured
    };
    let broken = || Measured { failure: Some("it panicked".into()), ..Measured::default() };
    std::thread::scope(|scope| {
        let sweep = &sweep;
        let running: Vec<_> =
            ready.iter_mut().map(|ready| scope.spawn(move || sweep(ready))).collect();
        running.into_iter().map(|one| one.join().unwrap_or_else(|_| broken())).collect()
    })
}

/// The setting at which a program is held against the others: that of a score, or, in a job that is
/// not swept, of its cheapest result that looks as good as flx's.
pub(super) fn setting(job: &Job, of: &Measured, all: &[Measured], score: f64) -> Option<u32> {
    if job.swept {
        return of.curve.setting_at(score);
    }
    let flx = all.first()?.curve.points().first()?;
    Some(of.curve.reaching(flx.score)?.setting)
}

fn note(found: Result<Option<Point>, String>, measured: &mut Measured) {
    match found {
        Ok(Some(point)) => measured.curve.add(point),
        Ok(None) => {}
        Err(failure) => measured.failure = Some(failure),
    }
}

/// One encode, looked at; none when the program gave its input back.
fn point(
    task: &Task,
    runner: &mut Runner,
    source: &Source,
    judge: &Judge,
    home: &Home,
) -> Result<Option<Point>, String> {
    let mut one = || -> Result<Option<Point>, Box<dyn Error>> {
        let output = output(home, task)?;
        let task = Task { output: Some(output.clone()), ..task.clone() };
        let done = runner.ask(&task)?;
        let score = judge.score(&source.reference, &output)?;
        fs::remove_file(output)?;
        let point = Point { setting: task.setting, score, bytes: done.bytes };
        Ok((!done.unchanged).then_some(point))
    };
    one().map_err(|error| error.to_string())
}

/// A file for one result; programs that run side by side have a name each.
fn output(home: &Home, task: &Task) -> Result<PathBuf, Box<dyn Error>> {
    let folder = home.0.join("results");
    fs::create_dir_all(&folder)?;
    let thread = format!("{:?}", std::thread::current().id());
    let thread: String = thread.chars().filter(char::is_ascii_digit).collect();
    Ok(folder.join(format!("{thread}-{}.{}", task.setting, task.format)))
}
