//! Jobs as Markdown: one table of all, and one of each job's pictures.

use std::fmt::Write;

use super::curve::Point;
use super::job::{Entrant, Goals};
use super::race::Finished;
use super::ratio::{Of, Ratio, bytes, bytes_at, geometric_mean, time};
use super::rounds::{Measured, SCORES};
use super::runner::Memory;

/// The table of all jobs: flx as a share of each peer.
#[must_use]
pub fn summary(jobs: &[Finished]) -> String {
    let mut table = String::from(
        "| job | against | pictures | bytes | at 60 | 70 | 80 | 90 | wall, 1 thread | CPU, 1 thread \
         | wall, 2 threads | peak RSS | goals |\n|---|---|---:|---|---:|---:|---:|---:|---|---|---|---:|---|\n",
    );
    for job in jobs {
        for peer in 1..job.places.len() {
            let Some(entrant) = job.entrant(peer) else { continue };
            let bytes = job.over_all(|flx, peer| bytes(flx, peer, job.job.swept), peer);
            let wall = job.over_timed(|flx, peer| time(flx, peer, Of::Wall, 1), peer);
            let cpu = job.over_timed(|flx, peer| time(flx, peer, Of::Cpu, 1), peer);
            let double = job.over_timed(|flx, peer| time(flx, peer, Of::Wall, 2), peer);
            let memory = job.memory_ratio(peer);
            let at = SCORES.map(|score| {
                let at = job.over_known(|flx, peer| bytes_at(flx, peer, score), peer);
                if job.job.swept { number(at.map(|ratio| ratio.mean)) } else { "".to_owned() }
            });
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "| {} | {} | {} | {} | {} | {} | {} | {} | {} |",
                job.job.title,
                entrant.name(),
                bytes.as_ref().map_or(0, |ratio| ratio.count),
                job.spread(bytes.as_ref()),
                at.join(" | "),
                job.spread(wall.as_ref()),
                job.spread(cpu.as_ref()),
                job.spread(double.as_ref()),
                [number(memory), verdicts(entrant.goals, bytes, wall, memory)].join(" | "),
            );
        }
    }
    table
}

/// What stands behind one job's rows: each program's own figures, then each picture's ratios.
#[must_use]
pub fn details(job: &Finished) -> String {
    let mut text = format!("#### {}\n\n", job.job.title);
    text += if job.job.swept {
        "| at a score of 80 | kB (geometric mean) | wall ms, 1 thread | CPU ms | wall ms, 2 threads | peak MB | of these idle |\n"
    } else {
        "| | kB (geometric mean) | wall ms, 1 thread | CPU ms | wall ms, 2 threads | peak MB | of these idle | score |\n"
    };
    text += if job.job.swept {
        "|---|---:|---:|---:|---:|---:|---:|\n"
    } else {
        "|---|---:|---:|---:|---:|---:|---:|---:|\n"
    };
    for place in 0..job.places.len() {
        text += &own_figures(job, place);
    }
    for peer in 1..job.places.len() {
        let Some(entrant) = job.entrant(peer) else { continue };
        let _ = write!(text, "\nflx / {}, by picture:\n\n", entrant.name());
        text += if job.job.swept {
            "| picture | bytes at 60 | 70 | 80 | 90 | wall | CPU |\n|---|---:|---:|---:|---:|---:|---:|\n"
        } else {
            "| picture | bytes | score of flx | of what the peer is timed at | wall | CPU |\n|---|---:|---:|---:|---:|---:|\n"
        };
        for (name, measured) in &job.pictures {
            let (Some(flx), Some(other)) = (measured.first(), measured.get(peer)) else { continue };
            if let Some(failure) = flx.failure.as_ref().or(other.failure.as_ref()) {
                let _ = writeln!(text, "| {name}: {failure} |");
            }
            let mut cells = vec![name.clone()];
            if job.job.swept {
                cells.extend(SCORES.map(|score| number(bytes_at(flx, other, score))));
            } else {
                let own = flx.curve.points().first().map(|point| point.score);
                let met = own.and_then(|score| other.curve.reaching(score));
                cells.push(number(bytes(flx, other, false)));
                cells.push(own.map_or("–".into(), |score| format!("{score:.1}")));
                cells.push(met.map_or("–".into(), |point| format!("{:.1}", point.score)));
            }
            cells.push(number(time(flx, other, Of::Wall, 1)));
            cells.push(number(time(flx, other, Of::Cpu, 1)));
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
    }
    text + "\n"
}

fn own_figures(job: &Finished, place: usize) -> String {
    let Some(entrant) = job.entrant(place) else { return String::new() };
    let all = || job.pictures.iter().filter_map(|(_, measured)| measured.get(place));
    // Of a job that is not swept: what is timed, which looks as good as what flx made.
    let singles: Vec<Point> =
        job.pictures.iter().filter_map(|(_, measured)| single(measured, place)).collect();
    let kilobytes = if job.job.swept {
        geometric_mean(all().filter_map(|measured| measured.curve.bytes_at(80.0)))
    } else {
        geometric_mean(singles.iter().map(|point| point.bytes as f64))
    };
    let ms = |of: Of, threads| {
        let times = all().flat_map(|measured| &measured.times);
        let chosen =
            times.filter(|time| time.threads == threads && (!job.job.swept || time.score == 80.0));
        geometric_mean(chosen.map(|time| if of == Of::Wall { time.wall_ms } else { time.cpu_ms }))
    };
    let memory = job.memory.get(place).copied().flatten();
    let whole = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.0}"));
    let mut cells = vec![
        entrant.name(),
        whole(kilobytes.map(|bytes| bytes / 1e3)),
        whole(ms(Of::Wall, 1)),
        whole(ms(Of::Cpu, 1)),
        whole(ms(Of::Wall, 2)),
        whole(memory.map(|memory| memory.peak as f64 / 1e6)),
        whole(memory.map(|memory| memory.idle as f64 / 1e6)),
    ];
    if !job.job.swept {
        let mean = singles.iter().map(|point| point.score).sum::<f64>() / singles.len() as f64;
        cells.push(if singles.is_empty() { "–".into() } else { format!("{mean:.1}") });
    }
    format!("| {} |\n", cells.join(" | "))
}

