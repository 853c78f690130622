//! The two kinds of credits.

use std::fmt;

use crate::{Result, StoreError};

/// What a credit buys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CreditKind {
    /// One picture compressed.
    Compression,
    /// One use of an AI feature: the month's own first, then the top-up balance.
    Ai,
}

impl CreditKind {
    /// The stored name: `compression` or `ai`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Compression => "compression",
            Self::Ai => "ai",
        }
    }

    pub(crate) fn of_row(stored: &str, table: &'static str) -> Result<Self> {
        match stored {
            "compression" => Ok(Self::Compression),
            "ai" => Ok(Self::Ai),
            _ => Err(StoreError::BadRow { table, column: "kind" }),
        }
    }
}

impl fmt::Display for CreditKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Compression => "compression",
            Self::Ai => "AI",
        })
    }
}
