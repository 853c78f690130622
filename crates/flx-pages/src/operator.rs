//! The operator's pages: accounts, audit log, health.

use askama::Template;
use flx_plans::Tier;

use crate::{Frame, KeyShown, Moment, Notice, Section};

/// An account in the list.
#[derive(Debug, Clone)]
pub struct AccountRow {
    /// Its id.
    pub id: String,
    /// Its address.
    pub email: String,
    /// Its plan.
    pub tier: Tier,
    /// Compressions of this period.
    pub compressions_used: u32,
    /// Of how many; none when the plan is sold as unlimited.
    pub compressions_limit: Option<u32>,
    /// When it was created.
    pub created_at: Moment,
    /// Whether it may not be used.
    pub is_disabled: bool,
    /// Whether it is an operator's.
    pub is_operator: bool,
}

/// A one-time link just made: shown this once, to be passed on.
#[derive(Debug, Clone)]
pub struct Issued {
    /// For whom.
    pub email: String,
    /// The link.
    pub link: String,
    /// Until when it works.
    pub expires_at: Moment,
}

/// `GET /operator?q=…&after=…`; the form to invite posts `csrf`, `email` and `tier` to
/// `/operator/invite`.
#[derive(Debug, Clone, Template)]
#[template(path = "accounts.html")]
pub struct AccountsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// What was searched for.
    pub query: String,
    /// One page of accounts.
    pub accounts: Vec<AccountRow>,
    /// The address behind which the next page begins.
    pub next_after: Option<String>,
    /// The invitation just made.
    pub issued: Option<Issued>,
}

/// `GET /operator/accounts/{id}`; forms post `csrf` and `tier` to `…/plan`, `csrf` and `amount` to
/// `…/credits`, `csrf` to `…/disable`, `…/enable` and `…/reset-password`.
#[derive(Debug, Clone, Template)]
#[template(path = "account.html")]
pub struct AccountPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The account.
    pub account: AccountRow,
    /// Its active key.
    pub key: Option<KeyShown>,
    /// AI credits used of the period.
    pub ai_used: u32,
    /// Of how many.
    pub ai_limit: u32,
    /// AI credits bought on top, left.
    pub ai_topup: u32,
    /// When the period ends.
    pub resets_at: Moment,
    /// Whether it has a password yet.
    pub has_password: bool,
    /// The link just made to set its password.
    pub issued: Option<Issued>,
    /// What was done to it, newest first.
    pub audit: Vec<AuditRow>,
    /// Whether it is the viewer's own, which is not disabled by itself.
    pub is_own: bool,
}

/// A line of the audit log.
#[derive(Debug, Clone)]
pub struct AuditRow {
    /// When.
    pub at: Moment,
    /// Who.
    pub actor: String,
    /// What: `account.create`, `key.roll`, …
    pub action: String,
    /// To what.
    pub subject: String,
    /// More about it.
    pub detail: String,
}

/// `GET /operator/audit?subject=…`.
#[derive(Debug, Clone, Template)]
#[template(path = "audit.html")]
pub struct AuditPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Only about this, when it is not empty.
    pub subject: String,
    /// The latest, newest first.
    pub entries: Vec<AuditRow>,
}

/// `GET /operator/health`.
#[derive(Debug, Clone, Template)]
#[template(path = "health.html")]
pub struct HealthPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The server's version.
    pub version: String,
    /// Which engine serves which format: `WebP`, `libwebp`.
    pub engines: Vec<(String, String)>,
    /// Since when it runs.
    pub started_at: Moment,
    /// Whether the database answers.
    pub database_ok: bool,
    /// Pictures waiting or worked on.
    pub pictures_inside: u64,
    /// Of how many that may be.
    pub queue_limit: u64,
    /// Threads at work.
    pub busy_threads: u64,
    /// Of how many.
    pub threads: u64,
    /// Bytes of memory that are taken by pictures.
    pub memory_taken: u64,
    /// Of how many they may take.
    pub memory_limit: u64,
    /// Bytes free where results are stored.
    pub disk_free: Option<u64>,
    /// Of how many.
    pub disk_total: Option<u64>,
}

impl HealthPage {
    fn disk_used(&self) -> u64 {
        self.disk_total.unwrap_or(0).saturating_sub(self.disk_free.unwrap_or(0))
    }
}
