//! The OpenAPI document against the server that serves it, by schemathesis: requests made from the
//! document, good ones and bad ones, none of which may meet a server's fault or an answer that the
//! document does not have.

use std::fs;

use flx_tests::pictures::{card, png};
use flx_tests::tools::python;
use flx_tests::{Service, Setup, generous_plans};

/// Requests a path. In all they take some ten seconds.
const EXAMPLES: &str = "100";

/// What is checked of every answer.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
    response_headers_conformance,response_schema_conformance,unsupported_method,\
    allow_header_conformance";

/// Files as forms have them: a picture, half a picture, none.
const HOOKS: &str = r#"
import os
import schemathesis
from hypothesis import strategies

with open(os.environ["FLX_PICTURE"], "rb") as file:
    picture = file.read()
files = [picture, picture[: len(picture) // 2], b"no picture"]
schemathesis.openapi.format("binary", strategies.sampled_from(files))
"#;

#[test]
fn every_answer_is_one_that_the_document_has() {
    let Some(mut schemathesis) = python("schemathesis") else { return };
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &[u8]| {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        path
    };
    let plans = generous_plans(folder.path());
    let service = Setup::new().with(&["--plans", plans.to_str().unwrap()]).start();
    let key = service.account("a@example.org", "agency");
    file("flx_hooks.py", HOOKS.as_bytes());
    let output = schemathesis
        .args(["-c", "from schemathesis.cli import schemathesis; schemathesis()", "run"])
        .arg(format!("{}/openapi.json", service.base()))
        .args(["--header", &format!("Authorization: Bearer {key}"), "--checks", CHECKS])
        .args(["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES])
        .args(["--seed", "1", "--request-timeout", "60", "--continue-on-failure", "--no-color"])
        .current_dir(folder.path())
        .env("SCHEMATHESIS_HOOKS", "flx_hooks")
        .env("PYTHONPATH", folder.path())
        .env("FLX_PICTURE", file("picture.png", &png(card(8, 8))))
        .env("NO_PROXY", "*")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout).replace(&key, "KEY");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    let counts = said.lines().find(|line| line.contains(" generated, ")).unwrap_or_default();
    println!("schemathesis: {}", counts.trim());
    // Requests that all were refused would have shown nothing.
    for status in [200, 415, 422] {
        assert!(answered(&service, status) > 0, "no request was answered with {status}: {said}");
    }
}

/// Uploads that were answered with a status.
fn answered(service: &Service, status: u16) -> u64 {
    let name = format!(
        "flx_http_requests_total{{route=\"/api/compress\",method=\"POST\",status=\"{status}\"}} "
    );
    let metrics = service.get("/metrics").expect(200).body_text();
    metrics.lines().find_map(|line| line.strip_prefix(&name)?.parse().ok()).unwrap_or(0)
}
