//! What processes of their own cost: `just bench-isolation [COUNT]`.
//!
//! `isolation PROGRAM FOLDER [COUNT]` runs the server twice, with `--isolation process` and with
//! `none`, and lets four clients send COUNT pictures (default 200) of one kind to one of them, then
//! to the other, five times over, beginning with each in turn. Medians are shown, and processor time
//! a picture, which other work on the machine disturbs least.

use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use flx_benches::connection::{Connection, compress_request};
use flx_benches::machine;
use flx_benches::pictures::{self, Picture};
use flx_benches::server::Server;
use flx_plans::Plans;
use tempfile::NamedTempFile;

const USAGE: &str = "usage: isolation PROGRAM FOLDER [COUNT]";
const CLIENTS: usize = 4;
const ROUNDS: usize = 5;
/// What an idle server may take to give memory back.
const REST: Duration = Duration::from_secs(12);

/// What one round showed.
struct Round {
    a_second: f64,
    processor_ms: f64,
}

/// A server of each kind, or what was found out about each.
struct Pair<T> {
    apart: T,
    here: T,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or(USAGE)?;
    let folder = arguments.next().ok_or(USAGE)?;
    let count: usize = arguments.next().map_or(Ok(200), |count| count.parse())?;

    let plans = unlimited_plans()?;
    let plans = plans.path().to_str().ok_or("the temporary folder has no name in UTF-8")?;
    let start = |kind| {
        let settings = ["--workers", "2", "--isolation", kind, "--plans", plans];
        Server::start(Path::new(&program), Path::new(&folder), &settings)
    };
    let servers = Pair { apart: start("process")?, here: start("none")? };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", machine::facts())?;
    writeln!(out, "resident, fresh: {}", resident(&servers))?;
    for (name, file, format, count) in kinds(count)? {
        let Pair { apart, here } = raced(&servers, &file, format, count)?;
        writeln!(
            out,
            "{name} to {format}, {} kB: process {:.1}/s and {:.2} ms of processor each, none {:.1}/s \
             and {:.2} ms: {:+.1} % pictures, {:+.1} % processor",
            file.len() / 1000,
            apart.a_second,
            apart.processor_ms,
            here.a_second,
            here.processor_ms,
            (apart.a_second / here.a_second - 1.0) * 100.0,
            (apart.processor_ms / here.processor_ms - 1.0) * 100.0,
        )?;
    }
    thread::sleep(REST);
    writeln!(out, "resident, idle afterwards: {}", resident(&servers))?;
    Ok(())
}

/// The built-in plans without a limit on the requests a minute.
fn unlimited_plans() -> Result<NamedTempFile, Box<dyn Error>> {
    let plans = Plans::default().to_toml();
    let plans = plans.replace("requests_per_minute = 600", "requests_per_minute = 100000000");
    let mut file = NamedTempFile::new()?;
    file.write_all(plans.as_bytes())?;
    Ok(file)
}

type Kind = (&'static str, Vec<u8>, &'static str, usize);

/// Pictures as they are sent, with how many of them make a round.
fn kinds(count: usize) -> Result<Vec<Kind>, Box<dyn Error>> {
    let Picture { pixels, name } = pictures::small()?;
    let tiny = image::imageops::thumbnail(&pixels, 96, 64);
    let tiny = Picture { pixels: tiny, name: name.clone() }.camera_jpeg()?;
    let small = Picture { pixels, name }.camera_jpeg()?;
    let large = pictures::two_megapixels()?.camera_jpeg()?;
    Ok(vec![
        ("96×64 px", tiny, "webp", count * 10),
        ("0.4 MP", small.clone(), "webp", count),
        ("0.4 MP", small, "jpg", count),
        ("2 MP", large.clone(), "webp", count / 4),
        ("2 MP", large, "avif", count / 8),
    ])
}

/// Medians of rounds that take turns; the first of each warms up.
fn raced(
    servers: &Pair<Server>,
    file: &[u8],
    format: &str,
    count: usize,
) -> Result<Pair<Round>, Box<dyn Error>> {
    let measure = |server: &Server| run(server, file, format, count);
    let (mut apart, mut here) = (Vec::new(), Vec::new());
    for round in 0..=ROUNDS {
        if round.is_multiple_of(2) {
            apart.push(measure(&servers.apart)?);
            here.push(measure(&servers.here)?);
        } else {
            here.push(measure(&servers.here)?);
            apart.push(measure(&servers.apart)?);
        }
    }
    Ok(Pair { apart: summed_up(&apart), here: summed_up(&here) })
}

fn summed_up(rounds: &[Round]) -> Round {
    Round {
        a_second: median(rounds.iter().skip(1).map(|round| round.a_second)),
        processor_ms: median(rounds.iter().skip(1).map(|round| round.processor_ms)),
    }
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn run(server: &Server, file: &[u8], format: &str, count: usize) -> Result<Round, Box<dyn Error>> {
    let request = compress_request(server.address(), server.key(), "photo.jpg", file, format);
    let each = count.div_ceil(CLIENTS);
    let (start, before) = (Instant::now(), processor_time(server));
    thread::scope(|scope| {
        let client = || -> Result<(), String> {
            let failed = |error: Box<dyn Error>| error.to_string();
            let mut connection = Connection::open(server.address()).map_err(failed)?;
            (0..each).try_for_each(|_| connection.send(&request).map(drop).map_err(failed))
        };
        let clients: Vec<_> = (0..CLIENTS).map(|_| scope.spawn(client)).collect();
        let panicked = |_| String::from("a client panicked");
        clients.into_iter().try_for_each(|client| client.join().map_err(panicked)?)
    })?;
    #[expect(clippy::cast_precision_loss, reason = "a count of pictures")]
    let pictures = (each * CLIENTS) as f64;
    let used = processor_time(server).saturating_sub(before);
    Ok(Round {
        a_second: pictures / start.elapsed().as_secs_f64(),
        processor_ms: used.as_secs_f64() * 1e3 / pictures,
    })
}

/// The server's process and those that it has started.
fn family(server: &Server) -> Vec<String> {
    let own = server.process_id().to_string();
    let processes = fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = processes.filter_map(|entry| entry.file_name().into_string().ok());
    let children = ids.filter(|id| field(id, "PPid").as_deref() == Some(&own));
    [own.clone()].into_iter().chain(children).collect()
}

fn field(process: &str, name: &str) -> Option<String> {
    let status = fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(&format!("{name}:")))?;
    Some(line.trim().to_owned())
}

/// Processor time of all of them, in the kernel's ticks of 10 ms.
fn processor_time(server: &Server) -> Duration {
    let ticks = family(server).into_iter().map(|process| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        let rest = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
        let times = rest.split_whitespace().skip(11).take(2);
        times.filter_map(|time| time.parse::<u64>().ok()).sum::<u64>()
    });
    Duration::from_millis(ticks.sum::<u64>() * 10)
}

/// Their memory that is no cache of files, process by process.
fn resident(servers: &Pair<Server>) -> String {
    let of = |server| {
        let sizes = family(server).into_iter().map(|process| {
            let line = field(&process, "RssAnon").unwrap_or_default();
            let kib: u64 = line.trim_end_matches("kB").trim().parse().unwrap_or_default();
            format!("{}", (kib * 1024).div_ceil(1_000_000))
        });
        sizes.collect::<Vec<_>>().join(" + ")
    };
    format!("process {} MB, none {} MB", of(&servers.apart), of(&servers.here))
}
