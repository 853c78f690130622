//! Plan files: the table as TOML, read strictly and written so that it reads back the same.

use std::fmt::Write as _;
use std::ops::Range;

use toml::de::{DeTable, DeValue};

use crate::table::TierTable;
use crate::{Allowance, Error, Plan, Plans, Tier};

/// What the written file starts with.
const HEADER: &str = "\
# Plans of flx: one table for each tier, every member required.
# compressions_per_period may be \"unlimited\"; anti_abuse_cap then sets the cap that is
# still enforced (default 50000). max_file_bytes is in bytes.
";

impl Plans {
    /// Reads a plan file: one table for each of `free`, `starter`, `pro` and `agency`, each with exactly the members
    /// `compressions_per_period` (a number or `"unlimited"`), `ai_credits_per_period`, `requests_per_minute`,
    /// `max_files_per_request`, `max_file_bytes`, `api_key` and `watermark`, and, beside `"unlimited"` only, the
    /// optional `anti_abuse_cap` (default 50,000). `file_name` is for the errors.
    ///
    /// # Errors
    /// [`Error::PlanFile`] with the line of the first unknown, missing, negative or otherwise unusable member.
    pub fn from_toml(text: &str, file_name: &str) -> Result<Self, Error> {
        let source = Source { text, file_name };
        let root = DeTable::parse(text).map_err(|error| {
            source.error(error.span().unwrap_or_default(), error.message().to_owned())
        })?;
        for name in root.get_ref().keys() {
            if name.get_ref().parse::<Tier>().is_err() {
                let problem = format!(
                    "{:?} is not a plan: free, starter, pro and agency are",
                    name.get_ref()
                );
                return Err(source.error(name.span(), problem));
            }
        }
        let plan = |tier: Tier| source.plan(root.get_ref(), tier);
        Ok(Self {
            free: plan(Tier::Free)?,
            starter: plan(Tier::Starter)?,
            pro: plan(Tier::Pro)?,
            agency: plan(Tier::Agency)?,
        })
    }

    /// Writes the table as a plan file that [`Plans::from_toml`] reads back as the same table.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = HEADER.to_owned();
        for (tier, plan) in self.iter() {
            // Writing to a String cannot fail.
            let _ = write_plan(&mut text, tier, plan);
        }
        text
    }
}

fn write_plan(text: &mut String, tier: Tier, plan: &Plan) -> std::fmt::Result {
    writeln!(text, "\n[{tier}]")?;
    match plan.compressions_per_period {
        Allowance::Limited(limit) => writeln!(text, "compressions_per_period = {limit}")?,
        Allowance::Unlimited { cap } => {
            writeln!(text, "compressions_per_period = \"unlimited\"")?;
            if cap != Allowance::DEFAULT_CAP {
                writeln!(text, "anti_abuse_cap = {cap}")?;
            }
        }
    }
    writeln!(text, "ai_credits_per_period = {}", plan.ai_credits_per_period)?;
    writeln!(text, "requests_per_minute = {}", plan.requests_per_minute)?;
    writeln!(text, "max_files_per_request = {}", plan.max_files_per_request)?;
    writeln!(text, "max_file_bytes = {}", plan.max_file_bytes)?;
    writeln!(text, "api_key = {}", plan.api_key.is_included())?;
    writeln!(text, "watermark = {}", plan.watermark.is_included())
}

/// The text being read, to turn places in it into line numbers.
#[derive(Clone, Copy)]
pub(crate) struct Source<'a> {
    text: &'a str,
    file_name: &'a str,
}

impl Source<'_> {
    pub(crate) fn error(&self, at: Range<usize>, problem: String) -> Error {
        let before = self.text.as_bytes().get(..at.start).unwrap_or(self.text.as_bytes());
        let line = 1 + before.iter().filter(|byte| **byte == b'\n').count();
        Error::PlanFile { file: self.file_name.to_owned(), line, problem }
    }

    fn plan(&self, root: &DeTable<'_>, tier: Tier) -> Result<Plan, Error> {
        let Some(value) = root.get(tier.as_str()) else {
            // Nothing in the file is at fault, so the end of it is named.
            let end = self.text.trim_end().len();
            return Err(self.error(end..end, format!("the table [{tier}] is missing")));
        };
        match value.get_ref() {
            DeValue::Table(table) => TierTable::new(*self, tier, table, value.span()).plan(),
            other => {
                let problem = format!("{tier} must be a table, not {}", other.type_str());
                Err(self.error(value.span(), problem))
            }
        }
    }
}
