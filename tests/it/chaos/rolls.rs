//! Keys rolled from several processes, on two servers with one database.

use std::thread;
use std::time::{Duration, Instant};

use flx_tests::{Run, Running, Service, Setup, WriteLock, extent, long_unless};

use super::EMAIL;

fn roll(service: &Service, email: &str) -> Run {
    service.admin(&["roll-key", "--email", email, "--yes"])
}

#[test]
fn of_two_rolls_at_once_exactly_one_wins() {
    let pairs = extent(20, long_unless("FLX_CHAOS_PAIRS", 1000));
    let servers = two_servers();
    let mut key = servers[0].account(EMAIL, "pro");
    let (mut conflicts, start) = (0, Instant::now());
    for _ in 0..pairs {
        let lock = WriteLock::of(&servers[0].folder().join("flx.db"));
        let rollers = [0, 1].map(|_| {
            Running::start(&servers[0].folder(), &["roll-key", "--email", EMAIL, "--yes"])
        });
        // Both have read which key there is, and wait for their turn to write.
        // On a very slow machine the second may start after the first is done, and roll its key.
        let (begin, mut raced) = (Instant::now(), false);
        while !raced && begin.elapsed() < Duration::from_secs(3) {
            thread::sleep(Duration::from_millis(2));
            raced = rollers.iter().all(Running::naps);
        }
        drop(lock);
        let runs = rollers.map(Running::ended);
        let (won, lost): (Vec<_>, Vec<_>) = runs.iter().partition(|run| run.code == 0);
        assert!(!raced || (won.len(), lost.len()) == (1, 1), "{runs:?}");
        assert!(lost.iter().all(|run| (run.code, run.stdout.as_str()) == (5, "")), "{runs:?}");
        conflicts += lost.len();
        let mut new = won.iter().map(|run| run.stdout.trim_end().to_owned());
        let new = new.find(|new| servers[0].usage(new).status == 200).expect("one key lives");
        for server in &servers {
            server.usage(&key).problem(401, "unauthorized");
            let _ = server.usage(&new).expect(200);
        }
        key = new;
    }
    println!("{pairs} pairs of rolls in {:.0?}: {conflicts} conflicts", start.elapsed());
    assert!(conflicts > 0, "no two ever met");
    servers[0].admin(&["verify"]).done();
}

#[test]
fn a_rolled_or_revoked_key_is_refused_by_every_server_once_the_command_is_done() {
    let rolls = extent(30, long_unless("FLX_CHAOS_ROLLS", 10_000));
    let servers = two_servers();
    let start = Instant::now();
    thread::scope(|scope| {
        for number in 0..3 {
            let servers = &servers;
            scope.spawn(move || roll_again_and_again(servers, number, rolls / 3));
        }
    });
    println!(
        "{} rolls by 3 processes at once in {:.0?}: no old key was taken",
        rolls / 3 * 3,
        start.elapsed()
    );
    servers[0].admin(&["verify"]).done();
}

fn roll_again_and_again(servers: &[Service; 2], number: usize, rolls: u64) {
    let email = format!("{number}@example.org");
    let mut key = servers[0].account(&email, "pro");
    for turn in 0..rolls {
        for server in servers {
            assert_eq!(server.usage(&key).status, 200, "both remember it now");
        }
        let new = if turn % 5 == 4 {
            servers[0].admin(&["revoke-key", "--email", &email, "--yes"]).done();
            for server in servers {
                server.usage(&key).problem(401, "unauthorized");
            }
            servers[0].key(&email)
        } else {
            roll(&servers[0], &email).done().stdout.trim_end().to_owned()
        };
        for server in servers {
            server.usage(&key).problem(401, "unauthorized");
        }
        key = new;
    }
}

fn two_servers() -> [Service; 2] {
    let first = Service::start();
    let second = Setup::new().in_folder_of(&first).start();
    [first, second]
}
