//! Plan, disabling and credits changed and used at once, through two servers and flx-admin.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::wire::{self, Wire};
use flx_tests::{Service, Setup, admin, books, extent, small_plan};

use super::{EMAIL, small_pictures};

/// Compressions of a period on the plan under test.
const LIMIT: u64 = 60;

fn two_servers(folder: &std::sync::Arc<tempfile::TempDir>) -> [Service; 2] {
    let plans = small_plan(folder.path(), LIMIT);
    [(); 2].map(|()| {
        Setup::new().in_folder(folder).with(&["--plans", plans.to_str().unwrap()]).start()
    })
}

#[test]
fn two_servers_together_never_exceed_the_limit_of_a_plan() {
    for _ in 0..extent(1, 20) {
        let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
        let servers = two_servers(&folder);
        let key = servers[0].account(EMAIL, "starter");
        let picture = &small_pictures()[0];
        let request = wire::compress(&key, &[picture], "webp");
        let counts: Vec<(u64, u64)> = thread::scope(|scope| {
            let clients = [0, 1, 0, 1, 0, 1].map(|server| {
                let (server, request) = (&servers[server], &request);
                scope.spawn(move || use_up(server, request))
            });
            clients.into_iter().map(|client| client.join().unwrap()).collect()
        });
        let granted: u64 = counts.iter().map(|(granted, _)| granted).sum();
        let refused: u64 = counts.iter().map(|(_, refused)| refused).sum();
        println!("limit {LIMIT}, two servers: {granted} granted, {refused} refused");
        assert_eq!(granted, LIMIT);
        assert_eq!(servers[1].used(&key), LIMIT);
        admin(folder.path(), &["verify"]).done();
    }
}

/// Asks until it is refused three times, for what was granted and what was refused.
fn use_up(server: &Service, request: &[u8]) -> (u64, u64) {
    let mut wire = Wire::to(server.address());
    let (mut granted, mut refused) = (0, 0);
    while refused < 3 {
        let reply = wire.ask(request).unwrap();
        match reply.status {
            200 => granted += reply.pictures(),
            429 => {
                assert!(reply.text().contains("#quota-exceeded"), "{}", reply.text());
                refused += 1;
            }
            status => panic!("{status}: {}", reply.text()),
        }
    }
    (granted, refused)
}

#[test]
fn plan_and_account_may_change_under_a_working_client() {
    let time = Duration::from_secs(extent(3, 300));
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let servers = two_servers(&folder);
    let key = servers[0].account(EMAIL, "agency");
    let request = wire::compress(&key, &[&small_pictures()[0]], "webp");
    let (over, charged) = (AtomicBool::new(false), AtomicU64::new(0));
    let (mut changes, start) = (0, Instant::now());
    thread::scope(|scope| {
        for server in [&servers[0], &servers[1], &servers[0]] {
            let (over, charged, request) = (&over, &charged, &request);
            scope.spawn(move || {
                let mut wire = Wire::to(server.address());
                while !over.load(Ordering::SeqCst) {
                    let reply = wire.ask(request).unwrap();
                    // Granted; refused by plan, limit or state of the account; told to try again.
                    let right = matches!(reply.status, 200 | 403 | 401 | 429 | 503);
                    if !right {
                        over.store(true, Ordering::SeqCst);
                        panic!("{}", reply.text());
                    }
                    charged.fetch_add(reply.pictures(), Ordering::SeqCst);
                }
            });
        }
        let none_yet = || charged.load(Ordering::SeqCst) == 0 && start.elapsed().as_secs() < 60;
        while (start.elapsed() < time || none_yet()) && !over.load(Ordering::SeqCst) {
            for words in [
                ["set-plan", "--plan", "starter"].as_slice(),
                &["disable-account", "--yes"],
                &["add-credits", "--ai", "5"],
                &["enable-account"],
                &["set-plan", "--plan", "free"],
                &["set-plan", "--plan", "agency"],
            ] {
                let run = admin(folder.path(), &[words, &["--email", EMAIL]].concat());
                assert_eq!(run.code, 0, "{words:?}: {run:?}");
                changes += 1;
            }
        }
        over.store(true, Ordering::SeqCst);
    });
    let charged = charged.into_inner();
    println!("{changes} changes of plan and state in {time:.0?}: {charged} pictures charged");
    let (used, rows) = (servers[0].used(&key), books::rows(&folder.path().join("flx.db")));
    assert_eq!((used, rows.charged, rows.open), (charged, charged, 0));
    assert!(charged > 0);
    admin(folder.path(), &["verify"]).done();
}
