//! What surrounds every page.

use flx_plans::Tier;

/// Which entry of the navigation is the current one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Section {
    /// No entry: signing in, errors.
    None,
    /// Compress.
    Compress,
    /// Usage.
    Usage,
    /// Settings → API Key.
    ApiKey,
    /// Settings → Plan.
    Plan,
    /// Settings → Password.
    Password,
    /// Settings → Sessions.
    Sessions,
    /// Operator → Accounts.
    Accounts,
    /// Operator → Audit log.
    Audit,
    /// Operator → Health.
    Health,
}

impl Section {
    /// Whether it is one of the settings.
    pub(crate) fn is_settings(self) -> bool {
        matches!(self, Self::ApiKey | Self::Plan | Self::Password | Self::Sessions)
    }

    /// Whether it is one of the operator's pages.
    pub(crate) fn is_operator(self) -> bool {
        matches!(self, Self::Accounts | Self::Audit | Self::Health)
    }
}

/// Who looks at the page.
#[derive(Debug, Clone)]
pub struct Viewer {
    /// The account's address.
    pub email: String,
    /// Its plan.
    pub tier: Tier,
    /// Whether it sees the operator's pages.
    pub is_operator: bool,
}

impl Viewer {
    /// The letter that stands for them where there is little room.
    pub(crate) fn initial(&self) -> String {
        self.email.chars().take(1).flat_map(char::to_uppercase).collect()
    }
}

/// A message above the page's content, announced to screen readers.
#[derive(Debug, Clone)]
pub enum Notice {
    /// Something was done.
    Done(String),
    /// Something was not.
    Failed(String),
}

/// What surrounds every page.
#[derive(Debug, Clone)]
pub struct Frame {
    /// Who is signed in.
    pub viewer: Option<Viewer>,
    /// The current section.
    pub section: Section,
    /// What every form sends back in its field `csrf`.
    pub csrf: String,
    /// A message.
    pub notice: Option<Notice>,
    /// Where a plan can be upgraded, if the operator named a place.
    pub upgrade_url: Option<String>,
    /// Whether anybody may create an account.
    pub sign_up_is_open: bool,
}
