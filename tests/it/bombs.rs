//! Files that nobody means well with: refused by their headers, in next to no memory, by the codec
//! and by the service. Memory is told by the kernel's high-water mark of a process that does one
//! file: this very program, started again.

use std::path::Path;
use std::process::Command;
use std::time::Instant;
use std::{env, fs};

use flx_core::{Error, Format, Limits, Options, compress, probe};
use flx_tests::pictures::{Hostile, PAYLOAD, animation_bombs, hostile, jpeg, laden, photo};
use flx_tests::{Form, Service, Setup};

/// What a file may take beside itself.
const EXTRA_BYTES: u64 = 16_000_000;

/// What a process of its own made of a file.
struct Seen {
    extra: u64,
    micros: u64,
    outcome: String,
}

/// Compresses a file to a format in a process of its own; `None` where memory is not told.
fn alone(bytes: &[u8], format: Format, folder: &Path) -> Option<Seen> {
    let file = folder.join("file");
    fs::write(&file, bytes).unwrap();
    let output = Command::new(env::current_exe().unwrap())
        .args(["--exact", "bombs::one_file_in_a_process_of_its_own", "--ignored", "--nocapture"])
        .env("FLX_BOMB_FILE", &file)
        .env("FLX_BOMB_FORMAT", format.extension())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let told = |name: &str| {
        let line = said.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned())
    };
    let outcome = told("OUTCOME").unwrap_or_else(|| {
        panic!("it did not end well: {said}\n{}", String::from_utf8_lossy(&output.stderr))
    });
    let number = |name: &str| told(name)?.parse().ok();
    Some(Seen { extra: number("EXTRA")?, micros: number("MICROS")?, outcome })
}

/// The highest that this process's resident memory ever was, in bytes.
pub(crate) fn high_water_mark() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

#[test]
#[ignore = "the other tests here start it"]
fn one_file_in_a_process_of_its_own() {
    // Nobody started it.
    let Ok(file) = env::var("FLX_BOMB_FILE") else { return };
    let format: Format = env::var("FLX_BOMB_FORMAT").unwrap().parse().unwrap();
    let options = Options::new(format).with_threads(std::num::NonZeroU32::MIN);
    let input = fs::read(file).unwrap();
    let before = high_water_mark();
    let start = Instant::now();
    let result = compress(&input, &options, &Limits::default());
    let took = start.elapsed();
    if let (Some(before), Some(after)) = (before, high_water_mark()) {
        println!("\nEXTRA {}", after - before);
    }
    println!("\nMICROS {}", took.as_micros());
    println!("OUTCOME {}", result.map_or_else(|error| kind(&error), |_| "a picture"));
}

fn kind(error: &Error) -> &'static str {
    match error {
        Error::Unsupported { .. } => "unsupported",
        Error::UnsupportedVariant { .. } => "variant",
        Error::Corrupt { .. } => "damaged",
        Error::TooManyPixels { .. }
        | Error::SideTooLong { .. }
        | Error::TooManyFrames { .. }
        | Error::TooManyAnimationPixels { .. }
        | Error::TooComplex { .. } => "over a limit",
        _ => "AN ERROR THAT BLAMES US",
    }
}

