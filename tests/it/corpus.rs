//! Every picture through every output format: no panic, and either a picture of the right size or
//! an error with a type.

use std::collections::BTreeMap;
use std::fs;
use std::io::Read as _;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use flate2::read::GzDecoder;
use flx_core::{
    Compressed, Effort, Error, Fit, Format, Keep, Limits, Options, Watermark, compress, probe,
};
use flx_tests::pictures::{self, card, gradient_with_alpha, photo, photo_16_bit};
use tar::Archive;

/// Threads that work on the corpus.
const THREADS: usize = 2;
/// Longest side of results: encoding at full size is what benchmarks are for.
const MAX_SIDE: u32 = 1_280;
/// Sides of the box that marked results are cut to.
const BOX: (u32, u32) = (400, 300);
/// A picture in one format that takes longer hangs. Without optimisation, beside other tests, more
/// is let pass.
const PATIENCE: Duration = Duration::from_secs(if cfg!(debug_assertions) { 120 } else { 10 });
/// What two pictures at once may take beside all files, without any admission: 512 MB were seen, of
/// large progressive JPEGs in the system's allocator.
const MEMORY: u64 = 700_000_000;

/// A file to work on.
pub(crate) struct Sample {
    group: String,
    pub(crate) name: String,
    pub(crate) bytes: Vec<u8>,
}

/// What is done with each file.
#[derive(Clone, Copy)]
enum Task {
    /// Scaled into a square, and otherwise left as it is.
    Scaled,
    /// Cut to a box, with a watermark and all metadata.
    Marked,
}

impl Task {
    fn options(self, format: Format) -> Options {
        let px = |side: u32| side.try_into().expect("not zero");
        match self {
            Self::Scaled => {
                Options::new(format).with_max_width(px(MAX_SIDE)).with_max_height(px(MAX_SIDE))
            }
            Self::Marked => {
                let logo = pictures::png(gradient_with_alpha(60, 40, 5));
                let mark = Watermark::from_png(&logo, &Limits::default()).expect("a plain PNG");
                let all = Keep { copyright: true, icc: true, exif: true, xmp: true, gps: true };
                let (width, height) = (px(BOX.0), px(BOX.1));
                let options = Options::new(format).with_max_width(width).with_max_height(height);
                let options = options.with_fit(Fit::Cover).with_effort(Effort::Fast);
                options.with_watermark(mark).with_keep(all)
            }
        }
    }

    /// The size of the result, as a header promises it.
    fn size(self, width: u32, height: u32) -> (u32, u32) {
        match self {
            Self::Scaled => fitted(width, height),
            Self::Marked => cut(width, height),
        }
    }
}

/// How the pictures of a group went, by outcome.
type Table = BTreeMap<String, BTreeMap<&'static str, usize>>;

#[test]
fn generated_pictures_and_damage_go_through_every_output_format() {
    let table = run(&generated());
    assert_eq!(table["pictures"]["picture"], table["pictures"].values().sum::<usize>());
    assert_eq!(table["damage"].get("picture"), None, "damage became a picture: {table:?}");
}

#[test]
#[ignore = "takes minutes: just test-corpus"]
fn every_corpus_file_goes_through_every_output_format() {
    let Some(folder) = std::env::var_os("FLX_CORPUS").map(PathBuf::from) else {
        println!("FLX_CORPUS is not set: generated pictures only");
        run(&generated());
        return;
    };
    let mut samples = Vec::new();
    read_folder(&folder, &folder, &mut samples);
    assert!(!samples.is_empty(), "{} holds no files", folder.display());
    run(&samples);
}

/// What came of all samples.
#[derive(Default)]
struct Report {
    table: Table,
    faults: Vec<String>,
    slowest: (Duration, String),
}

impl Report {
    fn add(&mut self, sample: &Sample, what: &str, took: Duration, outcome: Outcome) {
        let what = format!("{} → {what}", sample.name);
        let outcome = outcome.unwrap_or_else(|fault| {
            println!("FAULT {what}: {fault}");
            self.faults.push(format!("{what}: {fault}"));
            "FAULT"
        });
        *self.table.entry(sample.group.clone()).or_default().entry(outcome).or_default() += 1;
        if took > self.slowest.0 {
            self.slowest = (took, what);
        }
    }
}

