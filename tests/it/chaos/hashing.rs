//! argon2, counted.

use std::thread;
use std::time::Instant;

use flx_tests::wire::{self, Wire};
use flx_tests::{Service, extent, long_unless};

use super::EMAIL;

const CLIENTS: u64 = 4;

#[test]
fn argon2_runs_once_for_a_key_however_often_it_calls() {
    let requests = extent(2_000, long_unless("FLX_CHAOS_REQUESTS", 1_000_000));
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    let request = wire::get("/api/usage", &key);
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut wire = Wire::to(service.address());
                for _ in 0..requests / CLIENTS {
                    let reply = wire.ask(&request).unwrap();
                    assert_eq!(reply.status, 200, "{}", reply.text());
                }
            });
        }
    });
    let took = start.elapsed();
    let runs = argon2_runs(&service);
    #[expect(clippy::cast_precision_loss, reason = "a rate for people to read")]
    let rate = requests as f64 / took.as_secs_f64();
    println!(
        "{requests} requests with one key in {took:.1?}, {rate:.0} a second: argon2 ran {runs} ×"
    );
    assert_eq!(runs, 1);
}

/// The counter that the server shows.
pub(super) fn argon2_runs(service: &Service) -> u64 {
    service.measure("flx_argon2_runs_total")
}
