//! The report, and its place in `docs/BENCHMARKS.md`.

use std::error::Error;
use std::fmt::Write;
use std::fs;
use std::path::Path;

use super::batch::Way;
use super::engines::Engine;
use super::finished::Finished;
use super::race::Race;
use super::scaling::{self, Growth};
use super::{job_details, job_tables, load_tables, plot, time_tables};
use crate::{locked, machine};

const BEGIN: &str = "<!-- what stands below was written by just bench-peers -->";
const END: &str = "<!-- what stands above was written by just bench-peers -->";

const ENGINES: &str = "One thread, a process of its own; memory above that of the idle process. \
    Encoders read a baseline JPEG of the same size; decoders write a JPEG of an eighth of the width, \
    for which a JPEG is not decoded in full. The file's size is against that of `balanced` at the same \
    quality, 82, of the larger picture. Times are medians after a first run that only memory is taken of; \
    a raised number tells of how many rounds where they are fewer than asked for, ⁰ that there was the \
    first run alone.";

const GROWTH: &str = "Effort `balanced`, quality 82, one thread; memory of the whole process. Raised numbers as above.\n\n\
    ![Time by megapixels](cost-by-size.svg)";

/// Everything that was measured.
pub struct Results {
    /// Processor, cores, compiler, load, as they were before the run.
    pub machine: String,
    /// Names and versions of what was measured.
    pub measured: Vec<String>,
    /// What was not there, and why.
    pub missing: Vec<String>,
    /// The jobs.
    pub jobs: Vec<Finished>,
    /// The batch.
    pub batch: Vec<Way>,
    /// flx's engines.
    pub engines: Vec<Engine>,
    /// flx by size.
    pub growth: Vec<Growth>,
    /// How long the run took.
    pub minutes: f64,
}

impl Results {
    /// The report as Markdown.
    #[must_use]
    pub fn markdown(&self, race: &Race) -> String {
        let mut text = format!(
            "`just bench-peers {} {}` printed this in {:.0} minutes on {}.\n\n",
            race.scope.name(),
            race.count,
            self.minutes,
            self.machine,
        );
        let _ = write!(
            text,
            "Pictures: {}. Measured: {}.",
            race.material.origin(),
            self.measured.join("; ")
        );
        if !self.missing.is_empty() {
            let _ = write!(text, " Not measured: {}.", self.missing.join("; "));
        }
        let _ = writeln!(text, "\n\n{}", how(race));
        let mut section = |title: &str, table: String, empty: bool| {
            if !empty {
                let _ = writeln!(text, "### {title}\n\n{table}");
            }
        };
        let jobs = job_tables::summary(&self.jobs);
        section("flx as a share of each peer", jobs, self.jobs.is_empty());
        let times = time_tables::by_score(&self.jobs);
        let empty = times.is_empty();
        section("Time at each score, as a share of each peer's", times, empty);
        let batch = load_tables::batch(&self.batch);
        let title = "A batch of 20 mixed pictures on 2 cores, to WebP";
        section(title, batch, self.batch.is_empty());
        let engines = format!("{ENGINES}\n\n{}", load_tables::engines(&self.engines, race.count));
        section("What each engine takes", engines, self.engines.is_empty());
        let growth = format!("{GROWTH}\n\n{}", load_tables::growth(&self.growth, scaling::ROUNDS));
        section("Cost by size", growth, self.growth.is_empty());
        if self.jobs.is_empty() {
            return text;
        }
        text += "### Job by job\n\n";
        for job in &self.jobs {
            text += &job_details::details(job);
        }
        text
    }

    /// Puts the report into `BENCHMARKS.md` of a folder, in the place of the one before, and the
    /// plot beside it.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, report: &str, folder: &Path) -> Result<(), Box<dyn Error>> {
        fs::create_dir_all(folder)?;
        let path = folder.join("BENCHMARKS.md");
        let before = fs::read_to_string(&path).unwrap_or_else(|_| "# Benchmarks\n".to_owned());
        let report = report.trim_end();
        let region = format!("{BEGIN}\n\n{report}\n\n{END}");
        let after = match (before.split_once(BEGIN), before.split_once(END)) {
            (Some((head, _)), Some((_, tail))) => format!("{head}{region}{tail}"),
            _ => format!("{}\n\n## Against its peers\n\n{region}\n", before.trim_end()),
        };
        fs::write(path, after)?;
        if !self.growth.is_empty() {
            fs::write(folder.join("cost-by-size.svg"), plot::svg(&self.growth))?;
        }
        Ok(())
    }
}

/// How to read the tables.
fn how(race: &Race) -> String {
    format!(
        "Every figure of the first table is flx / peer; smaller is better for flx. Bytes are compared at equal \
         SSIMULACRA2 (by the crate {}; flx itself decides by {}; results are decoded by {}), interpolated between the \
         settings that were measured; where 24 MP are scaled, the score is against the full picture scaled by Lanczos3. \
         Times are medians of {} rounds (fewer where {:.0} seconds were over) in which the programs take turns, also at \
         going first, at the settings that come nearest to 60, 70, 80 and 90; programs stay in memory between pictures, \
         so that their start is not counted, but for those with \"a process each\" (cjpeg reads no JPEG and is handed \
         pixels). Two threads are measured at a score of 80. Means are geometric: over the scores that both reached, then \
         over pictures; in brackets the best and the worst picture, and the worst one's name. Bytes are compared on more \
         pictures than are timed; peak RSS is of a process that did the first picture, at the setting for 80, with all of \
         its runtime. PNG and animations have one setting, and are held against the peer's bytes at that score, or its \
         best; time and memory are of its cheapest result that looks no worse. Animations are scored by the mean over their \
         frames. Programs' own figures, job by job, are over the pictures that all of them have.",
        locked::named("ssimulacra2"),
        locked::named("fast-ssim2"),
        race.judge.viewers(),
        race.count,
        race.scope.patience_seconds(),
    )
}

/// What the figures depend on besides the code.
#[must_use]
pub fn machine_facts() -> String {
    machine::facts()
}
