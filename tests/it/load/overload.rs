//! Ten times what the server can do.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::pictures::{jpeg, photo};
use flx_tests::wire::{self, Wire};
use flx_tests::{MemoryGroup, Service, Setup, Spread, extent, long_unless};

use super::{MEMORY_BYTES, mb, with_two_workers};

/// Clients of the overload; each sends at a fixed pace, whatever it is answered.
const CLIENTS: u32 = 240;
/// Times the measured peak: a tenth more, for those who wait in the queue and so send less.
const OVERLOAD: f64 = 11.0;

/// Answers by what they were.
#[derive(Default)]
struct Tally {
    done: u64,
    /// Pictures that were done when the time was over: they waited, and do not count for the rate.
    late: u64,
    /// Refused, with the time each refusal took.
    refused: Vec<Duration>,
    other: Vec<String>,
}

#[test]
fn ten_times_the_capacity_is_refused_in_order_and_costs_nobody_his_picture() {
    let peak_time = Duration::from_secs(extent(2, 20));
    let time = Duration::from_secs(extent(4, long_unless("FLX_LOAD_SECONDS", 600)));
    let Some(group) = MemoryGroup::of(MEMORY_BYTES) else { return };
    let (mut service, key) = with_two_workers(Setup::new().in_group(&group), &["--queue", "20"]);
    let picture = jpeg(&photo(800, 600, 1), 85);
    let requests: Vec<_> = ["webp", "avif", "jpeg", "webp"]
        .map(|format| wire::compress(&key, &[picture.as_slice()], format))
        .into();

    let warm = measured(&service, &requests, 4, None, peak_time / 2);
    let peak = measured(&service, &requests, 4, None, peak_time);
    let peak_rate = rate(peak.done, peak_time);
    assert!(peak.refused.is_empty() && peak.other.is_empty(), "{:?}", peak.other.first());

    let pace = Duration::from_secs_f64(f64::from(CLIENTS) / (peak_rate.max(0.5) * OVERLOAD));
    let over = AtomicBool::new(false);
    let (tally, health) = thread::scope(|scope| {
        let health = scope.spawn(|| ask_for_health(&service, &over));
        let tally = measured(&service, &requests, CLIENTS, Some(pace), time);
        over.store(true, Ordering::SeqCst);
        (tally, health.join().unwrap())
    });
    let offered = tally.done + tally.late + tally.refused.len() as u64;
    let good = rate(tally.done, time);
    println!(
        "peak {peak_rate:.1} pictures/s; {:.0} × that offered for {time:.0?}: {offered} requests, \
         {} done ({good:.1}/s, {:.0} % of the peak), {} refused\n  refusals: {}\n  /healthz: {health}\n  \
         memory at most {:.0} MB of {:.0}, killed {}",
        rate(offered, time) / peak_rate,
        tally.done,
        good / peak_rate * 100.0,
        tally.refused.len(),
        Spread::of(tally.refused.clone()),
        mb(group.peak()),
        mb(MEMORY_BYTES),
        group.killed()
    );
    assert_eq!(tally.other, [""; 0], "only 200, and 429 or 503 with Retry-After");
    assert!(!tally.refused.is_empty() && tally.done > 0);
    assert_eq!(group.killed(), 0);
    let charged: u64 = [&warm, &peak, &tally].iter().map(|tally| tally.done + tally.late).sum();
    assert_eq!(service.used(&key), charged, "what was answered was charged");
    assert!(service.stop().success());
    service.admin(&["verify"]).done();
}

/// Lets clients work for a time, without a pause or at a pace.
fn measured(
    service: &Service,
    requests: &[Vec<u8>],
    clients: u32,
    pace: Option<Duration>,
    time: Duration,
) -> Tally {
    let start = Instant::now();
    thread::scope(|scope| {
        let running: Vec<_> = (0..clients)
            .map(|client| {
                let late = pace.map_or(Duration::ZERO, |pace| pace * client / clients);
                scope.spawn(move || one_client(service, requests, start + late, pace, time))
            })
            .collect();
        running.into_iter().fold(Tally::default(), |mut sum, client| {
            let tally = client.join().unwrap();
            sum.done += tally.done;
            sum.late += tally.late;
            sum.refused.extend(tally.refused);
            sum.other.extend(tally.other);
            sum
        })
    })
}

fn one_client(
    service: &Service,
    requests: &[Vec<u8>],
    start: Instant,
    pace: Option<Duration>,
    time: Duration,
) -> Tally {
    let mut wire = Wire::to(service.address());
    let (mut tally, mut due) = (Tally::default(), start);
    for request in requests.iter().cycle() {
        thread::sleep(due.saturating_duration_since(Instant::now()));
        if start.elapsed() > time {
            break;
        }
        let asked = Instant::now();
        match wire.ask(request) {
            Ok(reply) if reply.status == 200 && start.elapsed() > time => {
                tally.late += reply.pictures();
            }
            Ok(reply) if reply.status == 200 => tally.done += reply.pictures(),
            Ok(reply)
                if matches!(reply.status, 429 | 503) && reply.header("retry-after").is_some() =>
            {
                tally.refused.push(asked.elapsed());
            }
            Ok(reply) => tally.other.push(format!("{}{}", reply.head, reply.text())),
            Err(error) => tally.other.push(error.to_string()),
        }
        if let Some(pace) = pace {
            // Who was kept waiting does not catch up in a burst.
            due = (due + pace).max(Instant::now());
        }
    }
    tally
}

fn ask_for_health(service: &Service, over: &AtomicBool) -> Spread {
    let (mut wire, request) = (Wire::to(service.address()), wire::get("/healthz", ""));
    let mut times = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let begin = Instant::now();
        let reply = wire.ask(&request).unwrap();
        times.push(begin.elapsed());
        assert_eq!(reply.status, 200);
        thread::sleep(Duration::from_millis(20));
    }
    Spread::of(times)
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
fn rate(count: u64, time: Duration) -> f64 {
    count as f64 / time.as_secs_f64()
}
