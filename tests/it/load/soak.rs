//! Many pictures, one process: whether memory stays.

use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::pictures::{gradient_with_alpha, jpeg, photo, png, webp};
use flx_tests::wire::{self, Wire};
use flx_tests::{Random, Service, Setup, extent, long_unless};

use super::{mb, server_bytes, with_two_workers, worker_bytes};

const CLIENTS: u64 = 4;
/// The share of all pictures after which the process counts as warm.
const WARM_UP: u64 = 5;

#[test]
fn memory_stays_where_it_is_however_many_pictures_pass() {
    let pictures = extent(300, long_unless("FLX_LOAD_PICTURES", 100_000));
    let short_lives = ["--result-ttl-seconds", "5", "--sweep-interval-seconds", "2"];
    let (service, key) = with_two_workers(Setup::new(), &short_lives);
    let requests = requests(&key);
    let done = AtomicU64::new(0);
    let mut random = Random::announced();
    let start = Instant::now();
    let samples = thread::scope(|scope| {
        for _ in 0..CLIENTS {
            let (mut random, done) = (random.fork(), &done);
            let (service, requests) = (&service, requests.as_slice());
            scope.spawn(move || {
                let mut wire = Wire::to(service.address());
                while done.fetch_add(1, Ordering::SeqCst) < pictures {
                    let request = random.one_of(requests);
                    let reply = wire.ask(request).unwrap();
                    assert_eq!((reply.status, reply.pictures()), (200, 1), "{}", reply.text());
                }
            });
        }
        sampled(&service, &done, pictures)
    });
    let took = start.elapsed();
    #[expect(clippy::cast_precision_loss, reason = "a number for people to read")]
    let rate = pictures as f64 / took.as_secs_f64();
    println!("{pictures} pictures in {took:.0?}, {rate:.1}/s");
    tell("in all", pictures, &samples, |sample| sample.server + sample.workers);
    tell("of them the server", pictures, &samples, |sample| sample.server);
    assert_eq!(service.used(&key), pictures);
    service.admin(&["verify"]).done();
}

/// Pictures of several sizes, to every format.
fn requests(key: &str) -> Vec<Vec<u8>> {
    let pictures = [
        jpeg(&photo(640, 480, 1), 85),
        jpeg(&photo(1024, 700, 2), 90),
        jpeg(&photo(300, 400, 3), 70),
        png(photo(256, 256, 4)),
        png(gradient_with_alpha(320, 200, 5)),
        webp(photo(400, 300, 6)),
    ];
    // As people ask: WebP most of all.
    let formats = ["webp", "webp", "webp", "jpeg", "png", "avif"];
    let pairs = pictures.iter().flat_map(|picture| formats.map(|format| (picture, format)));
    pairs.map(|(picture, format)| wire::compress(key, &[picture.as_slice()], format)).collect()
}

/// Memory when so many pictures were done.
struct Sample {
    done: u64,
    server: u64,
    workers: u64,
}

fn sampled(service: &Service, done: &AtomicU64, pictures: u64) -> Vec<Sample> {
    let mut samples = Vec::new();
    loop {
        let now = done.load(Ordering::SeqCst);
        samples.push(Sample {
            done: now.min(pictures),
            server: server_bytes(service),
            workers: worker_bytes(service),
        });
        if now >= pictures {
            return samples;
        }
        thread::sleep(Duration::from_millis(100));
    }
}

/// Prints how memory went: the mean of the second fifth and of the last one, and the most.
fn tell(whose: &str, pictures: u64, samples: &[Sample], of: impl Fn(&Sample) -> u64) {
    let mean = |from: u64, to: u64| {
        let inside = samples.iter().filter(|sample| (from..=to).contains(&sample.done));
        let (sum, count) =
            inside.fold((0, 0), |(sum, count), sample| (sum + of(sample), count + 1));
        sum / u64::max(count, 1)
    };
    let fifth = pictures / WARM_UP;
    let (warm, end) = (mean(fifth, fifth * 2), mean(fifth * (WARM_UP - 1), pictures));
    let most = samples.iter().map(&of).max().unwrap_or_default();
    #[expect(clippy::cast_precision_loss, reason = "a number for people to read")]
    let drift = (end as f64 / warm.max(1) as f64 - 1.0) * 100.0;
    println!(
        "  {whose}: {:.1} MB after the warm-up, {:.1} MB at the end, {drift:+.1} %, at most {:.1} MB",
        mb(warm),
        mb(end),
        mb(most)
    );
}
