//! One job on its pictures: first what each encoder makes of them at every setting, then, at
//! settings that look alike, how long each takes, in turns.

use std::error::Error;
use std::fs;
use std::path::PathBuf;
use std::time::Instant;

use super::curve::{Curve, Point};
use super::job::{Entrant, Job};
use super::judge::Judge;
use super::material::Source;
use super::program::Home;
use super::runner::Runner;
use super::task::Task;

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
}

/// Medians of the rounds at one point.
#[derive(Debug, Clone, Copy)]
pub struct Time {
    /// The score asked for; 0 in a job that is not swept.
    pub score: f64,
    /// Threads.
    pub threads: u32,
    /// Wall time in milliseconds.
    pub wall_ms: f64,
    /// User and system time in milliseconds.
    pub cpu_ms: f64,
    /// How many rounds there were.
    pub rounds: usize,
}

/// How often and how long.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// Rounds at each point.
    pub count: usize,
    /// Seconds after which no further round begins.
    pub seconds: f64,
}

/// A program in a job, running with one thread and with two.
pub struct Ready {
    /// What it is asked.
    pub entrant: Entrant,
    /// With 1 thread.
    pub single: Runner,
    /// With 2 threads.
    pub double: Runner,
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
        time(&tasks, ready, 1, score, patience, &mut measured);
        if !job.swept || score == SCORE_OF_TWO_THREADS {
            time(&tasks, ready, 2, score, patience, &mut measured);
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

/// The setting to be timed.
fn setting(job: &Job, of: &Measured, all: &[Measured], score: f64) -> Option<u32> {
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

/// As many rounds as patience has, every program once in each.
fn time(
    tasks: &[Option<Task>],
    ready: &mut [Ready],
    threads: u32,
    score: f64,
    patience: Patience,
    measured: &mut [Measured],
) {
    let mut walls = vec![Vec::new(); tasks.len()];
    let mut cpus = vec![Vec::new(); tasks.len()];
    let begin = Instant::now();
    for _ in 0..patience.count {
        for (place, (task, ready)) in tasks.iter().zip(ready.iter_mut()).enumerate() {
            let Some(task) = task else { continue };
            let task = Task { threads, ..task.clone() };
            let runner = if threads == 1 { &mut ready.single } else { &mut ready.double };
            let (Some(walls), Some(cpus)) = (walls.get_mut(place), cpus.get_mut(place)) else {
                continue;
            };
            if let Ok(done) = runner.ask(&task) {
                walls.push(done.wall_ms);
                cpus.push(done.cpu_ms);
            }
        }
        if begin.elapsed().as_secs_f64() > patience.seconds {
            break;
        }
    }
    for ((walls, cpus), measured) in walls.into_iter().zip(cpus).zip(measured) {
        let rounds = walls.len();
        if let (Some(wall_ms), Some(cpu_ms)) = (median(walls), median(cpus)) {
            measured.times.push(Time { score, threads, wall_ms, cpu_ms, rounds });
        }
    }
}

/// The middle one, or the lower of two.
#[must_use]
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    values.get(values.len().saturating_sub(1) / 2).copied()
}
