//! Threads for the codec, fed from one lane per account in turn. Each has something of its own that
//! its tasks work with.

use std::collections::VecDeque;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

type Task<T> = Box<dyn FnOnce(&mut T) + Send>;

/// What a thread works with.
pub(crate) trait Tool {
    /// How long it is of no use; none when a task can begin. Called before every task.
    fn rest(&mut self) -> Option<Duration>;
}

/// A fixed number of threads. How many tasks wait is bounded by whoever submits them.
#[derive(Debug)]
pub(crate) struct CpuPool<T> {
    shared: Arc<Shared<T>>,
}

struct Shared<T> {
    lanes: Mutex<Lanes<T>>,
    more: Condvar,
    busy: AtomicUsize,
}

/// Tasks by account; the account at the front is next and then goes to the back.
struct Lanes<T> {
    lanes: VecDeque<(String, VecDeque<Task<T>>)>,
    waiting: usize,
    /// Threads whose tool is of no use for now.
    resting: usize,
    threads: usize,
    closed: bool,
}

/// The task panicked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Panicked;

impl<T> std::fmt::Debug for Shared<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").field("busy", &self.busy).finish_non_exhaustive()
    }
}

impl<T: Tool + 'static> CpuPool<T> {
    /// Starts the threads, each of which makes what it works with; none is there if one cannot.
    pub(crate) fn start<E: From<io::Error> + Send + 'static>(
        threads: usize,
        make: impl Fn() -> Result<T, E> + Send + Sync + 'static,
    ) -> Result<Self, E> {
        let threads = threads.max(1);
        let lanes =
            Lanes { lanes: VecDeque::new(), waiting: 0, resting: 0, threads, closed: false };
        let shared = Shared { lanes: Mutex::new(lanes), more: Condvar::new(), busy: 0.into() };
        let pool = Self { shared: Arc::new(shared) };
        let make = Arc::new(make);
        let (made, results) = mpsc::channel();
        for number in 0..threads {
            let (shared, make, made) = (Arc::clone(&pool.shared), Arc::clone(&make), made.clone());
            thread::Builder::new().name(format!("flx-codec-{number}")).spawn(move || {
                let (own, result) = match make() {
                    Ok(own) => (Some(own), Ok(())),
                    Err(error) => (None, Err(error)),
                };
                let is_awaited = made.send(result).is_ok();
                drop(made);
                if let Some(own) = own.filter(|_| is_awaited) {
                    shared.work(own);
                }
            })?;
        }
        drop(made);
        results.iter().collect::<Result<(), E>>()?;
        Ok(pool)
    }

    /// Runs a task when its account's turn comes. A panic in it stays in it.
    pub(crate) async fn run<R: Send + 'static>(
        &self,
        account: &str,
        task: impl FnOnce(&mut T) -> R + Send + 'static,
    ) -> Result<R, Panicked> {
        let (sender, receiver) = oneshot::channel();
        let span = tracing::Span::current();
        self.shared.push(
            account,
            Box::new(move |own: &mut T| {
                let task = AssertUnwindSafe(|| span.in_scope(|| task(own)));
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

impl<T> Drop for CpuPool<T> {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.more.notify_all();
    }
}

impl<T> Shared<T> {
    fn lock(&self) -> MutexGuard<'_, Lanes<T>> {
        self.lanes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, account: &str, task: Task<T>) {
        let mut lanes = self.lock();
        lanes.waiting += 1;
        match lanes.lanes.iter_mut().find(|(owner, _)| owner == account) {
            Some((_, lane)) => lane.push_back(task),
            None => lanes.lanes.push_back((account.to_owned(), VecDeque::from([task]))),
        }
        let some_rest = lanes.resting > 0;
        drop(lanes);
        // One that rests would let it lie.
        if some_rest { self.more.notify_all() } else { self.more.notify_one() }
    }
}

impl<T: Tool> Shared<T> {
    fn work(&self, mut own: T) {
        loop {
            let next = match own.rest() {
                None => self.next(),
                Some(pause) => self.next_while_resting(pause),
            };
            match next {
                Next::Task(task) => {
                    self.busy.fetch_add(1, Ordering::Relaxed);
                    task(&mut own);
                    self.busy.fetch_sub(1, Ordering::Relaxed);
                }
                Next::Rested => {}
                Next::Closed => return,
            }
        }
    }

    fn next(&self) -> Next<T> {
        let mut lanes = self.lock();
        loop {
            if let Some(task) = lanes.pop() {
                return Next::Task(task);
            }
            if lanes.closed {
                return Next::Closed;
            }
            lanes = self.more.wait(lanes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Leaves tasks to the others, unless all of them rest: then a task shall be told.
    fn next_while_resting(&self, pause: Duration) -> Next<T> {
        let until = Instant::now() + pause;
        let mut lanes = self.lock();
        lanes.resting += 1;
        let next = loop {
            if lanes.closed {
                break Next::Closed;
            }
            if lanes.resting == lanes.threads
                && let Some(task) = lanes.pop()
            {
                break Next::Task(task);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break Next::Rested;
            }
            let waited = self.more.wait_timeout(lanes, left);
            lanes = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        lanes.resting -= 1;
        next
    }
}

enum Next<T> {
    Task(Task<T>),
    /// The pause is over.
    Rested,
    Closed,
}

impl<T> Lanes<T> {
    fn pop(&mut self) -> Option<Task<T>> {
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
    use std::sync::atomic::AtomicBool;
    use std::sync::mpsc;

    use futures_util::future::join_all;

    use super::*;

    impl Tool for () {
        fn rest(&mut self) -> Option<Duration> {
            None
        }
    }

    impl Tool for Vec<i32> {
        fn rest(&mut self) -> Option<Duration> {
            None
        }
    }

    /// Of no use for as long as the flag is raised.
    #[derive(Debug, Clone)]
    struct Broken(Arc<AtomicBool>, &'static str);

    impl Tool for Broken {
        fn rest(&mut self) -> Option<Duration> {
            self.0.load(Ordering::SeqCst).then_some(Duration::from_millis(5))
        }
    }

    #[tokio::test]
    async fn a_thread_whose_tool_is_broken_leaves_tasks_to_the_others_unless_all_are() {
        let (one, other) = (Arc::new(AtomicBool::new(true)), Arc::new(AtomicBool::new(false)));
        let tools =
            Mutex::new(vec![Broken(Arc::clone(&one), "one"), Broken(other.clone(), "other")]);
        let pool = CpuPool::start(2, move || io::Result::Ok(tools.lock().unwrap().pop().unwrap()));
        let pool = pool.unwrap();
        for _ in 0..50 {
            assert_eq!(pool.run("a", |tool: &mut Broken| tool.1).await, Ok("other"));
        }
        other.store(true, Ordering::SeqCst);
        assert!(
            pool.run("a", |tool: &mut Broken| tool.1).await.is_ok(),
            "it is told by one of them"
        );
        one.store(false, Ordering::SeqCst);
        let again = Instant::now();
        while pool.run("a", |tool: &mut Broken| tool.1).await != Ok("one") {
            assert!(again.elapsed() < Duration::from_secs(10), "it is of use again");
        }
    }

    fn pool() -> CpuPool<()> {
        CpuPool::start(1, || io::Result::Ok(())).unwrap()
    }

    #[tokio::test]
    async fn a_panic_stays_in_its_task() {
        let pool = pool();
        assert_eq!(pool.run("a", |()| -> u8 { panic!("on purpose") }).await, Err(Panicked));
        assert_eq!(pool.run("a", |()| 7).await, Ok(7), "the thread lives on");
        assert!(pool.is_idle() || pool.busy() <= 1);
    }

    #[tokio::test]
    async fn accounts_take_turns() {
        let pool = pool();
        let (go, gate) = mpsc::channel::<()>();
        let (order, done) = mpsc::channel();
        let mut gate = Some(gate);
        let runs = ["x", "a", "a", "a", "b"].map(|account| {
            let (gate, order) = (gate.take(), order.clone());
            pool.run(account, move |()| {
                if let Some(gate) = gate {
                    gate.recv().unwrap();
                }
                order.send(account).unwrap();
            })
        });
        let all = join_all(runs);
        tokio::pin!(all);
        // The first poll submits every task while the first of them blocks the only thread.
        let start = std::time::Instant::now();
        while start.elapsed().as_secs() < 60 && pool.waiting() != 4 {
            let early = tokio::time::timeout(std::time::Duration::from_millis(10), &mut all).await;
            assert!(early.is_err());
        }
        assert_eq!(pool.waiting(), 4);
        go.send(()).unwrap();
        all.await;
        let order: Vec<_> = done.try_iter().collect();
        assert_eq!(order, ["x", "a", "b", "a", "a"]);
    }

    #[tokio::test]
    async fn every_thread_keeps_what_it_made() {
        let pool = CpuPool::start(1, || io::Result::Ok(Vec::new())).unwrap();
        for number in 1..=3 {
            let count = pool.run("a", move |own: &mut Vec<i32>| {
                own.push(number);
                own.len()
            });
            assert_eq!(count.await, Ok(usize::try_from(number).unwrap()));
        }
    }

    #[test]
    fn a_thread_that_cannot_make_it_keeps_the_pool_from_starting() {
        let made = AtomicUsize::new(0);
        let make = move || match made.fetch_add(1, Ordering::SeqCst) {
            0 => Ok(()),
            _ => Err(io::Error::other("on purpose")),
        };
        let error = CpuPool::start(2, make).unwrap_err();
        assert_eq!(error.to_string(), "on purpose");
    }
}