/// Works on all samples in all formats, prints the table, and fails for what must not happen.
fn run(samples: &[Sample]) -> Table {
    let (next, report) = (AtomicUsize::new(0), Mutex::new(Report::default()));
    let before = crate::bombs::high_water_mark();
    let start = Instant::now();
    thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| {
                while let Some(sample) = samples.get(next.fetch_add(1, Ordering::Relaxed)) {
                    for (what, task) in [("", Task::Scaled), (", marked", Task::Marked)] {
                        for format in Format::ALL {
                            let (took, outcome) = work_on(sample, task, format);
                            let what = format!("{format}{what}");
                            report.lock().unwrap().add(sample, &what, took, outcome);
                        }
                    }
                }
            });
        }
    });
    let Report { table, faults, slowest: (longest, slowest) } = report.into_inner().unwrap();
    print(&table);
    let took = start.elapsed().as_secs_f64();
    println!("{} files in {took:.1} s on {THREADS} threads", samples.len());
    println!("slowest: {slowest}, {:.1} s", longest.as_secs_f64());
    let peak = crate::bombs::high_water_mark().filter(|_| !cfg!(debug_assertions));
    match (before, peak) {
        (Some(before), Some(peak)) => {
            println!("{} MB more than the files at most\n", (peak - before) / 1_000_000);
            assert!(peak - before < MEMORY, "{peak} bytes, {before} before");
        }
        _ => println!("memory is not looked at here\n"),
    }
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    table
}

/// The outcome's name, or what must not happen.
type Outcome = Result<&'static str, String>;

/// One picture in one format.
fn work_on(sample: &Sample, task: Task, format: Format) -> (Duration, Outcome) {
    let options = task.options(format);
    let start = Instant::now();
    let result = catch_unwind(|| compress(&sample.bytes, &options, &Limits::default()));
    let took = start.elapsed();
    let outcome = match result {
        Err(_) => Err("a panic".to_owned()),
        _ if took > PATIENCE => Err(format!("it took {:.1} s", took.as_secs_f64())),
        Ok(Ok(result)) => check(sample, task, format, &result).map(|()| "picture"),
        Ok(Err(error)) => {
            name_of(&error).ok_or_else(|| format!("an error that blames us: {error}"))
        }
    };
    (took, outcome)
}

/// The result must be what its facts say: in its format, of the size that the header promised.
fn check(sample: &Sample, task: Task, format: Format, result: &Compressed) -> Result<(), String> {
    let source = probe(&sample.bytes)
        .map_err(|error| format!("probe refuses what compress takes: {error}"))?;
    let expected = task.size(source.width(), source.height());
    let said = (result.width(), result.height());
    if said != expected {
        return Err(format!(
            "{said:?} from {}×{}, expected {expected:?}",
            source.width(),
            source.height()
        ));
    }
    let again =
        probe(result.bytes()).map_err(|error| format!("the result cannot be read: {error}"))?;
    if (again.width(), again.height()) != said {
        return Err(format!(
            "the result says {said:?} and has {}×{}",
            again.width(),
            again.height()
        ));
    }
    if again.format().as_output() != Some(format) {
        return Err(format!("the result is {}", again.format()));
    }
    // A decoder has to take it, too: scaled to one pixel, so that little else is done.
    let pixel = Options::new(Format::Png).with_max_width(std::num::NonZeroU32::MIN);
    compress(result.bytes(), &pixel, &Limits::default())
        .map_err(|error| format!("the result cannot be decoded: {error}"))?;
    Ok(())
}

/// The size in proportion that fits, rounded, at least one pixel a side.
fn fitted(width: u32, height: u32) -> (u32, u32) {
    let share = (f64::from(MAX_SIDE) / f64::from(width.max(height))).min(1.0);
    let side = |side: u32| ((f64::from(side) * share).round() as u32).max(1);
    (side(width), side(height))
}

/// The box, or its shape in a picture that does not cover it.
fn cut(width: u32, height: u32) -> (u32, u32) {
    let share = |side: u32, whole: u32| f64::from(whole) / f64::from(side);
    let scale = share(BOX.0, width).min(share(BOX.1, height)).min(1.0);
    let side = |side: u32| ((f64::from(side) * scale).round() as u32).max(1);
    (side(BOX.0), side(BOX.1))
}

