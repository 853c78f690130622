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
