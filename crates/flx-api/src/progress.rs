//! How far the pictures of a request are, for whoever sent it from a browser.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// Runs that an account may watch at once; more are worked on all the same.
const MAX_RUNS: usize = 64;

/// Where a picture is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    /// It waits for its turn.
    Queued,
    /// It is decoded, transformed and encoded.
    Working,
    /// Its result is stored.
    Storing,
    /// It is compressed; the charge follows.
    Done,
    /// It is not.
    Failed,
}

impl Stage {
    /// Its name on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Working => "working",
            Self::Storing => "storing",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// How far a run is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Snapshot {
    /// One stage a picture; empty until the upload has been read.
    pub(crate) stages: Vec<Stage>,
    /// Whether it has ended.
    pub(crate) over: bool,
}

/// Account, and what its browser calls the run.
type Name = (String, String);

/// All runs that are watched or may be.
#[derive(Debug, Clone, Default)]
pub(crate) struct Runs(Arc<Mutex<HashMap<Name, watch::Sender<Snapshot>>>>);

impl Runs {
    /// A run begins; it ends when what is returned is dropped.
    pub(crate) fn begin(&self, account: &str, session: &str, pictures: usize) -> Progress {
        let name = (account.to_owned(), session.to_owned());
        let sender = self.sender(&name).unwrap_or_default();
        sender.send_modify(|run| run.stages = vec![Stage::Queued; pictures]);
        Progress { name, sender, runs: self.clone() }
    }

    /// Follows a run, which may not have begun; none when the account follows too many.
    pub(crate) fn watch(&self, account: &str, session: &str) -> Option<Watch> {
        let name = (account.to_owned(), session.to_owned());
        let receiver = self.sender(&name)?.subscribe();
        Some(Watch { name, receiver: Some(receiver), runs: self.clone() })
    }

    fn sender(&self, name: &Name) -> Option<watch::Sender<Snapshot>> {
        let mut runs = self.lock();
        if let Some(sender) = runs.get(name) {
            return Some(sender.clone());
        }
        if runs.keys().filter(|(account, _)| *account == name.0).count() >= MAX_RUNS {
            return None;
        }
        let sender = watch::Sender::new(Snapshot::default());
        runs.insert(name.clone(), sender.clone());
        Some(sender)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Name, watch::Sender<Snapshot>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A run that goes on.
#[derive(Debug)]
pub(crate) struct Progress {
    name: Name,
    sender: watch::Sender<Snapshot>,
    runs: Runs,
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.sender.send_modify(|run| run.over = true);
        let mut runs = self.runs.lock();
        // Another run of the same name may have taken its place.
        if runs.get(&self.name).is_some_and(|sender| sender.same_channel(&self.sender)) {
            runs.remove(&self.name);
        }
    }
}

/// A run that somebody follows.
#[derive(Debug)]
pub(crate) struct Watch {
    name: Name,
    /// There until this is dropped.
    receiver: Option<watch::Receiver<Snapshot>>,
    runs: Runs,
}

impl Watch {
    /// How far it is, once that has changed; at once the first time. None when it is gone.
    pub(crate) async fn next(&mut self) -> Option<Snapshot> {
        let receiver = self.receiver.as_mut()?;
        receiver.changed().await.ok()?;
        Some(receiver.borrow_and_update().clone())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        drop(self.receiver.take());
        let mut runs = self.runs.lock();
        // A run that never began, and that nobody else follows, is forgotten.
        if runs
            .get(&self.name)
            .is_some_and(|sender| sender.receiver_count() == 0 && sender.borrow().stages.is_empty())
        {
            runs.remove(&self.name);
        }
    }
}

/// One picture of a run; does nothing where nobody may watch.
#[derive(Debug, Clone)]
pub(crate) struct Watched(Option<(watch::Sender<Snapshot>, usize)>);

impl Watched {
    /// The picture with this number.
    pub(crate) fn of(progress: Option<&Progress>, number: usize) -> Self {
        Self(progress.map(|progress| (progress.sender.clone(), number)))
    }

    /// It has come so far.
    pub(crate) fn tell(&self, stage: Stage) {
        if let Some((sender, number)) = &self.0 {
            sender.send_modify(|run| {
                if let Some(place) = run.stages.get_mut(*number) {
                    *place = stage;
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_run_is_followed_from_before_its_beginning_to_its_end() {
        let runs = Runs::default();
        let mut watch = runs.watch("a", "s").unwrap();
        let progress = runs.begin("a", "s", 2);
        let seen = watch.next().await.unwrap();
        assert_eq!((seen.stages, seen.over), (vec![Stage::Queued; 2], false));
        Watched::of(Some(&progress), 1).tell(Stage::Working);
        assert_eq!(watch.next().await.unwrap().stages, [Stage::Queued, Stage::Working]);
        drop(progress);
        assert!(watch.next().await.unwrap().over);
        assert!(watch.next().await.is_none());
        assert!(runs.lock().is_empty());
    }

    #[tokio::test]
    async fn nobody_follows_another_accounts_run() {
        let runs = Runs::default();
        let _progress = runs.begin("a", "s", 1);
        let mut watch = runs.watch("b", "s").unwrap();
        let waited = tokio::time::timeout(std::time::Duration::from_millis(20), watch.next()).await;
        assert!(waited.is_err());
    }

    #[test]
    fn what_never_begins_is_forgotten_and_bounded() {
        let runs = Runs::default();
        let watches: Vec<_> = (0..MAX_RUNS).map(|n| runs.watch("a", &n.to_string())).collect();
        assert!(watches.iter().all(Option::is_some));
        assert!(runs.watch("a", "one more").is_none());
        assert!(runs.watch("b", "another's").is_some());
        drop(watches);
        assert!(runs.lock().is_empty());
    }
}
