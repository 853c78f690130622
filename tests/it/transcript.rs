//! What somebody does who has just read the README.

use std::process::Command;

use flx_tests::{Form, Service, Setup, look};

use crate::small_jpeg;

fn demo() -> Service {
    Setup::new().with(&["--demo"]).start()
}

/// The key that stands alone on a line.
#[track_caller]
fn key_in(stdout: &str) -> String {
    let is_key = |line: &&str| {
        line.strip_prefix("flx_live_").is_some_and(|rest| {
            rest.len() == 40
                && rest.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
        })
    };
    let keys: Vec<_> = stdout.lines().filter(is_key).collect();
    let [key] = keys.as_slice() else { panic!("{} keys in\n{stdout}", keys.len()) };
    (*key).to_owned()
}

/// The lines from `curl` to the end.
#[track_caller]
fn curl_line(stdout: &str) -> &str {
    &stdout[stdout.find("curl -X POST").unwrap_or_else(|| panic!("no curl line in\n{stdout}"))..]
}

#[test]
fn the_first_demo_run_prints_address_key_and_a_line_that_works() {
    let service = demo();
    let stdout = service.stdout();
    assert!(stdout.contains(service.base()), "{stdout}");
    assert!(stdout.contains("demo@localhost"), "{stdout}");
    let key = key_in(&stdout);
    let line = curl_line(&stdout);
    for piece in [
        &format!("curl -X POST {}/api/compress", service.base()),
        &format!("-H \"Authorization: Bearer {key}\""),
        "-F \"file=@photo.jpg\" -F \"format=webp\" -F \"quality=82\"",
    ] {
        assert!(line.contains(piece), "{piece:?} is not in\n{line}");
    }

    let form = Form::of("photo.jpg", &small_jpeg()).text("format", "webp").text("quality", "82");
    let (entry, picture) = service.compressed(&key, form);
    assert_eq!(entry["name"], "photo.webp");
    assert_eq!(look::format(&picture), "webp");
    assert!(picture.len() < small_jpeg().len());
    assert_eq!(service.usage(&key).expect(200).json()["plan"], "agency");
}

#[test]
fn the_printed_line_works_as_it_stands_in_a_shell() {
    if !Command::new("curl").arg("--version").output().is_ok_and(|run| run.status.success()) {
        println!("curl is not installed: not tried");
        return;
    }
    let service = demo();
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("photo.jpg"), small_jpeg()).unwrap();
    let run = Command::new("sh")
        .arg("-c")
        .arg(curl_line(&service.stdout()))
        .current_dir(folder.path())
        .env("no_proxy", "*")
        .output()
        .unwrap();
    assert!(run.status.success(), "{run:?}");
    let answer: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let url = answer["results"][0]["downloadUrl"].as_str().unwrap();
    assert!(url.starts_with(service.base()), "{url}");
    assert_eq!(look::format(&service.get(url).expect(200).body), "webp");
}

#[test]
fn a_second_demo_run_reuses_the_account_and_says_how_to_roll() {
    let mut first = demo();
    let key = key_in(&first.stdout());
    assert!(first.stop().success());

    let second = Setup::new().with(&["--demo"]).in_folder_of(&first).start();
    let stdout = second.stdout();
    assert!(!flx_tests::holds_a_key(&stdout), "{stdout}");
    assert!(stdout.contains("just admin roll-key --email demo@localhost --yes"), "{stdout}");
    let masked = format!("flx_live_{}...{}", &key[9..14], &key[45..]);
    assert!(stdout.contains(&masked), "{masked} is not in\n{stdout}");
    assert_eq!(second.usage(&key).status, 200, "the key of the first run still works");
    assert!(stdout.contains("/welcome?token="), "nobody has set the password yet: {stdout}");
    let accounts = second.admin(&["list-accounts", "--json"]).done().json();
    assert_eq!(accounts.as_array().unwrap().len(), 1, "{accounts}");
}

#[test]
fn rolling_the_demo_key_refuses_the_old_one_at_once() {
    let service = demo();
    let old = key_in(&service.stdout());
    assert_eq!(service.usage(&old).status, 200);
    let run = service.admin(&["roll-key", "--email", "demo@localhost", "--yes"]).done();
    let new = key_in(&run.stdout);
    assert_eq!(run.stdout, format!("{new}\n"), "the key alone");
    service.usage(&old).problem(401, "unauthorized");
    assert_eq!(service.usage(&new).status, 200);
}

#[test]
fn without_demo_there_is_no_account() {
    let service = Service::start();
    let accounts = service.admin(&["list-accounts", "--json"]).done().json();
    assert_eq!(accounts, serde_json::json!([]));
    let stdout = service.stdout();
    assert!(stdout.starts_with("there is no account yet; "), "{stdout}");
    let link = stdout.lines().find(|line| line.starts_with(service.base())).unwrap();
    service.get(link).expect(200);
}
