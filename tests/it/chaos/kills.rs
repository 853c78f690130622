//! kill -9 at any moment.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::wire::{self, Wire};
use flx_tests::{Random, Setup, admin, books, extent, generous_plans, long_unless, wait_until};

use super::{EMAIL, small_pictures};

const CLIENTS: usize = 4;

/// What the clients know.
#[derive(Default)]
struct Known {
    address: Mutex<String>,
    over: AtomicBool,
    sent: AtomicU64,
    answered: AtomicU64,
}

impl Known {
    /// Waits for an answer: on a slow machine no server comes to one before it is killed.
    fn answers_once_more(&self) {
        let before = self.answered.load(Ordering::SeqCst);
        wait_until("an answer", || self.answered.load(Ordering::SeqCst) > before);
    }

    fn address(&self) -> String {
        self.address.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[test]
fn kills_at_any_moment_neither_lose_nor_double_a_credit() {
    let kills = extent(50, long_unless("FLX_CHAOS_KILLS", 1000));
    let mut random = Random::announced();
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let plans = generous_plans(folder.path());
    let setup = || {
        Setup::new().in_folder(&folder).with(&["--plans", plans.to_str().unwrap()]).with(&[
            "--workers",
            "2",
            "--queue",
            "64",
            "--lease-seconds",
            "3",
            "--result-ttl-seconds",
            "2",
            "--sweep-interval-seconds",
            "1",
        ])
    };
    let key = setup().start().account(EMAIL, "agency");
    let verify = || admin(folder.path(), &["verify"]).done();
    let known = Known::default();
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let (known, key, random) = (&known, &key, random.fork());
            scope.spawn(move || send_until_over(known, key, random));
        }
        let _over = SetWhenDropped(&known.over);
        for kill in 1..=kills {
            let mut service = setup().start();
            service.address().clone_into(&mut known.address.lock().unwrap());
            if kill % 10 == 0 {
                known.answers_once_more();
            }
            thread::sleep(Duration::from_millis(random.below(150)));
            service.kill();
            if kill % 10 == 0 {
                let _ = verify();
            }
        }
    });
    let took = start.elapsed();

    let last = setup().start();
    let rows = books::swept(&last.folder());
    let used = last.used(&key);
    let [sent, answered] = [&known.sent, &known.answered].map(|count| count.load(Ordering::SeqCst));
    println!(
        "{kills} kills in {took:.0?}: {sent} pictures sent, {answered} answered, {used} charged; \
         after the sweep {rows:?}, no file"
    );
    assert_eq!(used, rows.charged, "what is used was charged");
    assert!((answered..=sent).contains(&used), "{answered} answered, {used} used, {sent} sent");
    assert!(answered > 0, "the server did something between the kills");
    assert!(verify().stdout.starts_with("sound"));
}

fn send_until_over(known: &Known, key: &str, mut random: Random) {
    let pictures = small_pictures();
    while !known.over.load(Ordering::SeqCst) {
        let address = known.address();
        let batch: Vec<&[u8]> =
            (0..=random.below(3)).map(|_| random.one_of(&pictures).as_slice()).collect();
        let format = random.one_of(&["webp", "webp", "jpeg", "png", "avif"]);
        let request = wire::compress(key, &batch, format);
        known.sent.fetch_add(batch.len() as u64, Ordering::SeqCst);
        match Wire::to(&address).ask_once(&request) {
            Ok(reply) => {
                // A port that was let go may be a stranger's by now, who knows nobody here.
                let stranger = reply.status == 401 && address != known.address();
                let right = matches!(reply.status, 200 | 503) || stranger;
                assert!(right, "{} {}", reply.head, reply.text());
                known.answered.fetch_add(reply.pictures(), Ordering::SeqCst);
            }
            // Killed; the next server is on its way.
            Err(_) => thread::sleep(Duration::from_millis(5)),
        }
    }
}

/// Lets the clients go, however the experiment ends.
struct SetWhenDropped<'a>(&'a AtomicBool);

impl Drop for SetWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::SeqCst);
    }
}
