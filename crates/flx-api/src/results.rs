//! Results on disk: written whole or not at all, gone when their time is over.

mod files;
mod sweeper;

pub(crate) use self::files::{Pending, ResultFiles};
pub(crate) use self::sweeper::sweep_forever;
