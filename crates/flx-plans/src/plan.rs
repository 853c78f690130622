//! What one tier allows.

use crate::{Allowance, Credits};

/// Whether a plan includes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Feature {
    /// It does.
    Included,
    /// It does not.
    NotIncluded,
}

impl Feature {
    /// True when included.
    #[must_use]
    pub fn is_included(self) -> bool {
        self == Self::Included
    }

    pub(crate) const fn from_bool(included: bool) -> Self {
        if included { Self::Included } else { Self::NotIncluded }
    }
}

/// The numbers and features of one tier, from the built-in table or an operator's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    pub(crate) compressions_per_period: Allowance,
    pub(crate) ai_credits_per_period: Credits,
    pub(crate) requests_per_minute: u32,
    pub(crate) max_files_per_request: u32,
    pub(crate) max_file_bytes: u64,
    pub(crate) api_key: Feature,
    pub(crate) watermark: Feature,
}

impl Plan {
    /// Pictures a billing period allows, through the API and the dashboard together.
    #[must_use]
    pub fn compressions_per_period(&self) -> Allowance {
        self.compressions_per_period
    }

    /// AI credits that come with each billing period.
    #[must_use]
    pub fn ai_credits_per_period(&self) -> Credits {
        self.ai_credits_per_period
    }

    /// API requests a minute; 0 on a plan without API key.
    #[must_use]
    pub fn requests_per_minute(&self) -> u32 {
        self.requests_per_minute
    }

    /// Pictures in one request, at least 1; more than 1 makes it a batch.
    #[must_use]
    pub fn max_files_per_request(&self) -> u32 {
        self.max_files_per_request
    }

    /// Size of one uploaded picture, in bytes.
    #[must_use]
    pub fn max_file_bytes(&self) -> u64 {
        self.max_file_bytes
    }

    /// API keys.
    #[must_use]
    pub fn api_key(&self) -> Feature {
        self.api_key
    }

    /// Watermarks drawn over the pictures.
    #[must_use]
    pub fn watermark(&self) -> Feature {
        self.watermark
    }
}
