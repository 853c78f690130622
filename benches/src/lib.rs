//! What the benchmarks share: pictures and animations, a score for how alike two of them look, a server and a
//! connection to it, accounts with keys, versions of crates, and ways to sum measurements up.

pub mod animations;
pub mod callers;
pub mod connection;
pub mod locked;
pub mod machine;
pub mod peers;
pub mod pictures;
pub mod score;
pub mod server;
pub mod times;
