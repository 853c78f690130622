//! Batches, engines and growth as Markdown.

use std::fmt::Write;

use super::batch::{COUNT, Way};
use super::cells::{dash, mark, score};
use super::engines::{Engine, Load};
use super::scaling::Growth;

/// Pictures a second of each way, and the best of flx against the best of sharp.
#[must_use]
pub fn batch(ways: &[Way]) -> String {
    let mut table = String::from(
        "| batch | pictures/s | wall ms | CPU ms | kB | peak MB | mean score | lowest |\n\
         |---|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    let best = |name: &str| {
        let mine = ways.iter().filter(|way| way.name.starts_with(name));
        mine.filter_map(|way| way.wall_ms).min_by(f64::total_cmp)
    };
    for way in ways {
        let (Some(wall), Some(cpu)) = (way.wall_ms, way.cpu_ms) else {
            let _ = writeln!(table, "| {}: not measured | – | – | – | – | – | – | – |", way.name);
            continue;
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {} | {:.1} | {wall:.0} | {cpu:.0} | {} | {:.0} | {} | {} |",
            way.name,
            COUNT as f64 * 1e3 / wall,
            way.bytes / 1000,
            way.peak.unwrap_or_default() as f64 / 1e6,
            score(way.mean_score()),
            score(way.scores.iter().copied().min_by(f64::total_cmp)),
        );
    }
    if let (Some(flx), Some(sharp)) = (best("flx"), best("sharp")) {
        let ratio = flx / sharp;
        let verdict = if ratio <= 0.7 { "met" } else { "**missed**" };
        let _ = writeln!(
            table,
            "\nThe better way of flx takes **{ratio:.2}** of the time of sharp's better way; goal ≤ 0.70: {verdict}.",
        );
    }
    table
}

/// Time and memory per megapixel, and bytes of each effort against `balanced`.
#[must_use]
pub fn engines(engines: &[Engine], asked: usize) -> String {
    let sizes: Vec<String> = engines
        .first()
        .into_iter()
        .flat_map(|engine| engine.at)
        .flatten()
        .map(|load| format!("{:.1} MP", load.megapixels))
        .collect();
    let (small, large) =
        (sizes.first().map_or("", String::as_str), sizes.get(1).map_or("", String::as_str));
    let mut table = format!(
        "| engine | effort | ms/MP at {small} | at {large} | file, of balanced | peak MB at {small} \
         | at {large} | bytes a pixel | MB besides |\n|---|---|---:|---:|---:|---:|---:|---:|---:|\n"
    );
    for engine in engines {
        let [first, second] = engine.at;
        let speed = |load: Option<Load>| load.map_or_else(dash, |load| load.speed(asked));
        let peak =
            |load: Option<Load>| load.map_or("–".to_owned(), |load| megabytes(load.used()));
        let (slope, besides) = match (first, second) {
            (Some(a), Some(b)) => {
                let slope = (b.used() - a.used()) / (b.megapixels - a.megapixels) / 1e6;
                (format!("{slope:.1}"), megabytes(a.used() - slope * a.megapixels * 1e6))
            }
            _ => ("–".to_owned(), "–".to_owned()),
        };
        // Writing to a string cannot fail.
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {} | {} | {} | {slope} | {besides} |",
            engine.name,
            engine.effort,
            speed(first),
            speed(second),
            of_balanced(engine, engines),
            peak(first),
            peak(second),
        );
    }
    table
}

/// Bytes of an encoder's file as a share of those at effort `balanced`, at the same quality.
fn of_balanced(engine: &Engine, all: &[Engine]) -> String {
    let balanced = all.iter().find(|one| one.name == engine.name && one.effort == "balanced");
    let share = balanced.and_then(|balanced| engine.bytes_against(balanced));
    share.map_or("–".to_owned(), |share| format!("{share:.3}"))
}

/// Time a megapixel and memory at every size.
#[must_use]
pub fn growth(growths: &[Growth], asked: usize) -> String {
    let mut table = String::from("| megapixels |");
    for growth in growths {
        let _ = write!(table, " {}: ms/MP | peak MB |", growth.name);
    }
    table += "\n|---:|";
    table += &"---:|---:|".repeat(growths.len());
    table.push('\n');
    let mut sizes: Vec<f64> =
        growths.iter().flat_map(|growth| &growth.loads).map(|load| load.megapixels).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    for megapixels in sizes {
        let of_size = |load: &&Load| load.megapixels == megapixels;
        let loads: Vec<Option<&Load>> =
            growths.iter().map(|growth| growth.loads.iter().find(of_size)).collect();
        let _ = write!(table, "| {megapixels:.1} |");
        for load in loads {
            let _ = match load {
                Some(load) => write!(
                    table,
                    " {} | {} |",
                    load.speed(asked),
                    megabytes(load.memory.peak as f64)
                ),
                None => write!(table, " – | – |"),
            };
        }
        table.push('\n');
    }
    table
}

impl Way {
    fn mean_score(&self) -> Option<f64> {
        let sum: f64 = self.scores.iter().sum();
        (!self.scores.is_empty()).then(|| sum / self.scores.len() as f64)
    }
}

impl Load {
    /// Milliseconds a megapixel, with a mark where they are of fewer rounds than asked for.
    fn speed(&self, asked: usize) -> String {
        format!("{:.0}{}", self.wall_ms / self.megapixels, mark(Some(self.rounds), asked))
    }

    /// Bytes that the picture itself took at the peak.
    fn used(&self) -> f64 {
        self.memory.peak as f64 - self.memory.idle as f64
    }
}

fn megabytes(bytes: f64) -> String {
    format!("{:.0}", bytes / 1e6)
}
