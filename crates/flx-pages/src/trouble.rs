//! A page about what went wrong.

use crate::Frame;
use askama::Template;

/// Shown instead of a page: not found, forbidden, failed, too many attempts.
#[derive(Debug, Clone, Template)]
#[template(path = "trouble.html")]
pub struct TroublePage {
    /// What surrounds it.
    pub frame: Frame,
    /// The HTTP status.
    pub status: u16,
    /// What it is, in a few words.
    pub title: String,
    /// What to do about it, a sentence or two.
    pub detail: String,
    /// Tells the operator which request it was.
    pub request_id: Option<String>,
}
