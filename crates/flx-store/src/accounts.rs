//! Accounts: who may use the service, on which plan.

mod account;
mod change;
mod email;
mod find;
mod overview;

pub use account::Account;
pub use email::Email;

pub(crate) use account::{ACCOUNT_COLUMNS, AccountRow};
pub(crate) use change::{create, make_operator, take};
