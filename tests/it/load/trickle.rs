//! Uploads that never end.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::wire::{self, Wire};
use flx_tests::{Setup, extent, tools};

use super::{mb, server_bytes, with_two_workers};
use crate::small_jpeg;

const UPLOADS: usize = 1000;

#[test]
fn a_thousand_trickling_uploads_cost_little_and_stand_in_nobodys_way() {
    // Head and first part's head, then a few bytes now and then.
    check(600, 64_000_000);
}

#[test]
fn a_thousand_uploads_that_begin_fast_and_then_trickle_leave_room_for_others() {
    // What arrives before it is asked for lies in the connection's buffers.
    check(100_000, 400_000_000);
}

/// Bytes with a request's head in them.
const HEAD: usize = 600;

/// Uploads that send so much at once and then trickle must not take more than `most_bytes` together.
fn check(at_once: usize, most_bytes: u64) {
    allow_files(std::process::id());
    let setting = ["--body-min-rate", "0", "--queue", "20"];
    let (service, key) = with_two_workers(Setup::new(), &setting);
    allow_files(service.process_id());
    let picture = small_jpeg();
    let request = wire::compress(&key, &[&picture], "webp");
    // Threads and caches that any load brings about are not what uploads cost.
    thread::scope(|scope| {
        for _ in 0..32 {
            scope.spawn(|| {
                let mut wire = Wire::to(service.address());
                for _ in 0..10 {
                    let reply = wire.ask(&request).unwrap();
                    assert!(matches!(reply.status, 200 | 503), "{}", reply.text());
                }
            });
        }
    });
    let mut wire = Wire::to(service.address());
    assert_eq!(wire.ask(&request).unwrap().status, 200);
    let before = server_bytes(&service);

    let whole = wire::compress(&key, &[&vec![7; 1_000_000]], "webp");
    let start = Instant::now();
    let mut uploads: Vec<(TcpStream, usize)> =
        (0..UPLOADS).map(|_| (TcpStream::connect(service.address()).unwrap(), 0)).collect();
    // All heads first: the server does not wait for them as long as for bodies.
    for (upload, sent) in &mut uploads {
        upload.write_all(&whole[..HEAD]).unwrap();
        *sent = HEAD;
    }
    let (mut most, mut others) = (before, 0);
    for round in 0..extent(6, 60) {
        for (upload, sent) in &mut uploads {
            let piece = if round == 0 { at_once - HEAD } else { 100 };
            upload.write_all(&whole[*sent..*sent + piece]).unwrap();
            *sent += piece;
        }
        let reply = wire.ask(&request).unwrap();
        assert_eq!(reply.status, 200, "{}", reply.text());
        others += 1;
        most = most.max(server_bytes(&service));
        let metrics = service.get("/metrics").expect(200).body_text();
        assert!(metrics.contains("flx_pictures_inside 0\n"), "an upload holds a place");
        assert!(metrics.contains("flx_memory_reserved_bytes 0\n"), "an upload holds memory");
        thread::sleep(Duration::from_millis(200));
    }
    let cost = most.saturating_sub(before);
    println!(
        "{UPLOADS} uploads sent {at_once} bytes and trickled for {:.0?}: {:.1} MB more than {:.1} MB, {others} other requests \
         answered meanwhile",
        start.elapsed(),
        mb(cost),
        mb(before)
    );
    assert!(cost <= most_bytes, "{:.1} MB", mb(cost));
    drop(uploads);
    assert_eq!(wire.ask(&request).unwrap().status, 200);
}

/// Lets a process have a connection for each upload.
fn allow_files(process: u32) {
    tools::run(Command::new("prlimit").arg(format!("--pid={process}")).arg("--nofile=4096:"));
}
