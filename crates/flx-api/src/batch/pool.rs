//! Threads for the codec, fed from one lane per account in turn.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use tokio::sync::oneshot;

type Task = Box<dyn FnOnce() + Send>;

/// A fixed number of threads. How many tasks wait is bounded by whoever submits them.
#[derive(Debug)]
pub(crate) struct CpuPool {
    shared: Arc<Shared>,
    threads: usize,
}

#[derive(Default)]
struct Shared {
    lanes: Mutex<Lanes>,
    more: Condvar,
    busy: AtomicUsize,
}

/// Tasks by account; the account at the front is next and then goes to the back.
#[derive(Default)]
struct Lanes {
    lanes: VecDeque<(String, VecDeque<Task>)>,
    waiting: usize,
    closed: bool,
}

/// The task panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("busy", &self.busy).finish_non_exhaustive()
    }
}

impl CpuPool {
    /// Starts the threads.
    pub(crate) fn start(threads: usize) -> io::Result<Self> {
        let shared = Arc::new(Shared::default());
        let pool = Self { shared: Arc::clone(&shared), threads: threads.max(1) };
        for number in 0..pool.threads {
            let shared = Arc::clone(&shared);
            thread::Builder::new()
                .name(format!("flx-codec-{number}"))
                .spawn(move || shared.work())?;
        }
        Ok(pool)
    }

    /// Runs a task when its account's turn comes. A panic in it stays in it.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        account: &str,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Panicked> {
        let (sender, receiver) = oneshot::channel();
        let span = tracing::Span::current();
        self.shared.push(
            account,
            Box::new(move || {
                let task = AssertUnwindSafe(|| span.in_scope(task));
                let result = catch_unwind(task).map_err(|_| Panicked);
                // Nobody waits any more when the request is gone.
                let _ = sender.send(result);
            }),
        );
        receiver.await.unwrap_or(Err(Panicked))
    }

    /// Tasks that wait for a thread.
    pub(crate) fn waiting(&self) -> usize {
        self.shared.lock().waiting
    }

    /// Threads that work.
    pub(crate) fn busy(&self) -> usize {
        self.shared.busy.load(Ordering::Relaxed)
    }

    /// Whether a task submitted now would have the machine to itself.
    pub(crate) fn is_idle(&self) -> bool {
        self.busy() == 0 && self.waiting() == 0
    }
}

impl Drop for CpuPool {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.more.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Lanes> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, account: &str, task: Task) {
        let mut lanes = self.lock();
        lanes.waiting += 1;
        match lanes.lanes.iter_mut().find(|(owner, _)| owner == account) {
            Some((_, lane)) => lane.push_back(task),
            None => lanes.lanes.push_back((account.to_owned(), VecDeque::from([task]))),
        }
        drop(lanes);
        self.more.notify_one();
    }

    fn work(&self) {
        while let Some(task) = self.next() {
            self.busy.fetch_add(1, Ordering::Relaxed);
            task();
            self.busy.fetch_sub(1, Ordering::Relaxed);
        }
    }

    fn next(&self) -> Option<Task> {
        let mut lanes = self.lock();
        loop {
            if let Some(task) = lanes.pop() {
                return Some(task);
            }
            if lanes.closed {
                return None;
            }
            lanes = self.more.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Lanes {
    fn pop(&mut self) -> Option<Task> {
        let (account, mut lane) = self.lanes.pop_front()?;
        let task = lane.pop_front()?;
        self.waiting -= 1;
        if !lane.is_empty() {
            self.lanes.push_back((account, lane));
        }
        Some(task)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use futures_util::future::join_all;

    use super::*;

    #[tokio::test]
    async fn a_panic_stays_in_its_task() {
        let pool = CpuPool::start(1).unwrap();
        assert_eq!(pool.run("a", || -> u8 { panic!("on purpose") }).await, Err(Panicked));
        assert_eq!(pool.run("a", || 7).await, Ok(7), "the thread lives on");
        assert!(pool.is_idle() || pool.busy() <= 1);
    }

    #[tokio::test]
    async fn accounts_take_turns() {
        let pool = CpuPool::start(1).unwrap();
        let (go, gate) = mpsc::channel::<()>();
        let (order, done) = mpsc::channel();
        let mut gate = Some(gate);
        let runs = ["x", "a", "a", "a", "b"].map(|account| {
            let (gate, order) = (gate.take(), order.clone());
            pool.run(account, move || {
                if let Some(gate) = gate {
                    gate.recv().unwrap();
                }
                order.send(account).unwrap();
            })
        });
        let all = join_all(runs);
        tokio::pin!(all);
        // The first poll submits every task while the first of them blocks the only thread.
        let early = tokio::time::timeout(std::time::Duration::from_millis(50), &mut all).await;
        assert!(early.is_err());
        assert_eq!(pool.waiting(), 4);
        go.send(()).unwrap();
        all.await;
        let order: Vec<_> = done.try_iter().collect();
        assert_eq!(order, ["x", "a", "b", "a", "a"]);
    }
}
