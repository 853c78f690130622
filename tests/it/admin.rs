//! Every command of flx-admin, its exit codes, and what goes to which stream.

use std::path::Path;

use flx_tests::{Form, Run, Service, admin};
use serde_json::{Value, json};

use crate::small_jpeg;

const EMAIL: &str = "a@example.org";
const DESTRUCTIVE: [&str; 4] = ["roll-key", "revoke-key", "disable-account", "delete-account"];

/// A data folder with a database and one account on a plan.
fn with_account(plan: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    admin(folder.path(), &["migrate"]).done();
    admin(folder.path(), &["create-account", "--email", EMAIL, "--plan", plan]).done();
    folder
}

/// Runs a command on the account.
fn on_account(folder: &Path, command: &str, more: &[&str]) -> Run {
    admin(folder, &[&[command, "--email", EMAIL], more].concat())
}

/// The run's one key, which must stand alone on standard output.
#[track_caller]
fn key_of(run: &Run) -> String {
    let key = run.stdout.strip_suffix('\n').unwrap_or_else(|| panic!("{run:?}"));
    assert!(flx_tests::holds_a_key(key) && key.len() == 49, "{run:?}");
    assert!(!flx_tests::holds_a_key(&run.stderr), "{run:?}");
    key.to_owned()
}

#[test]
fn migrate_creates_the_database_and_is_safe_to_repeat() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("new/data");
    let first = admin(&data, &["migrate"]).done();
    assert_eq!(first.stdout, "");
    assert!(first.stderr.contains("migrated"), "{first:?}");
    let second = admin(&data, &["migrate", "--json"]).done().json();
    assert_eq!(second["applied"], json!([]));
}

#[test]
fn without_a_database_every_command_says_so_and_exits_with_6() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        &["list-accounts"][..],
        &["usage", "--email", EMAIL],
        &["create-account", "--email", EMAIL, "--plan", "pro"],
        &["verify"],
        &["backup", "/tmp/never-written"],
    ] {
        let run = admin(folder.path(), arguments).refused(6);
        assert!(run.stderr.contains("flx-admin migrate"), "{run:?}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was created");
}

#[test]
fn accounts_are_created_once_listed_changed_and_deleted() {
    let folder = with_account("starter");
    let folder = folder.path();
    let again = on_account(folder, "create-account", &["--plan", "pro"]).refused(5);
    assert!(again.stderr.contains(EMAIL) || again.stderr.contains("exists"), "{again:?}");
    let list = admin(folder, &["list-accounts"]).done();
    assert!(list.stdout.contains(EMAIL) && list.stdout.contains("starter"), "{list:?}");

    let plan = on_account(folder, "set-plan", &["--plan", "agency"]).done();
    assert!(plan.stdout.is_empty() && plan.stderr.contains("agency"), "{plan:?}");
    on_account(folder, "disable-account", &["--yes"]).done();
    let accounts = admin(folder, &["list-accounts", "--json"]).done().json();
    assert_eq!((&accounts[0]["plan"], &accounts[0]["disabled"]), (&json!("agency"), &json!(true)));
    on_account(folder, "enable-account", &[]).done();
    let accounts = admin(folder, &["list-accounts", "--json"]).done().json();
    assert_eq!(accounts[0]["disabled"], false);

    on_account(folder, "delete-account", &["--yes"]).done();
    assert_eq!(admin(folder, &["list-accounts", "--json"]).done().json(), json!([]));
    on_account(folder, "delete-account", &["--yes"]).refused(4);
}

#[test]
fn keys_are_generated_rolled_and_revoked_and_shown_once_alone() {
    let folder = with_account("pro");
    let folder = folder.path();
    on_account(folder, "roll-key", &["--yes"]).refused(4);
    on_account(folder, "revoke-key", &["--yes"]).refused(4);
    let first = key_of(&on_account(folder, "generate-key", &[]).done());
    let refused = on_account(folder, "generate-key", &[]).refused(5);
    assert!(refused.stderr.contains("roll"), "{refused:?}");
    let second = key_of(&on_account(folder, "roll-key", &["--yes"]).done());
    assert_ne!(first, second);
    let revoked = on_account(folder, "revoke-key", &["--yes"]).done();
    let masked = format!("flx_live_{}...{}", &second[9..14], &second[45..]);
    assert!(revoked.stdout.is_empty() && revoked.stderr.contains(&masked), "{revoked:?}");
    let third = on_account(folder, "generate-key", &["--json"]).done();
    assert!(third.json()["key"].as_str().unwrap().starts_with("flx_live_"));
    assert!(!flx_tests::holds_a_key(&third.stderr), "{third:?}");
    let history = on_account(folder, "usage", &["--json"]).done();
    assert!(!flx_tests::holds_a_key(&history.stdout), "{history:?}");
    let states: Vec<_> =
        history.json()["keys"].as_array().unwrap().iter().map(|key| key["state"].clone()).collect();
    assert_eq!(states.len(), 3, "the history is kept: {states:?}");
    assert_eq!(states.iter().filter(|state| **state == "active").count(), 1, "{states:?}");
}

