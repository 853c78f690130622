//! Nothing secret in logs, answers or files. What the server prints is checked for keys after
//! every test of this program; here are the ways in which a key could get there.

use flx_tests::pictures::{jpeg, photo};
use flx_tests::{Form, Setup, holds_a_key, send};
use reqwest::Method;

#[test]
fn no_key_reaches_the_log_however_it_is_sent() {
    for format in ["text", "json"] {
        let service = Setup::new().with(&["--log-level", "trace", "--log-format", format]).start();
        let key = service.account("a@example.org", "agency");
        let picture = jpeg(&photo(64, 48, 1), 80);
        let (entry, _) = service.compressed(&key, Form::of("photo.jpg", &picture));
        let answers = [
            service.compress(&key, Form::of(&format!("{key}.jpg"), &picture)),
            service.compress(&key, Form::of("a.jpg", &picture).text("sessionId", &key)),
            service.compress(&key, Form::of("a.jpg", &picture).text("quality", &key)),
            service.compress(&key, Form::of("a.jpg", &picture).text(&key, "1")),
            service.compress(&key, Form::of("a.jpg", key.as_bytes())),
            service.get(&format!("/{key}")),
            service.get(&format!("/api/usage?api_key={key}")),
            send(service.request(Method::GET, "/api/usage").basic_auth(&key, Some(&key))),
            send(service.request(Method::GET, "/api/usage").bearer_auth(format!("{key}00"))),
            send(service.request(Method::GET, "/api/usage").header("x-api-key", &key)),
            send(service.request(Method::GET, "/healthz").header("x-request-id", &key)),
        ];
        for answer in &answers[2..] {
            assert!(!holds_a_key(&answer.to_string()), "{answer}");
        }
        service.admin(&["roll-key", "--email", "a@example.org", "--yes"]).done();
        let log = service.stderr();
        assert!(!holds_a_key(&log), "{log}");
        let url = entry["downloadUrl"].as_str().unwrap();
        let signature = url.rsplit('=').next().unwrap();
        assert!(!log.contains(signature), "a signature is in the log");
    }
}

#[test]
fn the_database_holds_no_key() {
    let service = Setup::new().start();
    let key = service.account("a@example.org", "pro");
    assert_eq!(service.usage(&key).status, 200);
    let secret = &key.as_bytes()["flx_live_".len() + 12..];
    let mut read = 0;
    for entry in std::fs::read_dir(service.folder()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let content = std::fs::read(&path).unwrap();
            read += content.len();
            let holds = content.windows(secret.len()).any(|window| window == secret);
            assert!(!holds, "{} holds the key", path.display());
        }
    }
    assert!(read > 0);
}

#[cfg(unix)]
#[test]
fn the_data_folder_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let parent = tempfile::tempdir().unwrap();
    let folder = parent.path().join("fresh");
    let _ = flx_tests::admin(&folder, &["migrate"]).done();
    let mode = |path: &std::path::Path| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&folder) & 0o077, 0, "{:o}", mode(&folder));
    assert_eq!(mode(&folder.join("flx.db")) & 0o077, 0, "{:o}", mode(&folder.join("flx.db")));
}

/// The secret that links are signed with, as it stands in the database.
fn signing_secret(service: &flx_tests::Service) -> Option<Vec<u8>> {
    let mut python = flx_tests::tools::python("sqlite3")?;
    python.arg("-c").arg(
        "import sqlite3, sys\n\
         row = sqlite3.connect(sys.argv[1]).execute(\"SELECT value FROM settings WHERE name = 'signing_secret'\")\n\
         value = row.fetchone()[0]\n\
         print(value if isinstance(value, str) else value.hex())",
    );
    let printed = flx_tests::tools::run(python.arg(service.folder().join("flx.db"))).stdout;
    let text = String::from_utf8(printed).unwrap().trim().to_owned();
    let digits = (0..text.len()).step_by(2);
    Some(digits.map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect())
}

#[test]
fn the_signing_secret_is_in_no_log_and_no_answer() {
    let service = Setup::new().with(&["--log-level", "trace"]).start();
    let key = service.account("a@example.org", "pro");
    let (entry, _) = service.compressed(&key, Form::of("a.jpg", &jpeg(&photo(64, 48, 1), 80)));
    let url = entry["downloadUrl"].as_str().unwrap();
    let Some(secret) = signing_secret(&service) else { return };
    assert_eq!(secret.len(), 32);
    let hex: String = secret.iter().map(|byte| format!("{byte:02x}")).collect();
    let debug = format!("{secret:?}");
    let mut texts = vec![service.stderr(), service.stdout(), entry.to_string()];
    for path in ["/metrics", "/readyz", "/healthz", "/openapi.json", &url[..url.len() - 1], url] {
        texts.push(service.get(path).to_string());
    }
    for command in [&["list-accounts"][..], &["verify"], &["audit", "--email", "a@example.org"]] {
        let run = service.admin(command);
        texts.push(run.stdout + &run.stderr);
    }
    for text in texts {
        let lower = text.to_lowercase();
        assert!(!lower.contains(&hex) && !text.contains(&debug[1..debug.len() - 1]), "{text}");
        assert!(!text.as_bytes().windows(32).any(|window| window == secret), "{text}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_memory_on_the_disk() {
    use std::os::unix::process::ExitStatusExt as _;

    let mut service = Setup::new().where_core_is_dumped().start();
    let key = service.account("a@example.org", "pro");
    assert_eq!(service.usage(&key).status, 200);
    let process = std::path::PathBuf::from(format!("/proc/{}", service.process_id()));
    let limits = std::fs::read_to_string(process.join("limits")).unwrap();
    let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let values: Vec<&str> = line.split_whitespace().skip(4).take(2).collect();
    assert_eq!(values, ["0", "0"], "{line}");
    service.signal("ABRT");
    let status = service.wait();
    assert_eq!((status.signal(), status.core_dumped()), (Some(6), false), "{status:?}");
}
