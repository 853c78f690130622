//! Telling the caller how far a call has come.

use std::fmt;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use crate::Stage;

/// A function that is called whenever a stage begins, on the thread that works; again for each
/// coding of a searched result and each frame of an animation. It should return at once.
///
/// ```
/// use flx_core::{Limits, Progress};
///
/// let limits = Limits::default().with_progress(Progress::new(|stage| eprintln!("{stage} …")));
/// ```
#[derive(Clone)]
pub struct Progress(Arc<dyn Fn(Stage) + Send + Sync>);

impl Progress {
    /// Calls this function.
    pub fn new(call: impl Fn(Stage) + Send + Sync + 'static) -> Self {
        Self(Arc::new(call))
    }

    pub(crate) fn announce(&self, stage: Stage) {
        (self.0)(stage);
    }
}

// Whoever's function panics half-way answers for what it leaves behind; nothing here looks at it.
impl UnwindSafe for Progress {}
impl RefUnwindSafe for Progress {}

impl fmt::Debug for Progress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Progress")
    }
}
