//! All jobs in one table as Markdown: flx as a share of each peer.

use std::fmt::Write;

use super::cells::{mark, number};
use super::finished::Finished;
use super::goals::Found;
use super::ratio::{Of, Ratio, bytes, bytes_at, time};
use super::rounds::SCORES;

const NOTE: &str = "A number in brackets alone: so many pictures, where not all reached the score. A raised \
    number: the fewest rounds behind a time, where they are fewer than asked for. A dash: not measured, or \
    not of every picture.";

/// The table of all jobs.
#[must_use]
pub fn summary(jobs: &[Finished]) -> String {
    let mut table = String::from(
        "| job | against | pictures: bytes / time / RSS | bytes | at 60 | 70 | 80 | 90 | wall, 1 thread \
         | CPU, 1 thread | wall, 2 threads | peak RSS | goals |\n\
         |---|---|---:|---|---:|---:|---:|---:|---|---|---|---:|---|\n",
    );
    for job in jobs {
        for (peer, entrant) in job.peers() {
            let bytes = job.over_all(peer, |flx, peer| bytes(flx, peer, job.job.swept));
            let timed =
                |of, threads| job.over_timed(peer, |flx, peer| time(flx, peer, of, threads));
            let (wall, cpu, double) = (timed(Of::Wall, 1), timed(Of::Cpu, 1), timed(Of::Wall, 2));
            let memory = job.memory_ratio(peer);
            let count = |ratio: &Option<Ratio>| ratio.as_ref().map_or(0, |ratio| ratio.count);
            let mean = |ratio: &Option<Ratio>| ratio.as_ref().map(|ratio| ratio.mean);
            let at = SCORES.map(|score| {
                let at = job.over_known(peer, |flx, peer| bytes_at(flx, peer, score));
                if job.job.swept { of_some(at.as_ref(), job.pictures.len()) } else { String::new() }
            });
            let found = Found { bytes: mean(&bytes), time: mean(&wall), memory };
            let spread = |ratio: &Option<Ratio>, rounds| {
                format!("{}{}", job.spread(ratio.as_ref()), mark(rounds, job.asked))
            };
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "| {} | {} | {} / {} / {} | {} | {} | {} | {} | {} | {} | {} |",
                job.job.title,
                entrant.name(),
                count(&bytes),
                count(&wall),
                usize::from(memory.is_some()),
                spread(&bytes, None),
                at.join(" | "),
                spread(&wall, job.rounds(peer, 1)),
                spread(&cpu, job.rounds(peer, 1)),
                spread(&double, job.rounds(peer, 2)),
                number(memory),
                entrant.goals.verdicts(found),
            );
        }
    }
    format!("{table}\n{NOTE}{}\n", left_out(jobs))
}

/// Names the pictures that could not be judged.
fn left_out(jobs: &[Finished]) -> String {
    let mut names: Vec<&str> =
        jobs.iter().flat_map(|job| &job.left_out).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() {
        return String::new();
    }
    format!(
        " Left out of the animations, as libwebp and the judge see their GIFs differently (in brackets what a \
         WebP without any loss scores): {}.",
        names.join(", ")
    )
}

/// A mean, and how many pictures it is over unless it is over all.
pub(super) fn of_some(ratio: Option<&Ratio>, all: usize) -> String {
    let mean = number(ratio.map(|ratio| ratio.mean));
    match ratio.map(|ratio| ratio.count) {
        Some(count) if count < all => format!("{mean} ({count})"),
        _ => mean,
    }
}

impl Finished {
    /// A mean with the best and the worst picture.
    fn spread(&self, ratio: Option<&Ratio>) -> String {
        let Some(ratio) = ratio else { return number(None) };
        let mean = number(Some(ratio.mean));
        if ratio.count == 1 {
            return format!("**{mean}**");
        }
        let worst = self.pictures.get(ratio.worst).map_or("", |(name, _)| name.as_str());
        let (least, most) = (number(Some(ratio.least)), number(Some(ratio.most)));
        format!("**{mean}** ({least}–{most}: {worst})")
    }
}
