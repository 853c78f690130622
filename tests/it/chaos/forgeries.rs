//! A flood of forged keys while a valid one works.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::wire::{self, Wire};
use flx_tests::{Random, Service, Spread, extent, long_unless, wait_until};

use super::EMAIL;
use super::hashing::argon2_runs;

const FLOODERS: usize = 4;

/// What a forged key looks like.
#[derive(Clone, Copy)]
enum Forgery {
    /// Nobody has a key that begins so.
    UnknownLookup,
    /// The beginning is that of a key in use, the rest is guessed.
    WrongSecret,
}

#[test]
fn keys_that_nobody_has_never_reach_argon2() {
    let flood = flooded(Forgery::UnknownLookup);
    assert_eq!(flood.argon2_runs, 0, "an unknown lookup costs one look into an index");
}

#[test]
fn guesses_at_a_key_in_use_do_not_keep_its_owner_out() {
    let flood = flooded(Forgery::WrongSecret);
    assert!(
        flood.argon2_runs < flood.forged,
        "{} runs for {} guesses",
        flood.argon2_runs,
        flood.forged
    );
}

struct Flood {
    forged: u64,
    /// Beyond the one for the valid key.
    argon2_runs: u64,
}

fn flooded(forgery: Forgery) -> Flood {
    let time = Duration::from_secs(extent(2, long_unless("FLX_CHAOS_SECONDS", 60)));
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    let valid = wire::get("/api/usage", &key);
    let alone = valid_traffic(&service, &valid, time);
    let runs_before = argon2_runs(&service);
    let (over, forged) = (AtomicBool::new(false), AtomicU64::new(0));
    let limited = AtomicBool::new(false);
    let mut random = Random::announced();
    let flooded = thread::scope(|scope| {
        for _ in 0..FLOODERS {
            let (mut random, service, key) = (random.fork(), &service, &key);
            let (over, forged, limited) = (&over, &forged, &limited);
            scope.spawn(move || {
                let mut wire = Wire::to(service.address());
                while !over.load(Ordering::SeqCst) {
                    let request = wire::get("/api/usage", &forge(forgery, key, &mut random));
                    let reply = wire.ask(&request).unwrap();
                    // Refused for what it is, or because there are too many of them.
                    let right = matches!(reply.status, 401 | 429 | 503);
                    assert!(right, "{}", reply.text());
                    limited.fetch_or(reply.status == 429, Ordering::SeqCst);
                    forged.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let flooded = valid_traffic(&service, &valid, time);
        // The first guesses do reach argon2, which takes its time on a slow machine.
        if matches!(forgery, Forgery::WrongSecret) {
            wait_until("guesses are limited", || limited.load(Ordering::SeqCst));
        }
        over.store(true, Ordering::SeqCst);
        flooded
    });
    let (forged, argon2_runs) = (forged.into_inner(), argon2_runs(&service) - runs_before);
    let kind = match forgery {
        Forgery::UnknownLookup => "unknown lookups",
        Forgery::WrongSecret => "a known lookup with wrong secrets",
    };
    println!(
        "{kind}: {forged} forged keys in {time:.0?}, {argon2_runs} argon2 runs\n  \
         valid traffic alone:   {alone}\n  valid traffic flooded: {flooded}"
    );
    assert!(forged > 0);
    Flood { forged, argon2_runs }
}

/// Every answer must be 200. A hundred requests a second or so, as of a client with work to do.
fn valid_traffic(service: &Service, request: &[u8], time: Duration) -> Spread {
    let mut wire = Wire::to(service.address());
    let _ = wire.ask(request).unwrap();
    let (mut times, start) = (Vec::new(), Instant::now());
    while start.elapsed() < time {
        let asked = Instant::now();
        let reply = wire.ask(request).unwrap();
        times.push(asked.elapsed());
        assert_eq!(reply.status, 200, "a valid key was refused: {}", reply.text());
        thread::sleep(Duration::from_millis(5));
    }
    Spread::of(times)
}

fn forge(forgery: Forgery, key: &str, random: &mut Random) -> String {
    const PREFIX: usize = "flx_live_".len();
    const LOOKUP: usize = 12;
    let guessed: String =
        (0..40).map(|_| char::from(*random.one_of(b"0123456789abcdef"))).collect();
    match forgery {
        Forgery::UnknownLookup => format!("{}{guessed}", &key[..PREFIX]),
        Forgery::WrongSecret => format!("{}{}", &key[..PREFIX + LOOKUP], &guessed[LOOKUP..]),
    }
}
