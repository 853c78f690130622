//! What can be wrong with plans and periods.

/// Every failure of this crate. What a plan does not allow is not a failure but a
/// [`Denied`](crate::Denied).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A name that is no tier's.
    #[error("{0:?} is not a plan: the plans are free, starter, pro and agency")]
    UnknownTier(String),
    /// A plan file that cannot be used.
    #[error("{file}:{line}: {problem}")]
    PlanFile {
        /// The file's name as the caller gave it.
        file: String,
        /// The line, counted from 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// An instant outside the years −9999 to 9999.
    #[error("{0} ms is not an instant that a billing period can start at")]
    Instant(i64),
    /// A period that would end after the year 9999, or that lies before the anchor's first one.
    #[error("billing period {index} cannot be computed, the first is {first}")]
    Period {
        /// The period asked for.
        index: u32,
        /// The anchor's first period.
        first: u32,
    },
}
