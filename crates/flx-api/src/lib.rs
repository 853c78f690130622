//! The HTTP surface of flx as a library: upload pictures, get smaller ones back.
//!
//! [`Settings`] go in, an [`Application`] comes out, bound to its address:
//!
//! ```
//! use flx_api::{Application, Settings};
//! use flx_store::{DatabaseUrl, Store, StoreOptions};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let data_dir = folder.path();
//! let store = Store::open_or_create(&DatabaseUrl::in_data_dir(data_dir), &StoreOptions::default())?;
//! let settings = Settings::default().with_listen("127.0.0.1:0".parse()?).with_data_dir(data_dir);
//!
//! let runtime = tokio::runtime::Runtime::new()?;
//! runtime.block_on(async {
//!     let application = Application::build(settings, store)?;
//!     println!("http://{}/docs", application.address());
//!     // A server passes a future here that ends when it shall stop.
//!     application.run(std::future::ready(())).await
//! })?;
//! # Ok(())
//! # }
//! ```
//!
//! A request passes, in this order: the key (one read of the database, no byte of the body), the
//! rate limit, the credits left and the room in the queue, then the upload within its limits, the
//! plan, the reservation of credits, the codec's threads, the result store, and the settle, which
//! charges successes only. Whatever goes wrong is answered as `application/problem+json`.

mod accept;
mod app;
mod auth;
mod batch;
mod clock;
mod dashboard;
mod demo;
mod error;
mod finish;
#[cfg(feature = "fuzzing")]
#[doc(hidden)]
pub mod fuzzing;
mod idempotency;
mod link_secret;
mod metrics;
mod names;
mod origin;
mod pieces;
mod problem;
mod progress;
mod range;
mod rate_limit;
mod refuse;
mod results;
mod routes;
mod settings;
mod signed_url;
mod state;
mod telemetry;
mod upload;

pub use app::Application;
pub use demo::{DEMO_EMAIL, Demo, demo_account};
pub use error::Error;
pub use problem::{ProblemView, Scalar};
pub use routes::compress::{
    ColourName, CompressAnswer, CompressForm, EffortName, Entry, Failure, FitName, FormatField,
    FormatList, FormatName, FoundName, GravityField, LookName, PositionName, QualityField,
    QualityPoint, Success, UsageNow,
};
pub use routes::health::{EngineView, Live, Ready};
pub use routes::openapi::openapi_json;
pub use routes::sessions::{SessionAnswer, SessionResult};
pub use routes::usage::{TopUpLinks, UsageAnswer};
pub use settings::{Dashboard, Links, PublicUrl, Settings, SyncResults, TopUps, WorkLimits};
pub use telemetry::{LogFormat, init as init_telemetry};
