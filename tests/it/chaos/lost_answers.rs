//! Answers that are lost on their way, each asked for again.

use std::io::Write as _;
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::wire::{self, Wire};
use flx_tests::{Random, Service, Setup, books, extent, generous_plans, long_unless};

use super::{EMAIL, small_pictures};

const CLIENTS: u64 = 4;
/// Far more than a small picture takes; a request still unanswered by then never will be.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn an_answer_lost_on_its_way_is_charged_once_however_often_it_is_asked_for() {
    let requests = extent(100, long_unless("FLX_CHAOS_REQUESTS", 10_000));
    let mut random = Random::announced();
    let folder = std::sync::Arc::new(tempfile::tempdir().unwrap());
    let plans = generous_plans(folder.path());
    let service = Setup::new()
        .in_folder(&folder)
        .with(&["--plans", plans.to_str().unwrap(), "--workers", "2"])
        .with(&["--result-ttl-seconds", "2", "--sweep-interval-seconds", "1"])
        .start();
    let key = service.account(EMAIL, "agency");
    let usual = usual_time(&service, &key);
    let (replayed, start) = (AtomicU64::new(0), Instant::now());
    thread::scope(|scope| {
        for client in 0..CLIENTS {
            let (service, key, replayed) = (&service, &key, &replayed);
            let mut random = random.fork();
            scope.spawn(move || {
                let (pictures, mut wire) = (small_pictures(), Wire::to(service.address()));
                for number in (client..requests).step_by(CLIENTS as usize) {
                    let picture = random.one_of(&pictures).as_slice();
                    let request = with_key(wire::compress(key, &[picture], "webp"), number);
                    for _ in 0..=random.below(2) {
                        lose(service.address(), &request, random.below(usual.max(40)));
                    }
                    if answered(&mut wire, &request) {
                        replayed.fetch_add(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    let (took, replayed) = (start.elapsed(), replayed.into_inner());
    let used = service.used(&key);
    println!(
        "{requests} requests whose answers were lost once or twice, in {took:.0?}: {used} charged, \
         {replayed} of them before their answer was lost"
    );
    assert_eq!(used, requests + 1, "one charge each, and the first that was timed");
    assert!(replayed > 0, "some answers were lost after their charge");
    let _ = service.admin(&["verify"]).done();
    assert_eq!(books::swept(&service.folder()).charged, requests + 1);
}

/// Milliseconds within which most answers are made, on this machine and from several clients.
fn usual_time(service: &Service, key: &str) -> u64 {
    let picture = small_pictures().swap_remove(0);
    let mut wire = Wire::to(service.address());
    let start = Instant::now();
    assert_eq!(wire.ask(&wire::compress(key, &[&picture], "webp")).unwrap().status, 200);
    4 * start.elapsed().as_millis() as u64
}

fn with_key(request: Vec<u8>, number: u64) -> Vec<u8> {
    let line = request.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    let header = format!("Idempotency-Key: request-{number}\r\n");
    [&request[..line], header.as_bytes(), &request[line..]].concat()
}

/// Sends a request and goes away after a while, without a look at what came.
fn lose(address: &str, request: &[u8], wait_ms: u64) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(request).unwrap();
    thread::sleep(Duration::from_millis(wait_ms));
}

/// Asks until there is an answer; whether it was made before.
fn answered(wire: &mut Wire, request: &[u8]) -> bool {
    let start = Instant::now();
    loop {
        let reply = wire.ask(request).unwrap();
        match reply.status {
            200 => return reply.head.contains("idempotent-replayed: true"),
            409 => thread::sleep(Duration::from_millis(5)),
            _ => panic!("{} {}", reply.head, reply.text()),
        }
        assert!(start.elapsed() < PATIENCE, "it is worked on for ever");
    }
}
