//! The database of flx: accounts, API keys, the credit ledger, results, the dashboard's passwords and
//! sessions, and the audit log.
//!
//! The only crate that knows SQL. Everything hangs on [`Store`], a cheap handle whose methods
//! block, take plain types and give plain types. The time is passed in as Unix milliseconds.
//!
//! ```
//! use flx_keys::Actor;
//! use flx_plans::{Credits, Plans, Tier};
//! use flx_store::{DatabaseUrl, Email, ReserveRequest, Settlement, Store, StoreError, StoreOptions};
//!
//! # let folder = tempfile::tempdir()?;
//! # let data_dir = folder.path();
//! let store = Store::open_or_create(&DatabaseUrl::in_data_dir(data_dir), &StoreOptions::default())?;
//!
//! let now_ms = 1_801_353_600_000; // 31 January 2027
//! let email: Email = "ada@example.org".parse()?;
//! let account = store.create_account(&email, Tier::Starter, &Actor::new("docs"), now_ms)?;
//!
//! // Three pictures are asked for, two succeed.
//! let limit = Plans::default().plan(Tier::Starter).compressions_per_period().enforced();
//! let request = ReserveRequest::new(account.id.clone(), account.tier, Credits(3), limit);
//! let reservation = store.reserve(&request, now_ms)?;
//! let settlement = store.settle(&reservation.id, Credits(2), now_ms + 80)?;
//! assert!(matches!(settlement, Settlement::Done { returned: Credits(1), .. }));
//!
//! let usage = store.usage(&account.id, now_ms + 100)?.ok_or("no such account")?;
//! assert_eq!(usage.compressions_used, Credits(2));
//! assert_eq!(usage.resets_at_ms, 1_803_772_800_000); // 28 February
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod accounts;
mod audit;
mod backup;
mod connection;
mod error;
mod idempotency;
mod ids;
mod keys;
mod ledger;
mod links;
mod lock;
mod migrations;
mod options;
mod passwords;
mod period;
mod prepared;
mod requests;
mod restore;
mod results;
mod schema;
mod settings;
mod store;
mod url;
mod web_sessions;

pub use accounts::{Account, Email};
pub use audit::AuditEntry;
pub use error::{Outage, Result, StoreError};
pub use idempotency::{Keeping, KeptAnswer, Once, Seen};
pub use ids::{AccountId, ReservationId, ResultId, WebSessionId};
pub use keys::KeyHolder;
pub use ledger::{
    Closed, CreditKind, PeriodUse, Reservation, ReserveRequest, Settlement, Swept, Usage,
    VerifyReport, Violation, Worked,
};
pub use links::{LinkPurpose, OneTimeLink};
pub use lock::ServerLock;
pub use migrations::Migrated;
pub use options::{Durability, StoreOptions};
pub use passwords::SignIn;
pub use requests::{NewRequest, PastRequest};
pub use restore::Restored;
pub use results::{NewResult, StoredResult};
pub use settings::SigningSecret;
pub use store::Store;
pub use url::{DEFAULT_FILE_NAME, DatabaseUrl};
pub use web_sessions::{NewWebSession, WebSession};
