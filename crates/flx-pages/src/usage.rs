//! Usage: this period, the last twelve, the latest requests.

use crate::chart::Chart;
use crate::{Frame, Moment, Notice, Section};
use askama::Template;

/// A bar of the chart.
#[derive(Debug, Clone)]
pub struct Month {
    /// When the billing period began.
    pub starts_at: Moment,
    /// Compressions charged in it.
    pub compressions: u32,
}

/// A request that was worked on.
#[derive(Debug, Clone)]
pub struct RequestRow {
    /// When.
    pub at: Moment,
    /// By an API key, or in the dashboard.
    pub by_api_key: bool,
    /// Pictures that were compressed.
    pub compressed: u32,
    /// Pictures that were not.
    pub failed: u32,
    /// Bytes of the originals of what was compressed.
    pub bytes_before: u64,
    /// Bytes of the results.
    pub bytes_after: u64,
}

/// `GET /usage`.
#[derive(Debug, Clone, Template)]
#[template(path = "usage.html")]
pub struct UsagePage {
    /// What surrounds it.
    pub frame: Frame,
    /// Compressions of this period.
    pub compressions_used: u32,
    /// Of how many; none when the plan is sold as unlimited.
    pub compressions_limit: Option<u32>,
    /// AI credits of this period.
    pub ai_used: u32,
    /// Of how many.
    pub ai_limit: u32,
    /// AI credits bought on top, left.
    pub ai_topup: u32,
    /// When the period began.
    pub starts_at: Moment,
    /// When the next one begins.
    pub resets_at: Moment,
    /// At most twelve, oldest first, this one last; periods without use are there with 0.
    pub months: Vec<Month>,
    /// The latest requests, newest first; at most 20.
    pub requests: Vec<RequestRow>,
}

impl UsagePage {
    fn chart(&self) -> Chart {
        Chart::of(&self.months)
    }

    fn bytes_before(&self) -> u64 {
        self.requests.iter().map(|row| row.bytes_before).sum()
    }

    fn bytes_after(&self) -> u64 {
        self.requests.iter().map(|row| row.bytes_after).sum()
    }

    fn bytes_saved(&self) -> u64 {
        self.bytes_before().saturating_sub(self.bytes_after())
    }

    fn compressed(&self) -> u64 {
        self.requests.iter().map(|row| u64::from(row.compressed)).sum()
    }
}
