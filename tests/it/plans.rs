//! What each plan allows, built in and from a file.

use std::path::Path;

use flx_tests::pictures::{card, png};
use flx_tests::{Form, Service, Setup, admin};
use serde_json::json;

use crate::small_jpeg;

const EMAIL: &str = "a@example.org";
const UPGRADE: &str = "https://example.org/upgrade";

/// The built-in plans with changes: table, member, new value.
fn plan_file(folder: &Path, changes: &[(&str, &str, &str)]) -> String {
    let mut text = admin(folder, &["plans", "--toml"]).done().stdout;
    for (table, member, value) in changes {
        let start = text.find(&format!("[{table}]")).expect("the table is there");
        let line = start + text[start..].find(&format!("\n{member} = ")).expect("it is there") + 1;
        let end = line + text[line..].find('\n').expect("a line ends");
        text.replace_range(line..end, &format!("{member} = {value}"));
    }
    let path = folder.join("plans.toml");
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

fn service_with(changes: &[(&str, &str, &str)]) -> (Service, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let file = plan_file(folder.path(), changes);
    let service = Setup::new().with(&["--plans", &file, "--upgrade-url", UPGRADE]).start();
    (service, folder)
}

fn files(count: usize) -> Form {
    (0..count).fold(Form::new(), |form, _| form.file("photo.jpg", &small_jpeg()))
}

#[test]
fn a_free_account_gets_no_key_and_is_told_where_to_upgrade() {
    let service = Service::start();
    service.admin(&["create-account", "--email", EMAIL, "--plan", "free"]).done();
    for command in [&["generate-key"][..], &["roll-key", "--yes"]] {
        let arguments = [command, &["--email", EMAIL, "--upgrade-url", UPGRADE]].concat();
        let run = service.admin(&arguments).refused(3);
        assert!(run.stderr.contains("Starter") && run.stderr.contains(UPGRADE), "{run:?}");
    }
}

#[test]
fn a_key_is_suspended_while_its_account_is_free_and_works_again_after_an_upgrade() {
    let service = Setup::new().with(&["--upgrade-url", UPGRADE]).start();
    let key = service.account(EMAIL, "starter");
    assert_eq!(service.usage(&key).status, 200);
    service.admin(&["set-plan", "--email", EMAIL, "--plan", "free"]).done();
    for answer in [service.usage(&key), service.compress(&key, files(1))] {
        let problem = answer.problem(403, "upgrade-required");
        assert!(problem["detail"].as_str().unwrap().contains(UPGRADE), "{problem:#}");
        assert_eq!(problem["upgradeUrl"], UPGRADE);
        assert_eq!(problem["requiredPlan"], "starter");
    }
    service.admin(&["set-plan", "--email", EMAIL, "--plan", "pro"]).done();
    assert_eq!(service.compress(&key, files(1)).status, 200);
}

#[test]
fn a_batch_needs_a_plan_with_batch_and_costs_nothing_without() {
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    for plan in ["starter", "pro"] {
        service.admin(&["set-plan", "--email", EMAIL, "--plan", plan]).done();
        let problem = service.compress(&key, files(2)).problem(403, "feature-not-in-plan");
        assert_eq!((&problem["field"], &problem["value"]), (&json!("file"), &json!(2)));
        assert_eq!((&problem["limit"], &problem["requiredPlan"]), (&json!(1), &json!("agency")));
    }
    assert_eq!(service.used(&key), 0);
    service.admin(&["set-plan", "--email", EMAIL, "--plan", "agency"]).done();
    let answer = service.compress(&key, files(20)).expect(200).json();
    assert_eq!(answer["results"].as_array().unwrap().len(), 20);
    assert_eq!(answer["usage"], json!({"compressor_used": 20, "compressor_limit": 99_999}));
}

#[test]
fn a_watermark_needs_a_plan_with_watermark() {
    let (service, _folder) = service_with(&[("starter", "watermark", "false")]);
    let key = service.account(EMAIL, "starter");
    let form = files(1).watermark(&png(card(16, 16)));
    let problem = service.compress(&key, form.clone()).problem(403, "feature-not-in-plan");
    assert_eq!(
        (&problem["field"], &problem["requiredPlan"]),
        (&json!("watermarkFile"), &json!("pro"))
    );
    assert_eq!(service.used(&key), 0);
    service.admin(&["set-plan", "--email", EMAIL, "--plan", "pro"]).done();
    service.compress(&key, form).expect(200);
}

#[test]
fn compressions_run_out_and_an_upgrade_counts_at_once() {
    let (service, _folder) = service_with(&[
        ("starter", "compressions_per_period", "3"),
        ("pro", "compressions_per_period", "5"),
    ]);
    let key = service.account(EMAIL, "starter");
    for used in 1..=3 {
        let answer = service.compress(&key, files(1)).expect(200).json();
        assert_eq!(answer["usage"], json!({"compressor_used": used, "compressor_limit": 3}));
    }
    let refused = service.compress(&key, files(1));
    let problem = refused.problem(429, "quota-exceeded");
    assert!(problem["detail"].as_str().unwrap().contains("0 of 3"), "{problem:#}");
    let wait: u64 = refused.header("retry-after").parse().unwrap();
    assert!(wait > 24 * 3600, "until the period ends: {wait}");
    assert_eq!(service.usage(&key).json()["canCompress"], false);

    service.admin(&["set-plan", "--email", EMAIL, "--plan", "pro"]).done();
    let usage = service.usage(&key).json();
    assert_eq!((&usage["compressor_used"], &usage["canCompress"]), (&json!(3), &json!(true)));
    service.compress(&key, files(1)).expect(200);
    service.admin(&["set-plan", "--email", EMAIL, "--plan", "starter"]).done();
    service.compress(&key, files(1)).problem(429, "quota-exceeded");
    assert_eq!(service.used(&key), 4, "what is used stays used");
}

#[test]
fn more_pictures_than_credits_left_are_refused_whole() {
    let (service, _folder) = service_with(&[("agency", "compressions_per_period", "3")]);
    let key = service.account(EMAIL, "agency");
    let problem = service.compress(&key, files(4)).problem(429, "quota-exceeded");
    assert!(problem["detail"].as_str().unwrap().contains('3'), "{problem:#}");
    assert_eq!(service.used(&key), 0);
    service.compress(&key, files(3)).expect(200);
    assert_eq!(service.used(&key), 3);
}

#[test]
fn requests_side_by_side_never_pass_the_limit() {
    let (service, _folder) = service_with(&[("agency", "compressions_per_period", "7")]);
    let key = service.account(EMAIL, "agency");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            (0..12).map(|_| scope.spawn(|| service.compress(&key, files(1)).status)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let count = |status| statuses.iter().filter(|found| **found == status).count();
    assert_eq!((count(200), count(429)), (7, 5), "{statuses:?}");
    assert_eq!(service.used(&key), 7);
    service.admin(&["verify"]).done();
}

#[test]
fn an_unlimited_plan_ends_at_its_cap() {
    let (service, folder) = service_with(&[]);
    drop(service);
    let path = folder.path().join("plans.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let start = text.find("[pro]").unwrap();
    let (before, after) = text.split_at(start);
    let after = after.replacen("\"unlimited\"\n", "\"unlimited\"\nanti_abuse_cap = 2\n", 1);
    std::fs::write(&path, format!("{before}{after}")).unwrap();
    let service = Setup::new().with_variable("FLX_PLANS", path.to_str().unwrap()).start();
    let key = service.account(EMAIL, "pro");
    for _ in 0..2 {
        service.compress(&key, files(1)).expect(200);
    }
    let usage = service.usage(&key).json();
    assert_eq!(
        (&usage["compressor_limit"], &usage["canCompress"]),
        (&json!(99_999), &json!(false))
    );
    service.compress(&key, files(1)).problem(429, "quota-exceeded");
}

#[test]
fn requests_a_minute_are_limited_with_exact_headers() {
    let (service, _folder) = service_with(&[("starter", "requests_per_minute", "2")]);
    let key = service.account(EMAIL, "starter");
    let first = service.compress(&key, files(1)).expect(200);
    assert_eq!(first.header("ratelimit-policy"), "\"default\";q=2;w=60");
    assert_eq!(first.header("ratelimit"), "\"default\";r=1;t=60");
    let second = service.compress(&key, Form::of("x", b"no picture")).expect(415);
    assert!(second.header("ratelimit").starts_with("\"default\";r=0;t="), "{second}");
    let third = service.compress(&key, files(1));
    let problem = third.problem(429, "rate-limited");
    assert_eq!(problem["limit"], 2);
    let wait: u64 = third.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert_eq!(third.header("ratelimit"), format!("\"default\";r=0;t={wait}"));
    assert_eq!(third.header("ratelimit-policy"), "\"default\";q=2;w=60");
    for _ in 0..5 {
        let usage = service.usage(&key).expect(200);
        assert!(!usage.has("ratelimit"), "usage is not limited: {usage}");
    }
    service.admin(&["set-plan", "--email", EMAIL, "--plan", "pro"]).done();
    service.compress(&key, files(1)).expect(200);
}

#[test]
fn the_built_in_rates_are_those_of_the_contract_and_a_batch_counts_one() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    let answer = service.compress(&key, files(3)).expect(200);
    assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=600;w=60");
    assert_eq!(answer.header("ratelimit"), "\"default\";r=599;t=60");
    for plan in ["starter", "pro"] {
        let key = service.account(&format!("{plan}@example.org"), plan);
        let answer = service.compress(&key, files(1)).expect(200);
        assert_eq!(answer.header("ratelimit-policy"), "\"default\";q=60;w=60");
        assert_eq!(answer.header("ratelimit"), "\"default\";r=59;t=60");
    }
}

#[test]
fn a_file_larger_than_the_plan_allows_is_too_large() {
    let (service, _folder) = service_with(&[("starter", "max_file_bytes", "5000")]);
    let key = service.account(EMAIL, "starter");
    assert!(small_jpeg().len() > 5000);
    let problem = service.compress(&key, files(1)).problem(413, "too-large");
    assert_eq!((&problem["field"], &problem["limit"]), (&json!("file"), &json!(5000)));
    assert_eq!(service.used(&key), 0);
}

#[test]
fn a_disabled_account_is_forbidden_until_it_is_enabled() {
    let service = Service::start();
    let key = service.account(EMAIL, "pro");
    service.admin(&["disable-account", "--email", EMAIL, "--yes"]).done();
    service.usage(&key).problem(403, "account-disabled");
    service.compress(&key, files(1)).problem(403, "account-disabled");
    service.admin(&["enable-account", "--email", EMAIL]).done();
    assert_eq!(service.usage(&key).status, 200);
}

#[test]
fn a_plan_file_that_is_wrong_is_refused_with_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let good = admin(folder.path(), &["plans", "--toml"]).done().stdout;
    let file = folder.path().join("plans.toml");
    let cases = [
        good.replacen("[free]\n", "[free]\nfrobnicate = 1\n", 1),
        good.replacen("ai_credits_per_period = 200", "ai_credits_per_period = -200", 1),
        good.replace("[agency]", "[imperial]"),
        good[..good.find("[agency]").unwrap()].to_owned(),
        good.replacen("watermark = ", "watermark == ", 1),
    ];
    for text in cases {
        assert_ne!(text, good);
        std::fs::write(&file, &text).unwrap();
        let path = file.to_str().unwrap();
        let names_line = |text: &str| {
            text.split(path).skip(1).any(|rest| {
                rest.trim_start_matches([':', ' ', ','])
                    .trim_start_matches("line ")
                    .starts_with(|c: char| c.is_ascii_digit())
            })
        };
        let ended = Setup::new().with(&["--plans", path]).start_refused();
        assert!(!ended.status.success() && names_line(&ended.stderr), "{ended:?}");
        let run = admin(folder.path(), &["plans", "--plans", path]).refused(2);
        assert!(names_line(&run.stderr), "{run:?}");
    }
}