/// The cheapest point of a program's that looks as good as flx's, or its best.
fn single(measured: &[Measured], place: usize) -> Option<Point> {
    let own = measured.first()?.curve.points().first()?;
    measured.get(place)?.curve.reaching(own.score)
}

impl Finished {
    fn entrant(&self, place: usize) -> Option<&Entrant> {
        self.job.entrants.get(*self.places.get(place)?)
    }

    /// Every picture's place, what flx made of it and what a peer did.
    fn pairs(&self, peer: usize) -> impl Iterator<Item = (usize, &Measured, &Measured)> {
        self.pictures.iter().enumerate().filter_map(move |(place, (_, measured))| {
            Some((place, measured.first()?, measured.get(peer)?))
        })
    }

    /// Over all pictures; none when one of them has no ratio.
    fn over_all(
        &self,
        ratio: impl Fn(&Measured, &Measured) -> Option<f64>,
        peer: usize,
    ) -> Option<Ratio> {
        let ratios = self.pairs(peer).map(|(place, flx, other)| (place, ratio(flx, other)));
        Ratio::over(&ratios.collect::<Vec<_>>())
    }

    /// Over the pictures that were timed; none when one of them has no ratio.
    fn over_timed(
        &self,
        ratio: impl Fn(&Measured, &Measured) -> Option<f64>,
        peer: usize,
    ) -> Option<Ratio> {
        let timed = self.pairs(peer).filter(|(_, flx, other)| flx.timed() || other.timed());
        let ratios = timed.map(|(place, flx, other)| (place, ratio(flx, other)));
        Ratio::over(&ratios.collect::<Vec<_>>())
    }

    /// Over the pictures that have a ratio: not every encoder reaches every score.
    fn over_known(
        &self,
        ratio: impl Fn(&Measured, &Measured) -> Option<f64>,
        peer: usize,
    ) -> Option<Ratio> {
        let ratios = self.pairs(peer).map(|(place, flx, other)| (place, ratio(flx, other)));
        Ratio::over(&ratios.filter(|(_, ratio)| ratio.is_some()).collect::<Vec<_>>())
    }

    fn memory_ratio(&self, peer: usize) -> Option<f64> {
        let peak = |place: usize| -> Option<Memory> { *self.memory.get(place)? };
        Some(peak(0)?.peak as f64 / peak(peer)?.peak as f64)
    }

    fn spread(&self, ratio: Option<&Ratio>) -> String {
        let Some(ratio) = ratio else { return "–".to_owned() };
        let worst = self.pictures.get(ratio.worst).map(|(name, _)| name.as_str());
        let (least, most) = (number(Some(ratio.least)), number(Some(ratio.most)));
        if ratio.count == 1 {
            return format!("**{}**", number(Some(ratio.mean)));
        }
        let worst = worst.unwrap_or_default();
        format!("**{}** ({least}–{most}: {worst})", number(Some(ratio.mean)))
    }
}

fn verdicts(
    goals: Goals,
    bytes: Option<Ratio>,
    time: Option<Ratio>,
    memory: Option<f64>,
) -> String {
    let verdict = |name: &str, goal: Option<f64>, found: Option<f64>| {
        let goal = goal?;
        let mark = match found {
            Some(found) if found <= goal => "met",
            Some(_) => "**missed**",
            None => "not measured",
        };
        Some(format!("{name} ≤ {goal:.2} {mark}"))
    };
    let (bytes, time) = (bytes.map(|ratio| ratio.mean), time.map(|ratio| ratio.mean));
    [
        verdict("bytes", goals.bytes, bytes),
        verdict("wall", goals.time, time),
        verdict("RSS", goals.memory, memory),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join(", ")
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}
