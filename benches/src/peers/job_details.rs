//! One job as Markdown: each program's own figures, then each picture's ratios.

use std::fmt::Write;

use super::cells::{mark, number, score, whole};
use super::curve::Point;
use super::finished::{Common, Finished};
use super::ratio::{self, Of, bytes, bytes_at, time};
use super::rounds::{Measured, SCORES};

/// The score at which programs' own figures are shown.
const SCORE_OF_FIGURES: f64 = 80.0;

/// What stands behind one job's rows.
#[must_use]
pub fn details(job: &Finished) -> String {
    let mut text = format!("#### {}\n\n", job.job.title);
    text += &own_figures(job);
    for (peer, entrant) in job.peers() {
        let _ = write!(text, "\nflx / {}, by picture:\n\n", entrant.name());
        text += if job.job.swept {
            "| picture | bytes at 60 | 70 | 80 | 90 | wall | CPU |\n|---|---:|---:|---:|---:|---:|---:|\n"
        } else {
            "| picture | bytes | score of flx | of what the peer is timed at | wall | CPU |\n|---|---:|---:|---:|---:|---:|\n"
        };
        for (name, measured) in &job.pictures {
            let (Some(flx), Some(other)) = (measured.first(), measured.get(peer)) else { continue };
            text += &picture(job, name, flx, other);
        }
    }
    text + "\n"
}

/// flx / peer of one picture.
fn picture(job: &Finished, name: &str, flx: &Measured, other: &Measured) -> String {
    let mut text = String::new();
    if let Some(failure) = flx.failure.as_ref().or(other.failure.as_ref()) {
        let _ = writeln!(text, "| {name}: {failure} |");
    }
    let mut cells = vec![name.to_owned()];
    if job.job.swept {
        cells.extend(SCORES.map(|score| number(bytes_at(flx, other, score))));
    } else {
        let own = flx.curve.points().first().map(|point| point.score);
        let met = own.and_then(|score| other.curve.reaching(score));
        cells.push(number(bytes(flx, other, false)));
        cells.push(score(own));
        cells.push(score(met.map(|point| point.score)));
    }
    let mark = mark(ratio::rounds(flx, other, 1), job.asked);
    for of in [Of::Wall, Of::Cpu] {
        cells.push(format!("{}{mark}", number(time(flx, other, of, 1))));
    }
    let _ = writeln!(text, "| {} |", cells.join(" | "));
    text
}

fn own_figures(job: &Finished) -> String {
    let swept = job.job.swept;
    let kilobytes = job.common(|all, place| {
        if swept {
            return Some(all.get(place)?.curve.bytes_at(SCORE_OF_FIGURES)? / 1e3);
        }
        Some(single(all, place)?.bytes as f64 / 1e3)
    });
    let at = if swept { SCORE_OF_FIGURES } else { 0.0 };
    let ms = |of: Of, threads| {
        job.common(move |all, place| Some(of.of(all.get(place)?.time(at, threads)?)))
    };
    let (wall, cpu, double) = (ms(Of::Wall, 1), ms(Of::Cpu, 1), ms(Of::Wall, 2));
    let scores = job.common(|all, place| Some(single(all, place)?.score));
    let mut text = format!(
        "| {} | kB (geometric mean of {}) | wall ms, 1 thread (of {}) | CPU ms | wall ms, 2 threads (of {}) \
         | peak MB (of 1) | of these idle |{}\n|---|---:|---:|---:|---:|---:|---:|{}\n",
        if swept { "at a score of 80" } else { "" },
        kilobytes.pictures,
        wall.pictures,
        double.pictures,
        if swept { "" } else { " score |" },
        if swept { "" } else { "---:|" },
    );
    for place in 0..job.places.len() {
        let Some(entrant) = job.entrant(place) else { continue };
        let memory = job.memory.get(place).copied().flatten();
        let marked = |figure: &Common, threads| {
            let rounds = job
                .pictures
                .iter()
                .filter_map(|(_, all)| Some(all.get(place)?.time(at, threads)?.rounds));
            format!("{}{}", whole(figure.mean(place)), mark(rounds.min(), job.asked))
        };
        let mut cells = vec![
            entrant.name(),
            whole(kilobytes.mean(place)),
            marked(&wall, 1),
            marked(&cpu, 1),
            marked(&double, 2),
            whole(memory.map(|memory| memory.peak as f64 / 1e6)),
            whole(memory.map(|memory| memory.idle as f64 / 1e6)),
        ];
        if !swept {
            let scores = scores.figures.get(place).map_or(&[][..], Vec::as_slice);
            let mean = scores.iter().sum::<f64>() / scores.len() as f64;
            cells.push(score((!scores.is_empty()).then_some(mean)));
        }
        let _ = writeln!(text, "| {} |", cells.join(" | "));
    }
    text
}

/// The cheapest point of a program's that looks as good as flx's, or its best.
fn single(measured: &[Measured], place: usize) -> Option<Point> {
    let own = measured.first()?.curve.points().first()?;
    measured.get(place)?.curve.reaching(own.score)
}
