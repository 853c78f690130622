//! Settings: API key, plan, password, sessions.

use askama::Template;
use flx_plans::Tier;

use crate::{Frame, Moment, Notice, Section};

/// A key as it is shown.
#[derive(Debug, Clone)]
pub struct KeyShown {
    /// Its masked form.
    pub masked: String,
    /// When it was generated.
    pub created_at: Moment,
    /// When it was last used.
    pub last_used_at: Option<Moment>,
}

/// `GET /settings/key`; forms post `csrf` to `/settings/key/generate`, and `csrf` and `confirm` to
/// `/settings/key/roll` and `/settings/key/revoke`.
#[derive(Debug, Clone, Template)]
#[template(path = "api_key.html")]
pub struct ApiKeyPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Whether the plan has API access.
    pub allowed: bool,
    /// The lowest plan that has.
    pub allowed_from: Option<Tier>,
    /// The active key.
    pub key: Option<KeyShown>,
    /// The raw key just made: shown this once.
    pub raw: Option<String>,
    /// Base of the curl line.
    pub base_url: String,
}

/// Asks before something that cannot be undone, where a form came without its `confirm`.
#[derive(Debug, Clone, Template)]
#[template(path = "confirm.html")]
pub struct ConfirmPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The question.
    pub title: String,
    /// What will happen.
    pub consequence: String,
    /// What the button says.
    pub button: String,
    /// Where the form posts `csrf` and `confirm=yes`.
    pub action: String,
    /// Where to go instead.
    pub back: String,
}

/// A plan beside the others.
#[derive(Debug, Clone)]
pub struct PlanColumn {
    /// The plan.
    pub tier: Tier,
    /// Compressions a period; none when it is sold as unlimited.
    pub compressions: Option<u32>,
    /// AI credits a period.
    pub ai_credits: u32,
    /// Requests a minute.
    pub requests_per_minute: u32,
    /// Pictures a request.
    pub max_files: u32,
    /// Largest file in bytes.
    pub max_file_bytes: u64,
    /// Whether it has an API key.
    pub api_key: bool,
    /// Whether it has watermarks.
    pub watermark: bool,
}

/// `GET /settings/plan`; the viewer's plan is the current one.
#[derive(Debug, Clone, Template)]
#[template(path = "plan.html")]
pub struct PlanPage {
    /// What surrounds it.
    pub frame: Frame,
    /// All plans, lowest first.
    pub plans: Vec<PlanColumn>,
}

/// `GET /settings/password`; its form posts `csrf`, `current` and `new` there.
#[derive(Debug, Clone, Template)]
#[template(path = "password.html")]
pub struct PasswordPage {
    /// What surrounds it.
    pub frame: Frame,
    /// Fewest characters of a password.
    pub password_min: usize,
}

/// A browser that is signed in.
#[derive(Debug, Clone)]
pub struct SessionRow {
    /// Its id for the form.
    pub id: String,
    /// The browser and system, as far as it tells.
    pub browser: String,
    /// From where it was used last.
    pub address: String,
    /// When it signed in.
    pub signed_in_at: Moment,
    /// When it was used last.
    pub last_seen_at: Moment,
    /// Whether it is the one that looks.
    pub is_this: bool,
}

/// `GET /settings/sessions`; forms post `csrf` and `id` to `/settings/sessions/end`, and `csrf` to
/// `/settings/sessions/end-all`.
#[derive(Debug, Clone, Template)]
#[template(path = "sessions.html")]
pub struct SessionsPage {
    /// What surrounds it.
    pub frame: Frame,
    /// All of the account, this one first.
    pub sessions: Vec<SessionRow>,
}

impl PlanPage {
    fn is_current(&self, tier: &Tier) -> bool {
        self.frame.viewer.as_ref().is_some_and(|viewer| viewer.tier == *tier)
    }
}
