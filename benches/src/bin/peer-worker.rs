//! flx as a program that bench-peers measures; also the ravif crate by itself.
//!
//! `peer-worker flx` and `peer-worker ravif` answer requests, one line of JSON each, until standard
//! input ends. `peer-worker alone TASK` makes one picture, from file to file.

use std::error::Error;
use std::fs;
use std::io::{BufRead, Write};
use std::num::NonZeroU32;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use flx_benches::locked;
use flx_benches::peers::task::{Answer, Done, Request, Task};
use flx_core::{Effort, Format, Limits, Options, Quality, compress, fitting, probe};
use ravif::{BitDepth, Encoder, Img};
use rgb::FromSlice;
use rustix::time::{ClockId, clock_gettime};

/// The server's, so that memory is what the server's would be.
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

type Failure = Box<dyn Error + Send + Sync>;

/// Makes a picture of a task, from the bytes of its input.
type Make = fn(&Task, &[u8]) -> Result<Made, Failure>;

/// A finished picture.
struct Made {
    bytes: Vec<u8>,
    width: u32,
    height: u32,
    unchanged: bool,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let engines: Vec<&str> = flx_core::engines().iter().map(|engine| engine.name).collect();
    let flx = format!("flx {} ({})", env!("CARGO_PKG_VERSION"), engines.join(", "));
    let (make, version): (Make, String) = match arguments.next().as_deref() {
        Some("flx") => (by_flx, flx),
        Some("ravif") => (by_ravif, locked::named("ravif")),
        Some("alone") => {
            let task: Task = serde_json::from_str(&arguments.next().ok_or("name a task")?)?;
            let made = by_flx(&task, &fs::read(&task.input)?)?;
            fs::write(task.output.ok_or("name an output")?, made.bytes)?;
            return Ok(());
        }
        _ => return Err("name what works: flx, ravif or alone".into()),
    };
    let mut out = std::io::stdout().lock();
    writeln!(out, "{version}")?;
    for line in std::io::stdin().lock().lines() {
        let request: Request = serde_json::from_str(&line?)?;
        let answer = match answer(&request, make) {
            Ok(done) => Answer::Done(done),
            Err(error) => Answer::Failed { error: error.to_string() },
        };
        writeln!(out, "{}", serde_json::to_string(&answer)?)?;
    }
    Ok(())
}

fn answer(request: &Request, make: Make) -> Result<Done, Failure> {
    let inputs =
        request.tasks.iter().map(|task| fs::read(&task.input)).collect::<Result<Vec<_>, _>>()?;
    let next = AtomicUsize::new(0);
    let results = Mutex::new(Vec::new());
    let lane = || {
        loop {
            let mine = next.fetch_add(1, Ordering::Relaxed);
            let (Some(task), Some(input)) = (request.tasks.get(mine), inputs.get(mine)) else {
                break;
            };
            let made = make(task, input);
            if let Ok(mut results) = results.lock() {
                results.push((mine, made));
            }
        }
    };
    let (begin, cpu) = (Instant::now(), cpu_time());
    if request.lanes == 1 {
        lane();
    } else {
        std::thread::scope(|scope| {
            for _ in 0..request.lanes {
                scope.spawn(lane);
            }
        });
    }
    let (wall, cpu) = (begin.elapsed(), cpu_time().saturating_sub(cpu));
    let mut done = Done {
        wall_ms: wall.as_secs_f64() * 1e3,
        cpu_ms: cpu.as_secs_f64() * 1e3,
        ..Done::default()
    };
    let mut results = results.into_inner().map_err(|_| "a lane panicked")?;
    results.sort_by_key(|(place, _)| *place);
    for (place, made) in results {
        let made = made?;
        done.bytes += made.bytes.len() as u64;
        if place == 0 {
            (done.width, done.height, done.unchanged) = (made.width, made.height, made.unchanged);
        }
        if let Some(output) = request.tasks.get(place).and_then(|task| task.output.as_ref()) {
            fs::write(output, made.bytes)?;
        }
    }
    Ok(done)
}

/// The variant names an effort, and `palette` where PNG may be reduced to one: `small+palette`.
fn by_flx(task: &Task, input: &[u8]) -> Result<Made, Failure> {
    let mut options = Options::new(task.format.parse::<Format>()?)
        .with_quality(Quality::new(task.setting.try_into()?)?)
        .with_threads(NonZeroU32::new(task.threads).ok_or("no threads")?);
    for word in task.variant.split('+') {
        options = match word {
            "palette" => options.with_lossy_png(true),
            effort => options.with_effort(effort.parse::<Effort>()?),
        };
    }
    if let Some(width) = task.width.and_then(NonZeroU32::new) {
        options = options.with_max_width(width);
    }
    let made = compress(input, &options, &Limits::default().with_max_pixels(u64::MAX))?;
    let (width, height, unchanged) = (made.width(), made.height(), made.unchanged());
    Ok(Made { bytes: made.into_bytes(), width, height, unchanged })
}

/// The variant names the speed: `speed6`.
fn by_ravif(task: &Task, input: &[u8]) -> Result<Made, Failure> {
    let info = probe(input)?;
    let pixels = fitting::decode_rgb8(input)?;
    let speed = task.variant.trim_start_matches("speed").parse()?;
    let encoder = Encoder::new()
        .with_quality(task.setting as f32)
        .with_speed(speed)
        .with_bit_depth(BitDepth::Eight)
        .with_num_threads(Some(task.threads as usize));
    let (width, height) = (info.width(), info.height());
    let image = Img::new(pixels.as_rgb(), width as usize, height as usize);
    Ok(Made { bytes: encoder.encode_rgb(image)?.avif_file, width, height, unchanged: false })
}

/// User and system time of all threads so far.
fn cpu_time() -> Duration {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    Duration::new(
        u64::try_from(now.tv_sec).unwrap_or_default(),
        u32::try_from(now.tv_nsec).unwrap_or_default(),
    )
}
