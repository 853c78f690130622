//! Load: more than the server can do, in less memory than it might like. Short here; `just load`
//! runs the long forms and shows what they print.

mod alone;
mod large;
mod overload;
mod readers;
mod soak;
mod trickle;

use flx_tests::{Service, Setup, generous_plans};

const EMAIL: &str = "a@example.org";
/// What the control group allows.
const MEMORY_BYTES: u64 = 512 * 1024 * 1024;

/// A server with two workers, on plans that never refuse, and its key.
fn with_two_workers(setup: Setup, settings: &[&str]) -> (Service, String) {
    let folder = std::sync::Arc::new(tempfile::tempdir().expect("a folder"));
    let plans = generous_plans(folder.path());
    let plans = plans.to_str().expect("a path of text");
    let setup = setup.in_folder(&folder).with(&["--workers", "2", "--plans", plans]);
    let service = setup.with(&["--log-level", "warn,flx_server=info"]).with(settings).start();
    let key = service.account(EMAIL, "agency");
    (service, key)
}

/// Memory of the server's own process that is in use and no cache of files, in bytes.
fn server_bytes(service: &Service) -> u64 {
    service.memory("RssAnon").expect("Linux says it")
}

/// The same of its worker processes, together.
fn worker_bytes(service: &Service) -> u64 {
    service.worker_processes().iter().map(|worker| worker.memory("RssAnon")).sum()
}

#[expect(clippy::cast_precision_loss, reason = "a number for people to read")]
fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
