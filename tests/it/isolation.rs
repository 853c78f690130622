//! Pictures have processes of their own: what ends one costs no other picture, and what is in one
//! reaches nothing.

use std::fs;
use std::io::Write as _;
use std::net::{Shutdown, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use flx_tests::pictures::{gradient_with_alpha, jpeg, photo, png};
use flx_tests::{Answer, Form, Service, Setup, WorkerProcess, look, wire};

use crate::small_jpeg;

const EMAIL: &str = "a@example.org";
/// For what is ended at once, on a slow machine; a worker that nobody ends goes on for ever.
const SOON: Duration = Duration::from_secs(20);

fn service(workers: &str, settings: &[&str]) -> (Service, String) {
    // The slow picture is to be made on a slow machine, too.
    let patient = ["--picture-timeout-seconds", "600"];
    let settings = if settings.contains(&patient[0]) {
        settings.to_vec()
    } else {
        [settings, &patient].concat()
    };
    let service = Setup::new().with(&["--workers", workers]).with(&settings).start();
    let key = service.account(EMAIL, "agency");
    (service, key)
}

/// A picture that takes its codec some seconds, as it is coded several times.
fn slow() -> Form {
    let picture = jpeg(&photo(1600, 1200, 1), 90);
    let form = Form::of("slow.jpg", &picture).text("format", "avif").text("effort", "small");
    form.text("quality", "auto:best")
}

fn small() -> Form {
    Form::of("small.jpg", &small_jpeg())
}

/// Sends a form in the background.
fn sent(service: &Service, key: &str, form: Form) -> JoinHandle<Answer> {
    let request = service.compressing(key, form);
    thread::spawn(move || flx_tests::send(request))
}

fn restarts(service: &Service) -> u64 {
    service.measure("flx_worker_restarts_total")
}

#[test]
fn a_picture_whose_process_is_killed_is_made_in_another_one() {
    let (service, key) = service("2", &[]);
    let running = sent(&service, &key, slow());
    service.worker_at_work().signal("KILL");
    // Meanwhile everybody else is served.
    service.compress(&key, small()).expect(200);
    let entry = running.join().unwrap().expect(200).json()["results"][0].clone();
    let picture = look::decode(&service.get(entry["downloadUrl"].as_str().unwrap()).body);
    assert_eq!((picture.width(), picture.height()), (1600, 1200));
    assert_eq!((service.used(&key), restarts(&service)), (2, 1));
    service.logged("a worker process died with a picture");
    service.admin(&["verify"]).done();
}

#[test]
fn a_picture_whose_process_is_killed_twice_is_refused_for_now_and_not_charged() {
    let (service, key) = service("1", &[]);
    let running = sent(&service, &key, slow());
    let first = service.worker_at_work();
    first.signal("KILL");
    first.ends_within(SOON);
    service.worker_at_work().signal("KILL");
    let answer = running.join().unwrap();
    answer.problem(503, "overloaded");
    assert_eq!(answer.header("retry-after"), "30");
    assert_eq!(service.used(&key), 0);
    service.compress(&key, small()).expect(200);
    assert_eq!((service.used(&key), restarts(&service)), (1, 2));
    service.admin(&["verify"]).done();
}

#[test]
fn a_codec_that_crashes_takes_its_own_picture_with_it_and_no_other() {
    let (service, key) = service("2", &[]);
    // Both are made before one is sent, so that they are worked on side by side.
    let [first, second] = [slow(), slow()].map(|form| sent(&service, &key, form));
    service.worker_at_work().signal("ABRT");
    let mut statuses = [first, second].map(|answer| answer.join().unwrap().status);
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 422]);
    service.logged("ABRT");
    service.compress(&key, small()).expect(200);
    assert_eq!(service.used(&key), 2);
    service.admin(&["verify"]).done();
}

#[test]
fn memory_that_a_picture_cannot_have_is_missing_to_no_other() {
    let (service, key) = service("2", &[]);
    let other = sent(&service, &key, slow());
    let busy = service.worker_at_work();
    let idle: Vec<_> =
        service.worker_processes().into_iter().filter(|worker| *worker != busy).collect();
    let [idle] = idle[..] else { panic!("{idle:?}") };
    idle.starve(4 * 1024 * 1024);
    let large = png(gradient_with_alpha(1800, 1400, 3));
    let answer = service.compress(&key, Form::of("large.png", &large));
    answer.problem(422, "damaged-image");
    other.join().unwrap().expect(200);
    assert_eq!(service.used(&key), 1);
    service.compress(&key, Form::of("large.png", &large)).expect(200);
    service.admin(&["verify"]).done();
}

#[test]
fn who_goes_away_takes_his_work_along_even_within_an_encoder() {
    let (service, key) = service("1", &[]);
    let picture = jpeg(&photo(1600, 1200, 1), 90);
    let mut client = TcpStream::connect(service.address()).unwrap();
    client.write_all(&wire::compress(&key, &[&picture], "avif")).unwrap();
    let worker = service.worker_at_work();
    client.shutdown(Shutdown::Both).unwrap();
    drop(client);
    worker.ends_within(SOON);
    service.compress(&key, small()).expect(200);
    assert_eq!(service.used(&key), 1);
    service.admin(&["verify"]).done();
}

