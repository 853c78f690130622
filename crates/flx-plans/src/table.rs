//! One tier's table in a plan file, member by member.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeInteger, DeTable, DeValue};

use crate::file::Source;
use crate::{Allowance, Credits, Error, Feature, Plan, Tier};

/// Every member a tier's table may have.
const MEMBERS: [&str; 8] =
    [COMPRESSIONS, CAP, AI_CREDITS, REQUESTS, MAX_FILES, MAX_BYTES, API_KEY, WATERMARK];
const COMPRESSIONS: &str = "compressions_per_period";
const CAP: &str = "anti_abuse_cap";
const AI_CREDITS: &str = "ai_credits_per_period";
const REQUESTS: &str = "requests_per_minute";
const MAX_FILES: &str = "max_files_per_request";
const MAX_BYTES: &str = "max_file_bytes";
const API_KEY: &str = "api_key";
const WATERMARK: &str = "watermark";

/// The word for no limit.
const UNLIMITED: &str = "unlimited";

/// The largest number in a file that is a count.
const MAX_COUNT: u64 = u32::MAX as u64;
/// The largest file size: what a database column holds.
const MAX_SIZE: u64 = i64::MAX as u64;

/// A tier's table while it is read.
pub(crate) struct TierTable<'a> {
    source: Source<'a>,
    tier: Tier,
    table: &'a DeTable<'a>,
    at: Range<usize>,
}

impl<'a> TierTable<'a> {
    pub(crate) fn new(
        source: Source<'a>,
        tier: Tier,
        table: &'a DeTable<'a>,
        at: Range<usize>,
    ) -> Self {
        Self { source, tier, table, at }
    }

    pub(crate) fn plan(&self) -> Result<Plan, Error> {
        for name in self.table.keys() {
            if !MEMBERS.contains(&name.get_ref().as_ref()) {
                let problem = format!("{}.{} is not a member of a plan", self.tier, name.get_ref());
                return Err(self.source.error(name.span(), problem));
            }
        }
        let plan = Plan {
            compressions_per_period: self.allowance()?,
            ai_credits_per_period: Credits(self.count(AI_CREDITS, 0)?),
            requests_per_minute: self.count(REQUESTS, 0)?,
            max_files_per_request: self.count(MAX_FILES, 1)?,
            max_file_bytes: self.number(MAX_BYTES, self.member(MAX_BYTES)?, 1, MAX_SIZE)?,
            api_key: self.feature(API_KEY)?,
            watermark: self.feature(WATERMARK)?,
        };
        if plan.api_key.is_included() && plan.requests_per_minute == 0 {
            let why = "is 0, but the plan has an API key, which could then never be used";
            return Err(self.wrong(REQUESTS, self.member(REQUESTS)?, why));
        }
        Ok(plan)
    }

    fn allowance(&self) -> Result<Allowance, Error> {
        let value = self.member(COMPRESSIONS)?;
        let cap = self.table.get(CAP);
        if let DeValue::String(word) = value.get_ref() {
            if word != UNLIMITED {
                return Err(self.wrong(COMPRESSIONS, value, "must be a number or \"unlimited\""));
            }
            let cap = match cap {
                Some(cap) => Credits(self.small(CAP, cap, 1)?),
                None => Allowance::DEFAULT_CAP,
            };
            return Ok(Allowance::Unlimited { cap });
        }
        if let Some(cap) = cap {
            return Err(self.wrong(CAP, cap, "is for plans with unlimited compressions only"));
        }
        Ok(Allowance::Limited(Credits(self.small(COMPRESSIONS, value, 0)?)))
    }

    fn count(&self, name: &str, min: u64) -> Result<u32, Error> {
        self.small(name, self.member(name)?, min)
    }

    fn feature(&self, name: &str) -> Result<Feature, Error> {
        let value = self.member(name)?;
        let included = value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.wrong(name, value, "must be true or false"))?;
        Ok(Feature::from_bool(included))
    }

    fn member(&self, name: &str) -> Result<&'a Spanned<DeValue<'a>>, Error> {
        self.table.get(name).ok_or_else(|| {
            self.source.error(self.at.clone(), format!("{}.{name} is missing", self.tier))
        })
    }

    fn small(&self, name: &str, value: &Spanned<DeValue<'_>>, min: u64) -> Result<u32, Error> {
        let number = self.number(name, value, min, MAX_COUNT)?;
        u32::try_from(number).map_err(|_| self.wrong(name, value, "is too large"))
    }

    fn number(
        &self,
        name: &str,
        value: &Spanned<DeValue<'_>>,
        min: u64,
        max: u64,
    ) -> Result<u64, Error> {
        let Some(written) = value.get_ref().as_integer() else {
            return Err(self.wrong(name, value, "must be a whole number"));
        };
        match parse(written) {
            Some(number) if (i128::from(min)..=i128::from(max)).contains(&number) => {
                u64::try_from(number).map_err(|_| self.wrong(name, value, "is too large"))
            }
            _ => Err(self.wrong(name, value, &format!("is {written}, allowed are {min} to {max}"))),
        }
    }

    fn wrong(&self, name: &str, value: &Spanned<DeValue<'_>>, problem: &str) -> Error {
        self.source.error(value.span(), format!("{}.{name} {problem}", self.tier))
    }
}

/// TOML integers come as text and radix; `None` for one too long for any limit here.
fn parse(written: &DeInteger<'_>) -> Option<i128> {
    i128::from_str_radix(written.as_str(), written.radix()).ok()
}
