//! Plans as data: what each tier allows, whether a request fits, how credits are counted, and when a billing
//! period begins. No I/O and no clock: files come as text, times as Unix milliseconds.
//!
//! ```
//! use flx_plans::{BillingAnchor, Credits, Denied, Origin, Plans, Request, Tier};
//!
//! // The built-in table, which a file in the same form replaces.
//! let plans = Plans::default();
//! assert_eq!(Plans::from_toml(&plans.to_toml(), "plans.toml")?, plans);
//!
//! // May a Free account send this?
//! let request = Request::new(Origin::Dashboard).with_watermark();
//! let denied = plans.admit(Tier::Free, &request);
//! assert_eq!(denied, Err(Denied::Watermark { plan: Tier::Free, allowed_from: Some(Tier::Starter) }));
//!
//! // How much is left of a period, and when does the next one begin?
//! let allowance = plans.plan(Tier::Starter).compressions_per_period();
//! assert_eq!(allowance.left(Credits(45)), Credits(155));
//! let anchor = BillingAnchor::new(1_801_353_600_000)?; // 31 January 2027, 00:00 UTC
//! let period = anchor.period_at(1_804_000_000_000)?; // 2 March
//! assert_eq!((period.index(), period.ends_at_ms()), (1, 1_806_451_200_000)); // until 31 March
//! # Ok::<(), flx_plans::Error>(())
//! ```

mod admit;
mod credits;
mod error;
mod file;
mod period;
mod plan;
mod plans;
mod table;
mod tier;

pub use admit::{Denied, Origin, Request};
pub use credits::{AiCredits, AiSpend, Allowance, Credits};
pub use error::Error;
pub use period::{BillingAnchor, Period};
pub use plan::{Feature, Plan};
pub use plans::Plans;
pub use tier::Tier;
