//! A clock that jumps by a month, forth and back.

use std::thread;

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Form, JumpingClock, Service, Setup, books};

use super::{EMAIL, one_picture};

fn on_a_clock() -> Option<(JumpingClock, Service)> {
    let clock = JumpingClock::new()?;
    let service = clock.tells(Setup::new().with(&["--workers", "1"])).start();
    Some((clock, service))
}

#[test]
fn a_clock_that_jumps_forth_and_back_grants_nothing_twice() {
    let Some((clock, service)) = on_a_clock() else { return };
    let key = service.account(EMAIL, "agency");
    let (entry, _) = service.compressed(&key, one_picture());
    let link = entry["downloadUrl"].as_str().unwrap();
    assert_eq!(service.used(&key), 1);

    clock.jump(31);
    service.get(link).problem(410, "link-expired");
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 1, "a new period, once");

    clock.jump(-31);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 2, "the period that was entered stays");

    clock.jump(0);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 3);

    clock.jump(31);
    let _ = service.compressed(&key, one_picture());
    assert_eq!(service.used(&key), 4, "a period is not entered a second time");
    service.admin(&["verify"]).done();
}

#[test]
fn a_clock_that_jumps_under_running_work_charges_it_once_or_not_at_all() {
    let Some((clock, service)) = on_a_clock() else { return };
    let key = service.account(EMAIL, "agency");
    let picture = jpeg(&photo(800, 600, 1), 85);
    for jump in [31, -31, 0] {
        let before = used_ever(&service);
        let answer = thread::scope(|scope| {
            let form = Form::of("photo.jpg", &picture).text("format", "avif");
            let running = scope.spawn(|| service.compress(&key, form));
            service.measured_unless("flx_workers_busy 1", || running.is_finished());
            clock.jump(jump);
            running.join().unwrap()
        });
        let charged = match answer.status {
            200 => 1,
            _ => {
                answer.problem(503, "timeout");
                0
            }
        };
        println!("a jump to {jump:+} days under work: {}, {charged} charged", answer.status);
        assert_eq!(used_ever(&service), before + charged, "{jump}");
    }
    let _ = service.compressed(&key, one_picture());
    service.admin(&["verify"]).done();
}

/// Charged in all periods together.
fn used_ever(service: &Service) -> u64 {
    books::rows(&service.folder().join("flx.db")).charged
}
