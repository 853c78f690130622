//! Whether a plan allows a request, and if not, why and which tier would.

use crate::{Plans, Tier};

/// Where a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// The API, with a key: needs a plan with API keys.
    ApiKey,
    /// A signed-in person.
    Dashboard,
}

/// What a request asks of a plan. Starts as one picture of no size without watermark.
///
/// ```
/// use flx_plans::{Denied, Origin, Plans, Request, Tier};
///
/// let plans = Plans::default();
/// let batch = Request::new(Origin::ApiKey).with_files(3);
/// assert_eq!(plans.admit(Tier::Agency, &batch), Ok(()));
/// let denied = Denied::Batch { plan: Tier::Pro, asked: 3, limit: 1, allowed_from: Some(Tier::Agency) };
/// assert_eq!(plans.admit(Tier::Pro, &batch), Err(denied));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    origin: Origin,
    files: u32,
    largest_file_bytes: u64,
    watermark: bool,
}

impl Request {
    /// A request from there.
    #[must_use]
    pub fn new(origin: Origin) -> Self {
        Self { origin, files: 1, largest_file_bytes: 0, watermark: false }
    }

    /// How many pictures it carries. Default 1.
    #[must_use]
    pub fn with_files(mut self, files: u32) -> Self {
        self.files = files;
        self
    }

    /// The size of its largest picture in bytes. Default 0.
    #[must_use]
    pub fn with_largest_file_bytes(mut self, bytes: u64) -> Self {
        self.largest_file_bytes = bytes;
        self
    }

    /// Asks for a watermark. Default: none.
    #[must_use]
    pub fn with_watermark(mut self) -> Self {
        self.watermark = true;
        self
    }
}

/// Why a plan does not allow a request. `allowed_from` is the lowest tier that allows what was denied, in the
/// table in force; `None` when no tier does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Denied {
    /// The plan has no API key.
    #[error("the {plan} plan has no API access{}", hint(*allowed_from))]
    ApiKey {
        /// The plan asked.
        plan: Tier,
        /// The lowest tier with API keys.
        allowed_from: Option<Tier>,
    },
    /// More pictures in one request than the plan allows.
    #[error("the request has {asked} files, the limit of the {plan} plan is {limit}{}", hint(*allowed_from))]
    Batch {
        /// The plan asked.
        plan: Tier,
        /// Pictures in the request.
        asked: u32,
        /// Pictures the plan allows.
        limit: u32,
        /// The lowest tier that allows as many.
        allowed_from: Option<Tier>,
    },
    /// The plan has no watermark.
    #[error("the {plan} plan has no watermark{}", hint(*allowed_from))]
    Watermark {
        /// The plan asked.
        plan: Tier,
        /// The lowest tier with watermarks.
        allowed_from: Option<Tier>,
    },
    /// A picture larger than the plan allows.
    #[error("a file has {bytes} bytes, the limit of the {plan} plan is {limit}{}", hint(*allowed_from))]
    FileSize {
        /// The plan asked.
        plan: Tier,
        /// Size of the picture in bytes.
        bytes: u64,
        /// Size the plan allows in bytes.
        limit: u64,
        /// The lowest tier that allows this size.
        allowed_from: Option<Tier>,
    },
}

fn hint(allowed_from: Option<Tier>) -> String {
    allowed_from.map(|tier| format!("; upgrade to {} or higher", tier.title())).unwrap_or_default()
}

impl Denied {
    /// The lowest tier that allows what was denied; `None` when no tier does.
    #[must_use]
    pub fn allowed_from(&self) -> Option<Tier> {
        match *self {
            Self::ApiKey { allowed_from, .. }
            | Self::Batch { allowed_from, .. }
            | Self::Watermark { allowed_from, .. }
            | Self::FileSize { allowed_from, .. } => allowed_from,
        }
    }
}

impl Plans {
    /// Whether the tier's plan allows this request. Credits left and requests a minute are not asked here.
    ///
    /// # Errors
    /// The first reason against it, in the order API key, batch, watermark, file size.
    pub fn admit(&self, tier: Tier, request: &Request) -> Result<(), Denied> {
        let plan = self.plan(tier);
        if request.origin == Origin::ApiKey {
            self.admit_api_key(tier)?;
        }
        let (asked, limit) = (request.files, plan.max_files_per_request);
        if asked > limit {
            let allowed_from = self.lowest(|plan| asked <= plan.max_files_per_request);
            return Err(Denied::Batch { plan: tier, asked, limit, allowed_from });
        }
        if request.watermark && !plan.watermark.is_included() {
            let allowed_from = self.lowest(|plan| plan.watermark.is_included());
            return Err(Denied::Watermark { plan: tier, allowed_from });
        }
        let (bytes, limit) = (request.largest_file_bytes, plan.max_file_bytes);
        if bytes > limit {
            let allowed_from = self.lowest(|plan| bytes <= plan.max_file_bytes);
            return Err(Denied::FileSize { plan: tier, bytes, limit, allowed_from });
        }
        Ok(())
    }

    /// Whether the tier's plan includes an API key: asked before one is generated, and of every caller that
    /// presents one.
    ///
    /// # Errors
    /// [`Denied::ApiKey`].
    pub fn admit_api_key(&self, tier: Tier) -> Result<(), Denied> {
        if self.plan(tier).api_key.is_included() {
            return Ok(());
        }
        let allowed_from = self.lowest(|plan| plan.api_key.is_included());
        Err(Denied::ApiKey { plan: tier, allowed_from })
    }
}