#[test]
fn a_codec_that_does_not_end_is_ended_shortly_after_its_time() {
    let (service, key) = service("1", &["--picture-timeout-seconds", "4"]);
    let start = Instant::now();
    let running = sent(&service, &key, slow());
    let stuck = service.worker_at_work();
    stuck.signal("STOP");
    running.join().unwrap().problem(503, "timeout");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
    stuck.ends_within(SOON);
    service.compress(&key, small()).expect(200);
    assert_eq!(service.used(&key), 1);
}

#[test]
fn no_process_outlives_its_server() {
    let (mut service, key) = service("2", &[]);
    let request = service.compressing(&key, slow());
    let client = thread::spawn(move || request.send().is_err());
    let _ = service.worker_at_work();
    let workers = service.worker_processes();
    assert_eq!(workers.len(), 2);
    service.kill();
    for worker in workers {
        worker.ends_within(SOON);
    }
    assert!(client.join().unwrap(), "there is nobody to answer");
    let (mut stopped, _) = self::service("2", &[]);
    let workers = stopped.worker_processes();
    assert!(stopped.stop().success());
    for worker in workers {
        worker.ends_within(SOON);
    }
}

#[test]
fn a_process_has_no_socket_no_file_no_secret_and_hardly_any_system_call() {
    let setup = Setup::new().with_variable("FLX_UPGRADE_URL", "http://x.test/secret");
    let service = setup.with_variable("SOME_TOKEN", "secret").start();
    let key = service.account(EMAIL, "agency");
    service.compress(&key, small()).expect(200);
    let workers = service.worker_processes();
    assert!(!workers.is_empty());
    for worker in workers {
        let environment = fs::read(worker.folder().join("environ")).unwrap();
        let environment = String::from_utf8_lossy(&environment).into_owned();
        assert!(environment.starts_with("MALLOC_CONF="), "{environment}");
        assert_eq!(environment.matches('=').count(), 1, "{environment}");
        for (name, value) in [("NoNewPrivs", "1"), ("Seccomp", "2")] {
            assert_eq!(worker.status(name).as_deref(), Some(value), "{name}");
        }
        // One more than everything here has, as in a container; older kernels do not count them.
        let filters = |status: Option<String>| status.and_then(|n| n.parse::<u32>().ok());
        let here = WorkerProcess::this().status("Seccomp_filters");
        assert_eq!(filters(worker.status("Seccomp_filters")), filters(here).map(|n| n + 1));
        let first_to_go = fs::read_to_string(worker.folder().join("oom_score_adj")).unwrap();
        assert_eq!(first_to_go.trim(), "1000");
        let data = service.folder();
        for entry in fs::read_dir(worker.folder().join("fd")).unwrap() {
            let open = fs::read_link(entry.unwrap().path()).unwrap();
            assert!(!open.starts_with(&data), "{}", open.display());
            assert!(!open.to_string_lossy().starts_with("socket:"), "{}", open.display());
        }
        assert_eq!(fs::read_link(worker.folder().join("cwd")).unwrap().to_str(), Some("/"));
        let limits = fs::read_to_string(worker.folder().join("limits")).unwrap();
        for (name, most) in [("Max core file size", "0"), ("Max open files", "16")] {
            let line = limits.lines().find(|line| line.starts_with(name)).unwrap();
            assert_eq!(line.split_whitespace().rev().nth(1), Some(most), "{line}");
        }
        let line = limits.lines().find(|line| line.starts_with("Max address space")).unwrap();
        assert!(!line.contains("unlimited"), "{line}");
    }
}

#[test]
fn idle_processes_are_small_whatever_they_have_done() {
    let (service, key) = service("2", &[]);
    let [large, alpha] = [jpeg(&photo(2400, 1600, 1), 90), png(gradient_with_alpha(900, 600, 2))];
    for format in ["webp", "avif", "jpeg", "png"] {
        let form = Form::of("large.jpg", &large).file("alpha.png", &alpha);
        service.compress(&key, form.text("format", format).text("effort", "fast")).expect(200);
    }
    let start = Instant::now();
    loop {
        let anonymous = service.worker_processes().into_iter().map(|w| w.memory("RssAnon"));
        let sizes: Vec<_> = anonymous.collect();
        if sizes.iter().all(|bytes| *bytes < 24_000_000) {
            println!("{sizes:?} bytes after {:.1?}", start.elapsed());
            break;
        }
        assert!(start.elapsed() < Duration::from_secs(15), "{sizes:?}");
        thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn without_isolation_there_is_no_other_process_and_the_same_pictures() {
    let (apart, apart_key) = service("2", &[]);
    let (here, key) = service("2", &["--isolation", "none"]);
    assert_eq!(here.worker_processes(), []);
    for format in ["webp", "avif", "jpeg", "png"] {
        let form = || small().text("format", format);
        let [(_, one), (_, other)] =
            [apart.compressed(&apart_key, form()), here.compressed(&key, form())];
        assert_eq!(one, other, "{format}");
    }
    let broken = || Form::of("broken.jpg", &small_jpeg()[..2000]);
    let [one, other] = [apart.compress(&apart_key, broken()), here.compress(&key, broken())]
        .map(|answer| answer.json()["detail"].clone());
    assert_eq!(one, other);
}
