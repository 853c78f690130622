//! What the server adds to the codec, for a 2 MP JPEG to WebP: `just bench-server [COUNT]`.
//!
//! `server-overhead PROGRAM FOLDER [COUNT]` starts the server with its data in the folder, sends
//! COUNT requests (default 60) one after another over one connection, and runs the codec alone on
//! the same bytes between them.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use flx_benches::connection::{Connection, compress_request};
use flx_benches::server::Server;
use flx_benches::times::{Times, millis};
use flx_benches::{machine, pictures};
use flx_core::{Format, Limits, Options, compress};

/// The server's own, so that both sides pay the same for memory.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const USAGE: &str = "usage: server-overhead PROGRAM FOLDER [COUNT]";
/// Pairs run before the measured ones.
const WARM_UP: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or(USAGE)?;
    let folder = arguments.next().ok_or(USAGE)?;
    let count: usize = arguments.next().map_or(Ok(60), |count| count.parse())?;

    let picture = pictures::two_megapixels()?;
    let file = picture.camera_jpeg()?;
    // An idle server gives a picture all threads, which is the default here too.
    let (options, limits) = (Options::new(Format::WebP), Limits::default());
    let server = Server::start(Path::new(&program), Path::new(&folder), &["--workers", "1"])?;
    let request = compress_request(server.address(), server.key(), "photo.jpg", &file, "webp");
    let mut connection = Connection::open(server.address())?;

    let mut out = std::io::stdout().lock();
    let (width, height) = picture.pixels.dimensions();
    writeln!(out, "{}", machine::facts())?;
    writeln!(out, "{}, {width}×{height} px, {} bytes as JPEG", picture.name, file.len())?;
    let (mut served, mut bare) = (Times::default(), Times::default());
    for round in 0..WARM_UP + count {
        let (mut request_time, mut codec_time) = (Times::default(), Times::default());
        // Which of the two comes first alternates, so that neither gains by its place.
        if round.is_multiple_of(2) {
            request_time.measure(|| connection.send(&request).map(drop))?;
            codec_time.measure(|| compress(&file, &options, &limits))?;
        } else {
            codec_time.measure(|| compress(&file, &options, &limits))?;
            request_time.measure(|| connection.send(&request).map(drop))?;
        }
        if round >= WARM_UP {
            served.push(request_time.median());
            bare.push(codec_time.median());
        }
    }
    let (request, codec) = (millis(served.median()), millis(bare.median()));
    writeln!(out, "request {request:.1} ms, codec alone {codec:.1} ms (medians of {count})")?;
    let overhead = request - codec;
    writeln!(out, "overhead {overhead:.1} ms = {:.1} % of the codec", overhead / codec * 100.0)?;
    Ok(())
}
