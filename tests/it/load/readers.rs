//! Clients that ask for a picture and then do not read it.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use flx_tests::pictures::png;
use flx_tests::wire::{self, Wire};
use flx_tests::{Random, Setup, extent};

use super::{mb, server_bytes, with_two_workers};

const SIDE: u32 = 1000;

#[test]
fn pictures_that_nobody_reads_lie_on_the_disk_and_not_in_memory() {
    let readers = extent(30, 200);
    let (service, key) = with_two_workers(Setup::new(), &[]);
    let request = for_the_picture_itself(&key);
    // Threads and caches that the first pictures bring about are not what readers cost.
    for _ in 0..4 {
        assert_eq!(Wire::to(service.address()).ask(&request).unwrap().status, 200);
    }
    let before = server_bytes(&service);
    let mut held = Vec::new();
    let mut result_bytes = 0;
    for _ in 0..readers {
        let mut connection = TcpStream::connect(service.address()).unwrap();
        connection.set_read_timeout(Some(Duration::from_secs(180))).unwrap();
        connection.write_all(&request).unwrap();
        let mut head = [0; 1000];
        connection.read_exact(&mut head).unwrap();
        let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        let size = head.split("x-size: ").nth(1).and_then(|rest| rest.split("\r\n").next());
        result_bytes += size.and_then(|size| size.parse::<u64>().ok()).unwrap();
        held.push(connection);
    }
    // What making them took is given back within some seconds.
    let start = Instant::now();
    let mut more = u64::MAX;
    while more > result_bytes / 4 && start.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(200));
        more = server_bytes(&service).saturating_sub(before);
    }
    println!(
        "{readers} clients do not read their pictures, {:.0} MB together: {:.1} MB more than {:.1} MB",
        mb(result_bytes),
        mb(more),
        mb(before)
    );
    assert!(more <= result_bytes / 4, "{:.1} MB of {:.1} MB", mb(more), mb(result_bytes));
    // Whoever does read gets all of it.
    let mut last = held.pop().unwrap();
    let mut rest = vec![0; 2_000_000];
    last.read_exact(&mut rest).unwrap();
    drop(held);
    assert_eq!(Wire::to(service.address()).ask(&request).unwrap().status, 200);
}

/// A request whose answer is a picture of some megabytes: noise, which nothing makes smaller.
fn for_the_picture_itself(key: &str) -> Vec<u8> {
    let mut random = Random::announced();
    let noise = image::RgbImage::from_fn(SIDE, SIDE, |_, _| {
        let bits = random.below(1 << 24).to_le_bytes();
        image::Rgb([bits[0], bits[1], bits[2]])
    });
    let mut request = wire::compress(key, &[&png(noise)], "png");
    let end_of_line = request.windows(2).position(|pair| pair == b"\r\n").unwrap() + 2;
    request.splice(end_of_line..end_of_line, *b"accept: image/*\r\n");
    request
}
