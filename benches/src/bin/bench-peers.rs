//! flx beside its peers: `just bench-peers [quick|standard|full [COUNT [JOB]]]`.
//!
//! Prints a report and writes it into `docs/BENCHMARKS.md`; a quick run, or one of some jobs only,
//! writes it beside the pictures in the target folder instead. JOB is a part of a job's title, or
//! of `batch`, `engines` or `growth`.

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use flx_benches::peers::finished::Finished;
use flx_benches::peers::job::{JOBS, Job};
use flx_benches::peers::judge::Judge;
use flx_benches::peers::material::{Kind, Material};
use flx_benches::peers::program::Home;
use flx_benches::peers::race::Race;
use flx_benches::peers::report::{Results, machine_facts};
use flx_benches::peers::scope::Scope;
use flx_benches::peers::{batch, engines, scaling};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let home = PathBuf::from(arguments.next().ok_or("name the folder of the peers")?);
    // Programs run in other folders.
    let home = Home(home.canonicalize()?);
    let scope: Scope = arguments.next().unwrap_or_else(|| "standard".to_owned()).parse()?;
    let count = arguments.next().map_or(Ok(scope.count()), |count| count.parse())?.max(1);
    let filter = arguments.next().unwrap_or_default();
    let begin = Instant::now();
    let machine = machine_facts();
    let judge = Judge::new(&home)?;
    let race = Race { material: Material::gather()?, home, scope, count, judge };

    let chosen: Vec<&'static Job> = JOBS.iter().filter(|job| job.title.contains(&filter)).collect();
    let (mut measured, mut missing) = (Vec::new(), Vec::new());
    for (program, version) in race.programs(&chosen) {
        match version {
            Ok(version) => measured.push(version),
            Err(reason) => missing.push(format!("{} ({reason})", program.name())),
        }
    }
    measured.sort();
    measured.dedup();
    let mut results = Results {
        machine,
        measured,
        missing,
        jobs: Vec::new(),
        batch: Vec::new(),
        engines: Vec::new(),
        growth: Vec::new(),
        minutes: 0.0,
    };
    for job in chosen {
        tell(begin, job.title)?;
        match race.run(job) {
            Ok(finished) => results.jobs.extend(finished),
            Err(error) => results.missing.push(format!("{} ({error})", job.title)),
        }
    }
    rest(&race, &mut results, &filter, begin)?;
    results.minutes = begin.elapsed().as_secs_f64() / 60.0;
    let report = results.markdown(&race);
    writeln!(std::io::stdout().lock(), "{report}")?;
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let whole = filter.is_empty() && scope != Scope::Quick;
    let folder = if whole { docs } else { race.home.0.clone() };
    results.write(&report, &folder)?;
    tell(begin, &format!("written to {}", folder.join("BENCHMARKS.md").display()))
}

/// What is not about single pictures.
fn rest(
    race: &Race,
    results: &mut Results,
    filter: &str,
    begin: Instant,
) -> Result<(), Box<dyn Error>> {
    let picture = race.material.first().ok_or("there is no large picture")?;
    let chosen = |title: &str| -> Result<bool, Box<dyn Error>> {
        let chosen = title.contains(filter);
        if chosen {
            tell(begin, title)?;
        }
        Ok(chosen)
    };
    if chosen("batch")? {
        let settings = settings_of_batch(&results.jobs);
        match batch::measure(&race.material, &race.home, &race.judge, settings, race.count) {
            Ok(ways) => results.batch = ways,
            Err(error) => results.missing.push(format!("the batch ({error})")),
        }
    }
    if chosen("engines")? {
        results.engines = engines::measure(picture, &race.home, race.scope, race.count)?;
    }
    if chosen("growth")? {
        results.growth = scaling::measure(picture, &race.home, race.scope)?;
    }
    Ok(())
}

/// Settings of flx and of sharp that reach a score of 80 in WebP on average; 82 each when that was
/// not measured.
fn settings_of_batch(jobs: &[Finished]) -> (u32, u32) {
    let mean = |place: usize| {
        let job = jobs.iter().find(|job| job.job.format == "webp" && job.job.kind == Kind::Jpeg)?;
        let settings: Vec<u32> = job
            .pictures
            .iter()
            .filter_map(|(_, measured)| measured.get(place)?.curve.setting_at(80.0))
            .collect();
        let count = u32::try_from(settings.len()).ok()?;
        settings.iter().sum::<u32>().checked_div(count)
    };
    (mean(0).unwrap_or(82), mean(1).unwrap_or(82))
}

/// Progress goes to standard error, so that the report can be piped on.
fn tell(begin: Instant, what: &str) -> Result<(), Box<dyn Error>> {
    let seconds = begin.elapsed().as_secs();
    writeln!(std::io::stderr().lock(), "{:3}:{:02} {what}", seconds / 60, seconds % 60)?;
    Ok(())
}