/// Checks what becomes of files, and prints what each took.
fn check(files: &[(&str, &[u8])], formats: &[Format], expected: &[&str]) {
    let folder = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for (name, bytes) in files {
        for format in formats {
            let Some(Seen { extra, micros, outcome }) = alone(bytes, *format, folder.path()) else {
                return println!("NOT CHECKED: memory, as this system does not tell it");
            };
            println!(
                "{name:<56}{:>11} bytes{:>9.2} ms{:>8.2} MB more: {outcome}",
                bytes.len(),
                micros as f64 / 1e3,
                extra as f64 / 1e6,
            );
            if extra >= EXTRA_BYTES || !expected.contains(&outcome.as_str()) {
                faults.push(format!("{name} to {format}: {outcome}, {extra} bytes"));
            }
        }
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
}

fn parts(files: &[Hostile]) -> Vec<(&str, &[u8])> {
    files.iter().map(|file| (file.name, file.bytes.as_slice())).collect()
}

#[test]
fn bombs_and_damage_take_next_to_no_memory() {
    let refused = ["unsupported", "variant", "damaged", "over a limit"];
    check(&parts(&hostile()), &[Format::WebP], &refused);
}

#[test]
fn animation_bombs_take_next_to_no_memory() {
    check(&parts(&animation_bombs()), &[Format::WebP], &["over a limit"]);
}

#[test]
fn what_good_pictures_carry_takes_next_to_no_memory() {
    let files = laden();
    let files: Vec<_> = files.iter().map(|file| (file.name, file.bytes.as_slice())).collect();
    check(&files, &[Format::Png, Format::WebP], &["a picture"]);
}

#[test]
fn the_smallest_bombs_are_as_small_as_they_can_be() {
    let files = hostile();
    let size = |name: &str| files.iter().find(|file| file.name == name).unwrap().bytes.len();
    assert!(size("a JPEG of 65500 × 65500") <= 400, "{}", size("a JPEG of 65500 × 65500"));
    assert!(size("a PNG of 2147483647 × 2147483647") <= 67);
    let gif = &animation_bombs()[0];
    assert!(gif.name.starts_with("a GIF") && gif.bytes.len() <= 469, "{}", gif.bytes.len());
}

#[test]
fn nothing_that_a_picture_carries_reaches_a_result_of_any_format() {
    for file in laden() {
        let source = probe(&file.bytes).unwrap_or_else(|error| panic!("{}: {error}", file.name));
        for format in Format::ALL {
            let made = compress(&file.bytes, &Options::new(format), &Limits::default())
                .unwrap_or_else(|error| panic!("{} to {format}: {error}", file.name));
            assert_eq!((made.width(), made.height()), (source.width(), source.height()));
            // The original's own coding may come back, but not what stood beside it.
            let holds = made.bytes().windows(PAYLOAD.len()).any(|part| part == PAYLOAD);
            assert!(!holds, "{} to {format} still carries it", file.name);
            assert!(made.bytes().len() < 4_000, "{}: {}", file.name, made.bytes().len());
        }
    }
}

#[test]
fn the_service_answers_each_with_its_status_and_charges_nothing() {
    let service = Service::start();
    let key = service.account("a@example.org", "agency");
    for file in hostile().into_iter().chain(animation_bombs()) {
        let answer = service.compress(&key, Form::of("photo.jpg", &file.bytes));
        assert_eq!(answer.status, file.status, "{}: {answer}", file.name);
        let kind = answer.json()["type"].as_str().unwrap().rsplit('#').next().unwrap().to_owned();
        answer.problem(file.status, &kind);
        assert!(
            ["unsupported-image", "damaged-image", "image-too-large"].contains(&&*kind),
            "{kind}"
        );
    }
    assert_eq!(service.used(&key), 0);
    for (count, file) in (1..).zip(laden()) {
        let (_, picture) = service.compressed(&key, Form::of("photo.jpg", &file.bytes));
        assert!(!picture.windows(PAYLOAD.len()).any(|part| part == PAYLOAD), "{}", file.name);
        assert_eq!(service.used(&key), count);
    }
}

#[test]
fn a_picture_that_the_server_has_no_memory_for_is_refused_by_name_and_fits_when_scaled() {
    let service = Setup::new().with(&["--memory-limit", "40000000"]).start();
    let key = service.account("a@example.org", "agency");
    let large = Form::of("photo.jpg", &jpeg(&photo(2400, 1600, 1), 80)).text("format", "avif");
    let problem = service.compress(&key, large.clone()).problem(422, "image-too-large");
    assert_eq!(problem["field"], "file");
    assert_eq!(problem["limit"], 64_000_000);
    assert!(problem["value"].as_u64().unwrap() > 64_000_000, "{problem}");
    assert_eq!(service.used(&key), 0);
    service.compress(&key, large.text("maxWidth", "300")).expect(200);
}
