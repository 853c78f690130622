//! Time at each score as Markdown: flx as a share of each peer.

use std::fmt::Write;

use super::cells::mark;
use super::finished::Finished;
use super::job_tables::of_some;
use super::ratio::{Of, time_at};
use super::rounds::SCORES;

/// The jobs whose encoders are compared at several scores; empty when there is none.
#[must_use]
pub fn by_score(jobs: &[Finished]) -> String {
    let mut table = String::new();
    for job in jobs.iter().filter(|job| job.job.swept) {
        for (peer, entrant) in job.peers() {
            let timed = job.timed(peer);
            let at = |of| {
                SCORES.map(|score| {
                    let ratio =
                        job.over_reached(peer, score, |flx, peer| time_at(flx, peer, of, score));
                    let mark = mark(job.rounds_at(peer, score), job.asked);
                    format!("{}{mark}", of_some(ratio.as_ref(), timed))
                })
            };
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "| {} | {} | {timed} | {} | {} |",
                job.job.title,
                entrant.name(),
                at(Of::Wall).join(" | "),
                at(Of::Cpu).join(" | "),
            );
        }
    }
    if table.is_empty() {
        return table;
    }
    format!(
        "| job | against | pictures | wall at 60 | 70 | 80 | 90 | CPU at 60 | 70 | 80 | 90 |\n\
         |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n{table}"
    )
}
