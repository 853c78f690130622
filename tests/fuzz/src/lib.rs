//! What the targets that decode share.

use std::num::NonZeroU32;
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;

use flx_core::{
    ColourSpace, Effort, Error, Fit, Format, Keep, Limits, Options, SourceFormat, compress as run,
    probe,
};
use libfuzzer_sys::Corpus;

/// The panic that was seen last.
static LAST_PANIC: Mutex<String> = Mutex::new(String::new());

/// Keeps panics from ending the process where they happen: decoders of others may panic on damaged
/// files, and flx-core catches that. What comes out of flx-core all the same is a finding.
pub fn keep_quiet() {
    panic::set_hook(Box::new(|panic| {
        if let Ok(mut last) = LAST_PANIC.lock() {
            *last = format!("{panic}\n{}", std::backtrace::Backtrace::force_capture());
        }
    }));
}

/// Compresses a file of one format. The last two bytes choose what to do, so that seeds are files
/// with two bytes behind them.
///
/// # Panics
/// When a panic leaves flx-core, the error blames the program, or the result is not what was asked.
pub fn compress(data: &[u8], format: SourceFormat) -> Corpus {
    let Some((file, [first, second])) = data.split_last_chunk() else { return Corpus::Reject };
    let info = match probe(file) {
        Ok(info) if info.format() == format => info,
        Ok(_) | Err(Error::Unsupported { .. }) => return Corpus::Reject,
        Err(_) => return Corpus::Keep,
    };
    let limits = Limits::default()
        .with_max_pixels(64 * 64)
        .with_max_side(1024)
        .with_max_frames(16)
        .with_max_animation_pixels(8 * 64 * 64);
    let options = options(*first, *second);
    match catch_unwind(AssertUnwindSafe(|| run(file, &options, &limits))) {
        Ok(Ok(result)) => {
            let again = probe(result.bytes()).expect("its own results can be read");
            assert_eq!((again.width(), again.height()), (result.width(), result.height()));
            Corpus::Keep
        }
        Ok(Err(error @ (Error::Encode { .. } | Error::FormatDisabled { .. }))) => {
            fail(&format!("{error}, of {info:?}"))
        }
        Ok(Err(_)) => Corpus::Keep,
        Err(_) => fail(&LAST_PANIC.lock().map(|last| last.clone()).unwrap_or_default()),
    }
}

fn fail(what: &str) -> ! {
    eprintln!("{what}");
    std::process::abort();
}

fn options(first: u8, second: u8) -> Options {
    let has = |byte: u8, bit: u8| byte >> bit & 1 == 1;
    let format = Format::ALL[usize::from(first & 3)];
    let mut options = Options::new(format).with_effort(Effort::Fast).with_threads(NonZeroU32::MIN);
    options = options.with_animated(has(first, 2)).with_lossy_png(has(first, 3));
    if has(first, 4) {
        options = options.with_colour_space(ColourSpace::Source);
    }
    if has(first, 5) {
        options = options.with_keep(Keep {
            copyright: true,
            icc: true,
            exif: true,
            xmp: true,
            gps: true,
        });
    }
    let side = |bits: u8| NonZeroU32::new(u32::from(bits & 7) * 5);
    if let Some(width) = side(second) {
        options = options.with_max_width(width);
    }
    if let Some(height) = side(second >> 3) {
        options = options.with_max_height(height);
    }
    options.with_fit([Fit::Inside, Fit::Cover, Fit::Contain, Fit::Fill][usize::from(second >> 6)])
}
