//! A clock that jumps by a month, forth and back.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Form, Service, Setup, tools};
use tempfile::TempDir;

use super::{EMAIL, one_picture};

/// Where Debian puts the library of `faketime`; `*` is the machine's triple.
const LIBRARY: &str = "/usr/lib/*/faketime/libfaketimeMT.so.1";

/// A server whose clock is told by a file.
struct Told {
    file: PathBuf,
    service: Service,
}

impl Told {
    fn start() -> Option<Self> {
        let _ = tools::tool("faketime")?;
        let found = tools::run(tools::tool("sh")?.arg("-c").arg(format!("ls {LIBRARY}"))).stdout;
        let library = String::from_utf8(found).unwrap();
        let folder = Arc::new(TempDir::new().unwrap());
        let file = folder.path().join("clock");
        set(&file, "+0");
        let service = Setup::new()
            .in_folder(&folder)
            .with_variable("LD_PRELOAD", library.trim_end())
            .with_variable("FAKETIME_TIMESTAMP_FILE", file.to_str().unwrap())
            .with_variable("FAKETIME_NO_CACHE", "1")
            // Only the wall clock jumps on real machines.
            .with_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1")
            .with(&["--workers", "1"])
            .start();
        Some(Self { file, service })
    }

    fn jump(&self, offset: &str) {
        set(&self.file, offset);
    }
}

fn set(file: &Path, offset: &str) {
    // By a rename, so that nobody reads half of it.
    let new = file.with_extension("new");
    fs::write(&new, format!("{offset}\n")).unwrap();
    fs::rename(new, file).unwrap();
}

#[test]
fn a_clock_that_jumps_forth_and_back_grants_nothing_twice() {
    let Some(told) = Told::start() else { return };
    let service = &told.service;
    let key = service.account(EMAIL, "agency");
    let (entry, _) = service.compressed(&key, one_picture());
    let link = entry["downloadUrl"].as_str().unwrap();
    assert_eq!(service.used(&key), 1);

    told.jump("+31d");
    service.get(link).problem(410, "link-expired");
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 1, "a new period, once");

    told.jump("-31d");
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 2, "the period that was entered stays");

    told.jump("+0");
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 3);

    told.jump("+31d");
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 4, "a period is not entered a second time");
    service.admin(&["verify"]).done();
}

#[test]
fn a_clock_that_jumps_under_running_work_charges_it_once_or_not_at_all() {
    let Some(told) = Told::start() else { return };
    let service = &told.service;
    let key = service.account(EMAIL, "agency");
    let picture = jpeg(&photo(800, 600, 1), 85);
    for jump in ["+31d", "-31d", "+0"] {
        let before = used_ever(service);
        let answer = thread::scope(|scope| {
            let form = Form::of("photo.jpg", &picture).text("format", "avif");
            let running = scope.spawn(|| service.compress(&key, form));
            service.measured_unless("flx_workers_busy 1", || running.is_finished());
            told.jump(jump);
            running.join().unwrap()
        });
        let charged = match answer.status {
            200 => 1,
            _ => {
                answer.problem(503, "timeout");
                0
            }
        };
        println!("{jump}: {}, {charged} charged", answer.status);
        assert_eq!(used_ever(service), before + charged, "{jump}");
    }
    let _ = service.compressed(&key, one_picture());
    service.admin(&["verify"]).done();
}

/// Charged in all periods together.
fn used_ever(service: &Service) -> u64 {
    flx_tests::books::rows(&service.folder().join("flx.db")).charged
}
