//! What the server adds to the codec, for a 2 MP JPEG to WebP: `just bench-server [COUNT]`.
//!
//! `server-overhead PROGRAM FOLDER [COUNT]` starts the server with its data in the folder, sends
//! COUNT requests (default 60) one after another over one connection, and runs the codec alone on
//! the same bytes between them. On a machine that does other things too, the quickest of each tell
//! more than the medians, and an upload of the same length with a picture of 16×16 px tells what
//! the server does besides, without a difference of two large numbers.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use flx_benches::connection::{Connection, compress_request};
use flx_benches::machine;
use flx_benches::pictures::{self, Picture, generated};
use flx_benches::server::Server;
use flx_benches::times::{Times, millis};
use flx_core::{Format, Limits, Options, compress};

/// The server's own, so that both sides pay the same for memory.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

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
    let mut tiny_file =
        Picture { name: String::new(), pixels: generated(16, 16, 1) }.camera_jpeg()?;
    // Bytes behind the end of a JPEG are nobody's: an upload as long, with next to nothing to do.
    tiny_file.resize(file.len(), 0);
    let tiny_request =
        compress_request(server.address(), server.key(), "tiny.jpg", &tiny_file, "webp");
    let mut connection = Connection::open(server.address())?;

    let mut out = std::io::stdout().lock();
    let (width, height) = picture.pixels.dimensions();
    writeln!(out, "{}", machine::facts())?;
    writeln!(out, "{}, {width}×{height} px, {} bytes as JPEG", picture.name, file.len())?;
    let (mut served, mut bare, mut tiny) = (Times::default(), Times::default(), Times::default());
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
            tiny.measure(|| connection.send(&tiny_request).map(drop))?;
            served.push(request_time.median());
            bare.push(codec_time.median());
        }
    }
    for (name, request, codec) in [
        ("median", served.median(), bare.median()),
        ("quickest", served.percentile(0), bare.percentile(0)),
    ] {
        let (request, codec) = (millis(request), millis(codec));
        let overhead = request - codec;
        let percent = overhead / codec * 100.0;
        writeln!(
            out,
            "{name} of {count}: request {request:.1} ms, codec alone {codec:.1} ms, \
             overhead {overhead:.1} ms = {percent:.1} % of the codec"
        )?;
    }
    writeln!(
        out,
        "request with an upload as long that holds 16×16 px: median {:.1} ms, quickest {:.1} ms",
        millis(tiny.median()),
        millis(tiny.percentile(0))
    )?;
    Ok(())
}
