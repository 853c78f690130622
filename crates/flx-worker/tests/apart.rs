//! The worker with this very program as its child: what it makes, and what it cannot do. There is
//! no test harness, as it would not know a child's arguments.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper that cannot go on has failed its test"
)]

use std::fs::{self, File};
use std::io::Cursor;
use std::net::{TcpListener, TcpStream};
use std::num::NonZeroU32;
use std::process::{Command as Program, ExitCode};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use flx_core::{CancelFlag, Format, Limits, Options, Watermark, compress};
use flx_worker::{Command, Duty, Error, Look, Mark, Part, Tally, Terms, Worker};

/// Asks the child to try what it must not be able to do, and to end with a code that tells.
const TRY: &str = "FLX_TRY";
/// The code of a child that was refused everything.
const REFUSED: u8 = 42;

type Test = (&'static str, fn());

const TESTS: [Test; 6] = [
    ("pictures_are_the_same_as_without_it", pictures_are_the_same_as_without_it),
    ("faults_come_back_word_for_word", faults_come_back_word_for_word),
    ("a_watermark_is_drawn_there_as_it_is_here", a_watermark_is_drawn_there_as_it_is_here),
    ("a_cancelled_picture_ends_its_child", a_cancelled_picture_ends_its_child),
    ("a_child_cannot_reach_anything", a_child_cannot_reach_anything),
    ("a_source_that_is_too_short_is_told", a_source_that_is_too_short_is_told),
];

fn main() -> ExitCode {
    if let Some(duty) = Duty::of(std::env::args_os().skip(1)) {
        return duty.serve(|| {
            if std::env::var_os(TRY).is_some() {
                std::process::exit(try_everything());
            }
        });
    }
    let filter = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    for (name, test) in TESTS {
        if filter.as_ref().is_none_or(|part| name.contains(part.as_str())) {
            test();
            say(&format!("test {name} ... ok"));
        }
    }
    say("test result: ok.");
    ExitCode::SUCCESS
}

fn say(line: &str) {
    println!("{line}");
}

fn command() -> Command {
    Command::this_program().unwrap().with_address_space(4 << 30)
}

fn worker(tally: &Arc<Tally>) -> Worker {
    let (worker, containment) = Worker::start(Arc::new(command()), Arc::clone(tally)).unwrap();
    // Containers may lack some of it; what this machine has is printed.
    say(&format!("contained by {containment}"));
    worker
}

/// A BMP of 24 bits a pixel with soft colours.
fn picture(width: u32, height: u32) -> Vec<u8> {
    let mut file = b"BM".to_vec();
    let row = (width * 3).div_ceil(4) * 4;
    for number in [54 + row * height, 0, 54, 40, width, height, 0x0018_0001, 0, 0, 0, 0, 0, 0] {
        file.extend(number.to_le_bytes());
    }
    for y in 0..height {
        let pixels = (0..row).map(|x| u8::try_from((x * 7 / 5 + y * 3 + x * y / 90) % 256));
        file.extend(pixels.map(Result::unwrap));
    }
    file
}

fn in_child(
    worker: &mut Worker,
    file: &[u8],
    options: &Options,
    terms: &Terms<'_>,
) -> Result<Vec<u8>, Error> {
    let limits = Limits::default();
    let mut cursor = Cursor::new(file);
    let part = Part::new(&mut cursor, file.len() as u64);
    let made = worker.compress(part, None, options, &limits, terms);
    made.map(flx_core::Compressed::into_bytes)
}

fn pictures_are_the_same_as_without_it() {
    let tally = Arc::new(Tally::default());
    let mut worker = worker(&tally);
    let file = picture(300, 200);
    for format in Format::ALL {
        for threads in [None, Some(NonZeroU32::MIN)] {
            let mut options = Options::new(format);
            if let Some(threads) = threads {
                options = options.with_threads(threads);
            }
            let there = in_child(&mut worker, &file, &options, &Terms::default()).unwrap();
            let here = compress(&file, &options, &Limits::default()).unwrap();
            assert_eq!(there, here.into_bytes(), "{format} with {threads:?}");
        }
    }
    assert_eq!(tally.restarts(), 0);
}

fn faults_come_back_word_for_word() {
    let mut worker = worker(&Arc::default());
    let whole = picture(300, 200);
    let options = Options::new(Format::WebP);
    for file in [&b"%PDF-1.7"[..], &whole[..40], &whole[..5000], b"", &[0xff, 0xd8, 0xff, 0xe0]] {
        let there = in_child(&mut worker, file, &options, &Terms::default()).unwrap_err();
        let here = compress(file, &options, &Limits::default()).unwrap_err();
        assert!(matches!(&there, Error::Picture(error) if *error == here), "{there:?}, {here:?}");
    }
    let late = Terms::default().with_deadline(Instant::now());
    let error = in_child(&mut worker, &whole, &options, &late).unwrap_err();
    assert!(error.to_string().starts_with("deadline passed before probe"), "{error}");
}

fn a_watermark_is_drawn_there_as_it_is_here() {
    let mut worker = worker(&Arc::default());
    let limits = Limits::default();
    let png = compress(&picture(40, 30), &Options::new(Format::Png), &limits).unwrap();
    let file = picture(300, 200);
    let options = Options::new(Format::Png);
    let look = Look { position: flx_core::Position::TopLeft, ..Look::default() };
    let mut draw = |mark: &[u8]| {
        let (mut picture, mut mark_file) = (Cursor::new(&file), Cursor::new(mark));
        let picture = Part::new(&mut picture, file.len() as u64);
        let mark_file = Part::new(&mut mark_file, mark.len() as u64);
        let mark = Mark::new(mark_file, look, limits.clone());
        worker.compress(picture, Some(mark), &options, &limits, &Terms::default())
    };
    let here = look.of(Watermark::from_png(png.bytes(), &limits).unwrap());
    let same = compress(&file, &options.clone().with_watermark(here), &limits).unwrap();
    assert_eq!(draw(png.bytes()).unwrap().bytes(), same.bytes());
    assert_ne!(same.bytes(), compress(&file, &options, &limits).unwrap().bytes());
    for broken in [&file[..], &png.bytes()[..png.bytes().len() / 2], b""] {
        let same = Watermark::from_png(broken, &limits).unwrap_err();
        assert!(matches!(draw(broken).unwrap_err(), Error::Picture(error) if error == same));
    }
}

fn a_cancelled_picture_ends_its_child() {
    let tally = Arc::new(Tally::default());
    let mut worker = worker(&tally);
    let (file, flag) = (picture(3000, 2000), CancelFlag::new());
    let options = Options::new(Format::Avif).with_effort(flx_core::Effort::Small);
    let start = Instant::now();
    let error = thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(Duration::from_millis(100));
            flag.raise();
        });
        let terms = Terms::default().with_cancel(&flag);
        in_child(&mut worker, &file, &options, &terms).unwrap_err()
    });
    assert!(matches!(error, Error::Cancelled), "{error}");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    let small = picture(30, 20);
    in_child(&mut worker, &small, &Options::default(), &Terms::default()).unwrap();
    assert_eq!(tally.restarts(), 1);
}

