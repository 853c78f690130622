//! The dashboard's pages: plain values in, HTML out.
//!
//! The crate knows neither HTTP nor the database nor the clock. Each page is a struct that holds what
//! it shows, and a template; [`assets`] are the files that the pages name. Every page is complete
//! without JavaScript, and nothing in it is inline: no style, no script, no picture.
//!
//! ```
//! use flx_pages::{Frame, Notice, Page, Section, SignInPage};
//!
//! let frame = Frame {
//!     viewer: None,
//!     section: Section::None,
//!     csrf: "0123".to_owned(),
//!     notice: Some(Notice::Failed("The password is <wrong>.".to_owned())),
//!     upgrade_url: None,
//!     sign_up_is_open: false,
//! };
//! let html = SignInPage { frame, email: String::new(), next: "/usage".to_owned() }.html()?;
//! assert!(html.contains("name=\"csrf\" value=\"0123\""));
//! assert!(html.contains("The password is &#60;wrong&#62;."));
//! # Ok::<(), flx_pages::Error>(())
//! ```

mod account_settings;
pub mod assets;
mod chart;
mod compress;
mod credentials;
mod frame;
mod moment;
mod operator;
mod page;
mod text;
mod trouble;
mod usage;

pub use account_settings::{
    ApiKeyPage, ConfirmPage, KeyShown, PasswordPage, PlanColumn, PlanPage, SessionRow, SessionsPage,
};
pub use compress::{CompressPage, FileError, ResultRow, ResultsPage, Upload};
pub use credentials::{SignInPage, SignUpPage, WelcomeFor, WelcomePage};
pub use frame::{Frame, Notice, Section, Viewer};
pub use moment::Moment;
pub use operator::{
    AccountPage, AccountRow, AccountsPage, AuditPage, AuditRow, HealthPage, Issued,
};
pub use page::{Error, Page};
pub use trouble::TroublePage;
pub use usage::{Month, RequestRow, UsagePage};

#[cfg(test)]
mod tests;
