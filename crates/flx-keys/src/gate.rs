//! A bound on argon2 runs at once, and one run for several callers with the same question.

use std::collections::HashSet;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::Error;
use crate::verified::Tag;

/// Lets a few argon2 runs in, a bounded number wait, and refuses the rest.
///
/// Two runs with the same tag are never inside together: the second waits and, once inside, finds the first
/// one's answer in the memory of verified keys.
pub(crate) struct Gate {
    max_running: usize,
    max_waiting: usize,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    running: usize,
    waiting: usize,
    tags: HashSet<Tag>,
}

/// A place inside the gate, given back when dropped.
pub(crate) struct Inside<'a> {
    gate: &'a Gate,
    tag: Tag,
}

impl Gate {
    pub(crate) fn new(max_running: usize, max_waiting: usize) -> Self {
        Self {
            max_running,
            max_waiting,
            state: Mutex::default(),
            changed: Condvar::new(),
        }
    }

    /// Waits for a place, unless too many wait already.
    pub(crate) fn enter(&self, tag: Tag) -> Result<Inside<'_>, Error> {
        let mut state = self.lock();
        if !self.may_enter(&state, &tag) {
            if state.waiting >= self.max_waiting {
                return Err(Error::Busy {
                    waiting: state.waiting,
                    limit: self.max_waiting,
                });
            }
            state.waiting += 1;
            while !self.may_enter(&state, &tag) {
                state = self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner);
            }
            state.waiting -= 1;
        }
        state.running += 1;
        state.tags.insert(tag);
        Ok(Inside { gate: self, tag })
    }

    fn may_enter(&self, state: &State, tag: &Tag) -> bool {
        state.running < self.max_running && !state.tags.contains(tag)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Inside<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.lock();
        state.running -= 1;
        state.tags.remove(&self.tag);
        drop(state);
        // All, because the one woken alone might be waiting for another tag.
        self.gate.changed.notify_all();
    }
}