fn a_source_that_is_too_short_is_told() {
    let mut worker = worker(&Arc::default());
    let (limits, terms) = (Limits::default(), Terms::default());
    let (file, options) = (picture(30, 20), Options::default());
    let mut cursor = Cursor::new(&file);
    let part = Part::new(&mut cursor, file.len() as u64 + 1);
    let made = worker.compress(part, None, &options, &limits, &terms);
    assert!(matches!(made, Err(Error::Source(_))), "{made:?}");
    in_child(&mut worker, &file, &options, &terms).unwrap();
}

fn a_child_cannot_reach_anything() {
    if !cfg!(target_os = "linux") {
        return;
    }
    let command = command().with_variable(TRY, "1");
    let error = Worker::start(Arc::new(command), Arc::default()).unwrap_err();
    let code = format!("exit status: {REFUSED}");
    assert!(error.to_string().ends_with(&code), "{error}, expected was {code}");
}

/// The code of the first that worked, or [`REFUSED`].
fn try_everything() -> i32 {
    let parent = std::os::unix::process::parent_id().to_string();
    let attempts: [fn(&str) -> bool; 8] = [
        |_| File::open("/etc/passwd").is_ok(),
        |_| fs::read_dir("/").is_ok(),
        |_| File::create("/tmp/flx-worker-was-here").is_ok(),
        |_| fs::metadata("/").is_ok(),
        |_| TcpListener::bind("127.0.0.1:0").is_ok(),
        // A refusal by the other side would show that somebody was asked.
        |_| TcpStream::connect("127.0.0.1:9").is_err_and(|error| error.raw_os_error() == Some(111)),
        |_| Program::new("/bin/true").status().is_ok(),
        |parent| Program::new("/bin/kill").arg("-0").arg(parent).status().is_ok(),
    ];
    let found = (1..).zip(attempts).find(|(_, attempt)| attempt(&parent));
    // What it needs must work all the same.
    let works = thread::Builder::new().spawn(|| ()).is_ok_and(|thread| thread.join().is_ok());
    match (found, works) {
        (Some((number, _)), _) => number,
        (None, true) => i32::from(REFUSED),
        (None, false) => 100,
    }
}