/// A name for an error that blames the input; none for one that blames the program.
fn name_of(error: &Error) -> Option<&'static str> {
    Some(match error {
        Error::Unsupported { .. } => "unsupported",
        Error::UnsupportedVariant { .. } => "variant",
        Error::Corrupt { .. } => "damaged",
        Error::TooManyBytes { .. }
        | Error::TooManyPixels { .. }
        | Error::SideTooLong { .. }
        | Error::TooManyFrames { .. }
        | Error::TooManyAnimationPixels { .. }
        | Error::TooComplex { .. }
        | Error::OutputTooLarge { .. } => "limit",
        _ => return None,
    })
}

fn print(table: &Table) {
    const OUTCOMES: [&str; 6] = ["picture", "unsupported", "variant", "damaged", "limit", "FAULT"];
    print!("\n{:<28}", "files × output formats");
    OUTCOMES.iter().for_each(|outcome| print!("{outcome:>12}"));
    println!();
    for (group, counts) in table {
        print!("{group:<28}");
        for outcome in OUTCOMES {
            print!("{:>12}", counts.get(outcome).copied().unwrap_or(0));
        }
        println!();
    }
}

fn generated() -> Vec<Sample> {
    let (photo, card) = (photo(320, 213, 7), card(64, 48));
    let alpha = gradient_with_alpha(150, 101, 3);
    let files = [
        ("photo.jpg", pictures::jpeg(&photo, 85)),
        ("turned.jpg", pictures::with_gps(&pictures::jpeg(&card, 90), 6)),
        ("p3.jpg", pictures::with_profile(&pictures::jpeg(&photo, 85), &pictures::display_p3())),
        ("photo.png", pictures::png(photo.clone())),
        ("16-bit.png", pictures::png(photo_16_bit(120, 80, 9))),
        ("alpha.png", pictures::png(alpha.clone())),
        ("one-pixel.png", pictures::png(flx_tests::pictures::card(1, 1))),
        ("photo.webp", pictures::webp(photo.clone())),
        ("alpha.webp", pictures::webp(alpha.clone())),
        ("card.gif", pictures::gif(card.clone())),
        ("animation.gif", pictures::animation(&[card.clone(), card.clone()])),
        ("photo.bmp", pictures::bmp(photo.clone())),
        ("photo.tiff", pictures::tiff(photo.clone())),
        ("photo.avif", avif(&photo)),
    ];
    let pictures = files.into_iter().map(|(name, bytes)| Sample {
        group: "pictures".to_owned(),
        name: name.to_owned(),
        bytes,
    });
    let damage = pictures::hostile().into_iter().map(|file| Sample {
        group: "damage".to_owned(),
        name: file.name.to_owned(),
        bytes: file.bytes,
    });
    pictures.chain(damage).collect()
}

fn avif(photo: &image::RgbImage) -> Vec<u8> {
    let png = pictures::png(photo.clone());
    let options = Options::new(Format::Avif);
    compress(&png, &options, &Limits::default()).expect("a plain picture").into_bytes()
}

/// All files of a folder; archives by their content.
pub(crate) fn read_folder(root: &Path, folder: &Path, samples: &mut Vec<Sample>) {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder).expect("it can be read").map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    for path in paths {
        let name = path.strip_prefix(root).expect("it is inside").display().to_string();
        let group = name.split('/').next().unwrap_or_default().to_owned();
        if path.is_dir() {
            read_folder(root, &path, samples);
        } else if name.ends_with(".tar.gz") {
            read_archive(&path, &group, samples);
        } else {
            samples.push(Sample { group, name, bytes: fs::read(&path).expect("it can be read") });
        }
    }
}

fn read_archive(path: &Path, group: &str, samples: &mut Vec<Sample>) {
    let file = fs::File::open(path).expect("it can be read");
    let mut archive = Archive::new(GzDecoder::new(file));
    for entry in archive.entries().expect("an archive") {
        let mut entry = entry.expect("a whole archive");
        if !entry.header().entry_type().is_file() {
            continue;
        }
        let name = entry.path().expect("a name").display().to_string();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).expect("a whole archive");
        samples.push(Sample { group: format!("{group} (archive)"), name, bytes });
    }
}
