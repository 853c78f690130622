//! Signing in, signing up, and setting a password by a one-time link.

use crate::{Frame, Notice};
use askama::Template;

/// `GET /sign-in`; its form posts `csrf`, `email`, `password` and `next` there.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_in.html")]
pub struct SignInPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The address typed before.
    pub email: String,
    /// The path to go to afterwards.
    pub next: String,
}

/// `GET /sign-up`, where it is open; its form posts `csrf`, `email` and `password` there.
#[derive(Debug, Clone, Template)]
#[template(path = "sign_up.html")]
pub struct SignUpPage {
    /// What surrounds it.
    pub frame: Frame,
    /// The address typed before.
    pub email: String,
    /// Fewest characters of a password.
    pub password_min: usize,
}

/// Whom a one-time link is for.
#[derive(Debug, Clone)]
pub enum WelcomeFor {
    /// The first operator of an empty installation, who names an address: field `email`.
    SetUp {
        /// The address typed before.
        email: String,
    },
    /// Somebody invited.
    Invited {
        /// Their account's address.
        email: String,
    },
    /// Somebody whose password is set anew.
    Reset {
        /// Their account's address.
        email: String,
    },
}

/// `GET /welcome?token=…`; its form posts `csrf`, `token`, `password` (and `email`) to `/welcome`.
#[derive(Debug, Clone, Template)]
#[template(path = "welcome.html")]
pub struct WelcomePage {
    /// What surrounds it.
    pub frame: Frame,
    /// The link's token.
    pub token: String,
    /// Whom it is for.
    pub whom: WelcomeFor,
    /// Fewest characters of a password.
    pub password_min: usize,
}
