//! What the benchmarks share: pictures and a score for how alike two of them look.

pub mod pictures;
pub mod score;
