//! Batches of pictures as large as they may be.

use std::thread;
use std::time::Instant;

use flx_tests::wire::{self, Wire};
use flx_tests::{MemoryGroup, Random, Setup, extent};

use super::{MEMORY_BYTES, mb, with_two_workers};

#[test]
fn batches_of_the_largest_files_stay_within_the_memory() {
    let (clients, files) = extent((2, 2), (4, 20));
    let Some(group) = MemoryGroup::of(MEMORY_BYTES) else { return };
    let (service, key) = with_two_workers(Setup::new().in_group(&group), &[]);
    let picture = twenty_megabytes();
    let batch = vec![picture.as_slice(); files];
    let request = wire::compress(&key, &batch, "jpeg");
    let start = Instant::now();
    let answers: Vec<_> = thread::scope(|scope| {
        let running: Vec<_> = (0..clients)
            .map(|_| scope.spawn(|| Wire::to(service.address()).ask(&request).unwrap()))
            .collect();
        running.into_iter().map(|client| client.join().unwrap()).collect()
    });
    println!(
        "{clients} clients with {files} files of 20 MB each in {:.0?}: memory at most {:.0} MB of \
         {:.0}, killed {}",
        start.elapsed(),
        mb(group.peak()),
        mb(MEMORY_BYTES),
        group.killed()
    );
    for answer in &answers {
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.pictures(), files as u64, "{}", answer.text());
    }
    assert_eq!(group.killed(), 0);
    service.admin(&["verify"]).done();
}

/// A BMP of noise, just within the 20 MiB of a plan: 2640 × 2640 px.
fn twenty_megabytes() -> Vec<u8> {
    const SIDE: u32 = 2640;
    let mut random = Random::announced();
    let picture = image::RgbImage::from_fn(SIDE, SIDE, |_, _| {
        let bits = random.below(1 << 24).to_le_bytes();
        image::Rgb([bits[0], bits[1], bits[2]])
    });
    let bytes = flx_tests::pictures::bmp(picture);
    assert!((20_000_000..20_971_520).contains(&bytes.len()), "{}", bytes.len());
    bytes
}