#[test]
fn destructive_commands_refuse_without_yes_where_there_is_no_terminal() {
    let folder = with_account("pro");
    let key = key_of(&on_account(folder.path(), "generate-key", &[]).done());
    for command in DESTRUCTIVE {
        let run = on_account(folder.path(), command, &[]).refused(3);
        assert!(run.stderr.contains("--yes"), "{run:?}");
    }
    let backup = folder.path().join("b");
    admin(folder.path(), &["backup", backup.to_str().unwrap()]).done();
    admin(folder.path(), &["restore", backup.to_str().unwrap()]).refused(3);
    let usage = on_account(folder.path(), "usage", &["--json"]).done().json();
    assert_eq!(usage["keys"][0]["state"], "active", "nothing was changed for {}", &key[..14]);
}

/// By `script` of Debian's bsdutils, which every installation has.
#[cfg(target_os = "linux")]
#[test]
fn destructive_commands_ask_on_a_terminal_and_take_no_for_an_answer() {
    use std::io::Write as _;
    use std::process::{Command, Stdio};

    if !Command::new("script").arg("--version").output().is_ok_and(|run| run.status.success()) {
        println!("script is not installed: not tried");
        return;
    }
    let folder = with_account("pro");
    let key = key_of(&on_account(folder.path(), "generate-key", &[]).done());
    let on_terminal = |answer: &str| {
        let line = format!(
            "{} --data-dir {} revoke-key --email {EMAIL}",
            flx_tests::flx_admin().display(),
            folder.path().display()
        );
        let mut run = Command::new("script")
            .args(["--quiet", "--return", "--command", &line, "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        run.stdin.take().unwrap().write_all(answer.as_bytes()).unwrap();
        let output = run.wait_with_output().unwrap();
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let state = || {
        on_account(folder.path(), "usage", &["--json"]).done().json()["keys"][0]["state"].clone()
    };
    let masked = format!("flx_live_{}...{}", &key[9..14], &key[45..]);
    for answer in ["n\n", "\n"] {
        let (code, said) = on_terminal(answer);
        assert!(
            code == Some(3) && said.contains(&masked) && said.contains("[y/N]"),
            "{code:?} {said}"
        );
        assert_eq!(state(), "active");
    }
    let (code, said) = on_terminal("y\n");
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(state(), "revoked");
}

#[test]
fn usage_shows_what_the_api_shows() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    service.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    service.admin(&["add-credits", "--email", EMAIL, "--ai", "7"]).done();
    let shown = service.admin(&["usage", "--email", EMAIL, "--json"]).done().json();
    let api = service.usage(&key).expect(200).json();
    for (member, value) in api.as_object().unwrap() {
        if !["topups", "canUseIA"].contains(&member.as_str()) {
            assert_eq!(&shown[member], value, "{member}");
        }
    }
    assert!(shown["period"]["resets_at"].as_str().unwrap().ends_with('Z'), "{shown}");
    let text = service.admin(&["usage", "--email", EMAIL]).done().stdout;
    assert!(text.contains("1 of unlimited") && text.contains("7 topped up"), "{text}");
}

#[test]
fn the_audit_log_tells_who_did_what_without_a_secret() {
    let folder = with_account("pro");
    let folder = folder.path();
    on_account(folder, "generate-key", &[]).done();
    on_account(folder, "roll-key", &["--yes"]).done();
    on_account(folder, "set-plan", &["--plan", "agency"]).done();
    on_account(folder, "add-credits", &["--ai", "5"]).done();
    on_account(folder, "delete-account", &["--yes"]).done();
    let run = on_account(folder, "audit", &["--json"]).done();
    assert!(!flx_tests::holds_a_key(&run.stdout), "{run:?}");
    let entries = run.json();
    let entries = entries.as_array().unwrap();
    assert!(entries.len() >= 6, "{entries:#?}");
    for entry in entries {
        assert_eq!(entry["actor"], "flx-admin:tester", "{entry}");
        assert!(entry["at"].as_str().unwrap().ends_with('Z'), "{entry}");
    }
    let some = on_account(folder, "audit", &["--json", "--limit", "2"]).done().json();
    assert_eq!(some.as_array().unwrap(), &entries[..2], "newest first");
}

#[test]
fn every_command_prints_one_json_value_with_json() {
    let folder = with_account("pro");
    let folder = folder.path();
    let backup = folder.join("b").display().to_string();
    for (command, arguments) in [
        ("migrate", &[][..]),
        ("set-plan", &["--email", EMAIL, "--plan", "agency"]),
        ("disable-account", &["--email", EMAIL, "--yes"]),
        ("enable-account", &["--email", EMAIL]),
        ("list-accounts", &[]),
        ("audit", &[]),
        ("generate-key", &["--email", EMAIL]),
        ("roll-key", &["--email", EMAIL, "--yes"]),
        ("usage", &["--email", EMAIL]),
        ("revoke-key", &["--email", EMAIL, "--yes"]),
        ("add-credits", &["--email", EMAIL, "--ai", "1"]),
        ("plans", &[]),
        ("verify", &[]),
        ("backup", &[&backup]),
        ("restore", &[&backup, "--yes"]),
        ("delete-account", &["--email", EMAIL, "--yes"]),
        ("create-account", &["--email", EMAIL, "--plan", "pro"]),
    ] {
        let run = admin(folder, &[&[command, "--json"], arguments].concat()).done();
        assert!(run.json().is_object() || run.json().is_array(), "{command}: {run:?}");
    }
}

#[test]
fn wrong_usage_exits_with_2_and_repeats_no_password() {
    let folder = with_account("pro");
    for arguments in [
        &["frobnicate"][..],
        &["set-plan", "--email", EMAIL, "--plan", "gold"],
        &["usage", "--email", "nobody"],
        &["usage"],
        &["add-credits", "--email", EMAIL, "--ai", "0"],
        &["add-credits", "--email", EMAIL, "--ai=-5"],
        &["verify", "--database-url", "postgres://flx:hunter2@db/flx"],
        &["verify", "--yes"],
    ] {
        let run = admin(folder.path(), arguments);
        assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{run:?}");
        assert!(!run.stderr.contains("hunter2"), "{run:?}");
    }
    admin(folder.path(), &["usage", "--email", "b@example.org"]).refused(4);
}

#[test]
fn the_plan_table_round_trips_through_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let built_in = admin(folder.path(), &["plans", "--toml"]).done().stdout;
    let file = folder.path().join("plans.toml");
    std::fs::write(&file, &built_in).unwrap();
    let path = file.to_str().unwrap();
    assert_eq!(admin(folder.path(), &["plans", "--toml", "--plans", path]).done().stdout, built_in);
    for member in [
        "compressions_per_period",
        "ai_credits_per_period",
        "requests_per_minute",
        "max_files_per_request",
        "max_file_bytes",
        "api_key",
        "watermark",
    ] {
        assert_eq!(built_in.matches(&format!("\n{member} = ")).count(), 4, "{member}\n{built_in}");
    }
    let plans = admin(folder.path(), &["plans", "--json"]).done().json();
    let names: Vec<_> = plans.as_array().unwrap().iter().map(|plan| plan["plan"].clone()).collect();
    assert_eq!(names, ["free", "starter", "pro", "agency"].map(Value::from));
}

#[test]
fn verify_is_sound_after_work_and_tells_what_is_broken() {
    let service = Service::start();
    let key = service.account(EMAIL, "agency");
    service.compress(&key, Form::of("photo.jpg", &small_jpeg())).expect(200);
    let sound = service.admin(&["verify"]).done();
    assert!(sound.stdout.starts_with("sound: 1 accounts"), "{sound:?}");
}

#[test]
fn completions_and_manual_pages_are_generated_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish"] {
        let script = admin(folder.path(), &["completions", shell]).done().stdout;
        assert!(script.contains("generate-key"), "{shell}");
    }
    let page = admin(folder.path(), &["man"]).done().stdout;
    assert!(page.contains(".TH flx-admin 1"), "{page}");
    admin(folder.path(), &["man", "--dir", folder.path().to_str().unwrap()]).done();
    assert!(folder.path().join("flx-admin-roll-key.1").is_file());
    let help = admin(folder.path(), &["--help"]).done().stdout;
    assert!(help.contains("Exit codes:") && help.contains("FLX_DATABASE_URL"), "{help}");
}

#[test]
fn the_database_address_is_understood_the_same_by_both_programs() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("elsewhere.db").display());
    let service = flx_tests::Setup::new().with_variable("FLX_DATABASE_URL", &url).start();
    let create = ["create-account", "--email", EMAIL, "--plan", "pro", "--database-url", &url];
    service.admin(&create).done();
    let run = service.admin(&["generate-key", "--email", EMAIL, "--database-url", &url]).done();
    assert_eq!(service.usage(&key_of(&run)).status, 200);
    assert!(folder.path().join("elsewhere.db").is_file());
    let refused = flx_tests::Setup::new()
        .with_variable("FLX_DATABASE_URL", "postgres://flx:hunter2@db/flx")
        .start_refused();
    assert!(refused.stderr.contains("postgres"), "{refused:?}");
    assert!(!refused.stderr.contains("hunter2"), "{refused:?}");
}
