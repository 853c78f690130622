//! A budget of memory, given out by account in turn.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// So many grains of memory. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Budget(Arc<Mutex<Ledger>>);

/// Grains taken; given back when dropped.
#[derive(Debug)]
pub(crate) struct Share {
    budget: Budget,
    grains: u32,
}

#[derive(Debug)]
struct Ledger {
    free: u32,
    /// Who waits, by account: the account at the front is next and then goes to the back.
    lanes: VecDeque<(String, VecDeque<Waiter>)>,
}

#[derive(Debug)]
struct Waiter {
    grains: u32,
    turn: oneshot::Sender<Share>,
}

impl Budget {
    pub(crate) fn new(grains: u32) -> Self {
        Self(Arc::new(Mutex::new(Ledger { free: grains, lanes: VecDeque::new() })))
    }

    /// Grains that nobody has.
    pub(crate) fn free(&self) -> u32 {
        self.lock().free
    }

    /// Waits for the account's turn and until so many grains are free. Whoever is next is waited
    /// for, however much that is, so that what is large comes to its turn too.
    pub(crate) async fn take(&self, account: &str, grains: u32) -> Option<Share> {
        let (turn, wait) = oneshot::channel();
        self.lock().wait(account, Waiter { grains, turn });
        // Whoever stops waiting may have been what all others waited for.
        let _leaves = Leaves(self);
        self.give_out();
        wait.await.ok()
    }

    fn give_out(&self) {
        loop {
            let Some(Waiter { grains, turn }) = self.lock().next() else { return };
            // One who left meanwhile gives it back at once.
            drop(turn.send(Share { budget: self.clone(), grains }));
        }
    }

    fn give_back(&self, grains: u32) {
        self.lock().free += grains;
        self.give_out();
    }

    fn lock(&self) -> MutexGuard<'_, Ledger> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Ledger {
    fn wait(&mut self, account: &str, waiter: Waiter) {
        match self.lanes.iter_mut().find(|(owner, _)| owner == account) {
            Some((_, lane)) => lane.push_back(waiter),
            None => self.lanes.push_back((account.to_owned(), VecDeque::from([waiter]))),
        }
    }

    /// Whose turn it is, with the grains taken out for them; nobody's when they are not free yet.
    fn next(&mut self) -> Option<Waiter> {
        while let Some((_, lane)) = self.lanes.front_mut() {
            while lane.front().is_some_and(|waiter| waiter.turn.is_closed()) {
                lane.pop_front();
            }
            let Some(first) = lane.front() else {
                self.lanes.pop_front();
                continue;
            };
            let left = self.free.checked_sub(first.grains)?;
            let waiter = lane.pop_front()?;
            self.free = left;
            self.lanes.rotate_left(1);
            return Some(waiter);
        }
        None
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.budget.give_back(self.grains);
    }
}

/// Lets the next one in when somebody stops waiting.
struct Leaves<'a>(&'a Budget);

impl Drop for Leaves<'_> {
    fn drop(&mut self) {
        self.0.give_out();
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt as _;
    use futures_util::future::{join_all, select_all};
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn accounts_take_turns_however_many_one_of_them_has_waiting() {
        let budget = Budget::new(1);
        let held = budget.take("x", 1).await.unwrap();
        let order = Mutex::new(Vec::new());
        let (order, budget) = (&order, &budget);
        let takes = ["a", "a", "a", "b"].map(|account| async move {
            let _share = budget.take(account, 1).await.unwrap();
            order.lock().unwrap().push(account);
        });
        let all = join_all(takes);
        tokio::pin!(all);
        assert!(timeout(Duration::from_millis(20), &mut all).await.is_err(), "all of them wait");
        drop(held);
        all.await;
        assert_eq!(*order.lock().unwrap(), ["a", "b", "a", "a"]);
        assert_eq!(budget.free(), 1);
    }

    #[tokio::test]
    async fn one_who_takes_much_is_waited_for_until_they_leave() {
        let budget = Budget::new(3);
        let held = budget.take("x", 1).await.unwrap();
        let large = budget.take("a", 3).boxed();
        let small = budget.take("b", 1).boxed();
        let (mut large, mut small) = (Some(large), small);
        let either = select_all([large.as_mut().unwrap(), &mut small]);
        assert!(
            timeout(Duration::from_millis(20), either).await.is_err(),
            "the small one waits too"
        );
        drop(large.take());
        let share = timeout(Duration::from_secs(5), &mut small).await.unwrap().unwrap();
        assert_eq!(budget.free(), 1);
        drop((held, share));
        assert_eq!(budget.free(), 3);
    }
}
