//! SIGTERM while several clients work.

use std::thread;
use std::time::{Duration, Instant};

use flx_tests::pictures::{jpeg, photo};
use flx_tests::wire::{self, Wire};
use flx_tests::{Setup, extent, wait_until};

use super::EMAIL;

#[test]
fn a_stop_under_load_finishes_what_runs_and_gives_the_rest_back() {
    for _ in 0..extent(1, 20) {
        let mut service = Setup::new().with(&["--workers", "2"]).start();
        let key = service.account(EMAIL, "agency");
        let picture = jpeg(&photo(400, 300, 1), 85);
        let request = wire::compress(&key, &[picture.as_slice(); 4], "avif");
        let (answered, waiting, took) = thread::scope(|scope| {
            let clients = [(); 6].map(|()| {
                let (address, request) = (service.address().to_owned(), &request);
                scope.spawn(move || work_until_closed(&address, request))
            });
            thread::sleep(Duration::from_millis(1000));
            wait_until("several wait", || service.measure("flx_queue_length") >= 4);
            let start = Instant::now();
            let status = service.stop();
            assert!(status.success(), "{status:?}");
            let took = start.elapsed();
            let counts = clients.map(|client| client.join().unwrap());
            let answered: u64 = counts.iter().map(|(answered, _)| answered).sum();
            (answered, counts.iter().map(|(_, waiting)| waiting).sum::<u64>(), took)
        });
        println!(
            "stopped in {took:.1?}: {answered} pictures answered, {waiting} that waited got 503"
        );
        assert!(waiting > 0, "some were waiting");
        assert!(!service.stderr().contains("when the grace time was over"));

        let again = Setup::new().in_folder_of(&service).start();
        assert_eq!(again.used(&key), answered);
        again.admin(&["verify"]).done();
    }
}

/// Sends pictures until the server is gone: those that came back, those that waited in vain.
fn work_until_closed(address: &str, request: &[u8]) -> (u64, u64) {
    let mut wire = Wire::to(address);
    let (mut answered, mut waiting) = (0, 0);
    while let Ok(reply) = wire.ask_once(request) {
        let text = reply.text();
        let stopping = text.matches("#shutting-down").count() as u64;
        assert!(stopping > 0 || reply.status == 200, "{} {text}", reply.status);
        answered += reply.pictures();
        // Those that had their place already; what came later is refused as a whole.
        if reply.text().contains("\"results\":") {
            waiting += stopping;
        }
    }
    (answered, waiting)
}
