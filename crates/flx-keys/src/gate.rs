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
        Self { max_running, max_waiting, state: Mutex::default(), changed: Condvar::new() }
    }

    /// Waits for a place, unless too many wait already.
    pub(crate) fn enter(&self, tag: Tag) -> Result<Inside<'_>, Error> {
        let mut state = self.lock();
        if !self.may_enter(&state, &tag) {
            if state.waiting >= self.max_waiting {
                return Err(Error::Busy { waiting: state.waiting, limit: self.max_waiting });
            }
            state.waiting += 1;
            while !self.may_enter(&state, &tag) {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
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

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_full_gate_refuses_with_the_limit() {
        let gate = Gate::new(1, 0);
        let inside = gate.enter([1; 32]).unwrap();
        let refused = gate.enter([2; 32]).err().unwrap();
        assert!(matches!(refused, Error::Busy { waiting: 0, limit: 0 }));
        drop(inside);
        assert!(gate.enter([2; 32]).is_ok());
    }

    #[test]
    fn never_more_run_than_allowed() {
        let (gate, running, most) = (Gate::new(2, 100), AtomicUsize::new(0), AtomicUsize::new(0));
        thread::scope(|scope| {
            for number in 0..32_u8 {
                let (gate, running, most) = (&gate, &running, &most);
                scope.spawn(move || {
                    let _inside = gate.enter([number; 32]).unwrap();
                    let now = running.fetch_add(1, Ordering::SeqCst) + 1;
                    most.fetch_max(now, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(1));
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        assert!(most.into_inner() <= 2);
    }

    #[test]
    fn two_of_the_same_tag_are_never_inside_together() {
        let (gate, running) = (Gate::new(8, 100), AtomicUsize::new(0));
        thread::scope(|scope| {
            for _ in 0..32 {
                let (gate, running) = (&gate, &running);
                scope.spawn(move || {
                    let _inside = gate.enter([7; 32]).unwrap();
                    assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0);
                    thread::yield_now();
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
    }

    #[test]
    fn a_panic_inside_gives_the_place_back() {
        let gate = Gate::new(1, 0);
        let panicked = thread::scope(|scope| {
            let run = || {
                let _inside = gate.enter([1; 32]);
                std::panic::panic_any(());
            };
            scope.spawn(run).join().is_err()
        });
        assert!(panicked);
        assert!(gate.enter([1; 32]).is_ok());
    }
}
